/**
 * Training steps against PyTorch on the same machine in the same run: the click network and the image generator on wasm, on
 * TensorFlow's own kernels where `adsim native build` has made them, and in PyTorch where a Python has it (Debian:
 * `apt-get install python3-torch libopenblas0-pthread`; without OpenBLAS its matrices go through a reference library, five
 * times slower). Rounds of all alternate, and the best of each counts: others may share the cores.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { nativeBuildOf } from '../src/cli/cache-folder.ts';
import { openTensorGate } from '../src/models/tensor.ts';
import type { Figure } from './main.ts';
import { openBlasCore } from './open-blas.ts';
import { ctrJob, ganJob, time } from './training-jobs.ts';
import type { Timing } from './training-jobs.ts';

type Job = 'ctr' | 'gan';
/** Where an engine runs, and on how many threads: one, or as it likes. */
const ENGINES = {
  wasm: { runs: 'wasm', env: {} },
  node: { runs: 'node', env: {} },
  'node, one thread': { runs: 'node', env: { TF_NUM_INTRAOP_THREADS: '1' } },
  pytorch: { runs: 'pytorch', env: {} },
  'pytorch, one thread': { runs: 'pytorch', env: { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' } },
} as const;
type Engine = keyof typeof ENGINES;

const JOBS: Readonly<Record<Job, { name: string; steps: number; warm: number }>> = {
  ctr: { name: 'CTR network 64-128-64-1 step, batch 1024', steps: 1000, warm: 500 },
  gan: { name: 'DCGAN step of both nets, batch 64, width 32', steps: 15, warm: 10 },
};
const ROUNDS = 4;

interface Measured extends Timing {
  device: string;
}

async function measure(job: Job, backend: string): Promise<Measured> {
  const gate = await openTensorGate([backend]);
  const run = job === 'ctr' ? ctrJob(gate, 'ours') : ganJob(gate, { batchSize: 64, width: 32, latentSize: 64 });
  const { steps, warm } = JOBS[job];
  return { ...(await time(steps, warm, run)), device: gate.device };
}

/** In a process of its own; undefined where the engine isn't there. */
function inChild(job: Job, engine: Engine): Promise<Measured | undefined> {
  const { steps, warm } = JOBS[job];
  const { runs, env: threads } = ENGINES[engine];
  const own = [...process.execArgv, fileURLToPath(import.meta.url), job, runs];
  const script = fileURLToPath(new URL('pytorch_jobs.py', import.meta.url));
  const [program, call] =
    runs === 'pytorch' ? [python(), [script, job, String(steps), String(warm)]] : [process.execPath, own];
  const build = nativeBuildOf(process.env);
  const env = {
    ...process.env,
    ...(runs === 'pytorch' && openBlasCore(process.env)),
    ...threads,
    ...(build === undefined ? {} : { ADSIM_NATIVE: build }),
  };
  return new Promise((resolve) => {
    execFile(program, call, { env }, (_, stdout) => {
      const line = stdout.split('\n').find((text) => text.startsWith('{'));
      resolve(line === undefined ? undefined : (JSON.parse(line) as Measured));
    });
  });
}

/** ADSIM_PYTHON, else the system's: a python3 of one's own seldom sees Debian's packages. */
function python(): string {
  return process.env['ADSIM_PYTHON'] ?? '/usr/bin/python3';
}

export const parts: readonly (() => AsyncIterable<Figure>)[] = [figures];

async function* figures(): AsyncGenerator<Figure> {
  for (const job of ['ctr', 'gan'] as const) {
    const best = new Map<Engine, Measured>();
    for (let round = 0; round < ROUNDS; round++) {
      for (const engine of Object.keys(ENGINES) as Engine[]) {
        // oxlint-disable-next-line no-await-in-loop -- one measurement at a time
        const timing = await inChild(job, engine);
        const before = best.get(engine)?.cpuSeconds ?? Infinity;
        if (timing !== undefined && timing.cpuSeconds < before) best.set(engine, timing);
      }
    }
    const [torch] = [...best]
      .filter(([engine]) => ENGINES[engine].runs === 'pytorch')
      .map(([, timing]) => timing)
      .toSorted((a, b) => a.cpuSeconds - b.cpuSeconds);
    if (torch === undefined)
      process.stderr.write(`skipped: ${python()} has no PyTorch (apt-get install python3-torch)\n`);
    if (!best.has('node')) process.stderr.write('skipped: no native build (adsim native build)\n');
    const base = torch ?? best.get('wasm');
    for (const [engine, { cpuSeconds, wallSeconds, device }] of best) {
      yield {
        name: `${JOBS[job].name}, ${engine} (${device})`,
        unit: 'steps',
        perSecond: 1 / cpuSeconds,
        nsPerRow: 1e9 * cpuSeconds,
        wallSeconds,
        baseline: `${torch === undefined ? 'wasm' : 'the quicker PyTorch'}, CPU time, best of ${ROUNDS} rounds`,
        ratio: (base?.cpuSeconds ?? NaN) / cpuSeconds,
      };
    }
  }
}

const [, script, job, backend] = process.argv;
if (script === fileURLToPath(import.meta.url)) {
  process.stdout.write(`${JSON.stringify(await measure(job as Job, backend))}\n`);
}
