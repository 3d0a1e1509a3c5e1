/**
 * Peers at their best: OpenBLAS 0.3.21 (Debian 12) does not know some processors, in virtual machines above all, and then multiplies without
 * their vectors, seven times slower (`OPENBLAS_VERBOSE=2 python3 -c 'import numpy'` says `Core: Prescott`).
 */
import { processorFeatures } from '../src/cli/native/processor.ts';

/** The variable that tells OpenBLAS what processor this is; nothing where it finds out by itself, or somebody has said. */
export function openBlasCore(environment: NodeJS.ProcessEnv): Record<string, string> {
  if (environment['OPENBLAS_CORETYPE'] !== undefined) return {};
  const features = processorFeatures();
  if (features.has('amx_tile')) return { OPENBLAS_CORETYPE: 'Sapphirerapids' };
  return features.has('avx512f') ? { OPENBLAS_CORETYPE: 'SkylakeX' } : {};
}
