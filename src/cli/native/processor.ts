/** What a network's products are compiled for: the widest vectors that this machine's processor has and Eigen knows. */
import { readFileSync } from 'node:fs';

const AVX512 = ['avx512f', 'avx512dq', 'avx512bw', 'avx512vl'];

/** Options of the compiler. `NETWORK_SOURCE` asks the processor for the same before it is used, as builds may be carried elsewhere. */
export function vectorOptions(arch: string, features: ReadonlySet<string>): string[] {
  if (arch !== 'x64') return [];
  const wide = AVX512.every((one) => features.has(one)) ? AVX512 : [];
  return ['avx2', 'fma', ...wide].map((one) => `-m${one}`);
}

/** As Linux tells them; none where it doesn't. */
export function processorFeatures(): ReadonlySet<string> {
  try {
    const [, flags = ''] = /^flags\s*:(.*)$/mu.exec(readFileSync('/proc/cpuinfo', 'utf8')) ?? [];
    return new Set(flags.trim().split(/\s+/u));
  } catch {
    return new Set();
  }
}
