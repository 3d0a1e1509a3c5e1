/** What each back end would say if it were asked: for `adsim doctor`. */
import { execFile } from 'node:child_process';
import { BACKENDS } from './backends.ts';
import type { BackendId } from './backends.ts';

export interface BackendReport {
  id: BackendId;
  /** True where it loads and computes a right gradient. */
  works: boolean;
  /** As in `TensorGate`; null where it doesn't work. */
  device: string | null;
  /** Largest difference of its gradients from those of plain JavaScript, over their largest entry; null where it doesn't work. */
  difference: number | null;
  /** Error code of the failed load, where there is one. */
  code?: string;
  /** One sentence: why it doesn't work, or "works". */
  why: string;
  /** The exact command to run next; null where it works. */
  next: string | null;
  /** Expected speed, in words. */
  speed: string;
}

const ANSWER = 'adsim-backend:';

/** The child's program: probes one back end and prints what came of it. */
function program(id: BackendId): string {
  const open = import.meta.url.replace(/inspect(\.[jt]s)$/, 'open$1');
  return `
    const { probe } = await import(${JSON.stringify(open)});
    const answer = await probe(${JSON.stringify(id)});
    process.stdout.write(${JSON.stringify(`\n${ANSWER}`)} + JSON.stringify(answer) + '\\n', () => process.exit(0));
  `;
}

interface Answer {
  device?: string;
  difference?: number;
  code?: string;
  why?: string;
}

/** A native library may kill its process (no AVX) or compile for minutes (new CUDA device): hence child and deadline. */
function ask(id: BackendId, deadlineSeconds: number, environment?: NodeJS.ProcessEnv): Promise<Answer> {
  return new Promise((resolve) => {
    const options = { timeout: deadlineSeconds * 1000, maxBuffer: 1 << 24, ...(environment && { env: environment }) };
    const flags = [...process.execArgv, '--input-type=module', '--eval', program(id)];
    execFile(process.execPath, flags, options, (error, stdout) => {
      const line = stdout.split('\n').find((text) => text.startsWith(ANSWER));
      if (line !== undefined) return resolve(JSON.parse(line.slice(ANSWER.length)) as Answer);
      if (error?.killed === true) return resolve({ why: `it did not answer within ${deadlineSeconds} s` });
      const end = error?.signal ? `was killed by ${error.signal}` : `ended with code ${String(error?.code ?? 0)}`;
      return resolve({ why: `its process ${end} while loading it` });
    });
  });
}

/** Tries one back end in a child process, in this process's environment unless another is given. Never throws. */
export async function inspectBackend(
  id: BackendId,
  deadlineSeconds = 60,
  environment?: NodeJS.ProcessEnv,
): Promise<BackendReport> {
  const backend = BACKENDS[id];
  const { speed } = backend;
  const { device, difference = null, code, why } = await ask(id, deadlineSeconds, environment);
  if (device !== undefined) return { id, works: true, device, difference, why: 'works', next: null, speed };
  const next = backend.next(code);
  const report = { id, works: false, device: null, difference: null, why: why ?? 'unknown failure', next, speed };
  return code === undefined ? report : { ...report, code };
}

/** Tries every back end, each in a child process of its own. Never throws. */
export async function inspectBackends(deadlineSeconds = 60): Promise<BackendReport[]> {
  const reports: BackendReport[] = [];
  // oxlint-disable-next-line no-await-in-loop -- one child at a time: they would compete for the cores
  for (const { id } of Object.values(BACKENDS)) reports.push(await inspectBackend(id, deadlineSeconds));
  return reports;
}
