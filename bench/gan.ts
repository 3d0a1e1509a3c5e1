/**
 * Training steps per second of the networks by back end. On wasm each job also runs with the stock kernels of
 * TensorFlow.js 4.22.0 in a process of its own, in the same run: what our kernels bring. Stock wasm can't train a
 * convolution at all, so there it gets the one kernel it lacks, through plain JavaScript.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { TensorGate } from '../src/models/tensor.ts';
import { openTensorGate } from '../src/models/tensor.ts';
import type { Figure } from './main.ts';
import { ctrJob, ganJob, time } from './training-jobs.ts';
import type { Timing } from './training-jobs.ts';

type Job = 'gan' | 'ctr';
type Variant = 'ours' | 'stock';

const NAMES: Record<Job, string> = {
  gan: 'GAN step, batch 32, width 16',
  ctr: 'CTR network 64-128-64-1 step, batch 1024',
};

interface Measured extends Timing {
  device: string;
}

/** The wasm back end without our kernels. */
async function stockGate(): Promise<TensorGate> {
  const tf = await import('@tensorflow/tfjs-core');
  await import('@tensorflow/tfjs-layers');
  await import('@tensorflow/tfjs-backend-cpu');
  await import('@tensorflow/tfjs-backend-wasm');
  await tf.setBackend('wasm');
  const { registerMissingKernels } = await import('../src/models/tensor/wasm-kernels.ts');
  registerMissingKernels(tf);
  return { tf, id: 'wasm', device: 'wasm-simd', tried: [] };
}

async function measure(job: Job, variant: Variant, backend: string): Promise<Measured> {
  const gate = variant === 'stock' ? await stockGate() : await openTensorGate([backend]);
  const run = job === 'gan' ? ganJob(gate) : ctrJob(gate, variant);
  const slow = gate.id === 'cpu' || (job === 'gan' && variant === 'stock');
  const [steps, warm] = slow ? [1, 1] : [job === 'gan' ? 25 : 60, 10];
  return { ...(await time(steps, warm, run)), device: gate.device };
}

/** One measurement in a process of its own; undefined where the back end isn't there. */
function inChild(job: Job, variant: Variant, backend: string): Promise<Measured | undefined> {
  return new Promise((resolve) => {
    const call = [...process.execArgv, fileURLToPath(import.meta.url), job, variant, backend];
    execFile(process.execPath, call, (_, stdout) => {
      const line = stdout.split('\n').find((text) => text.startsWith('{'));
      resolve(line === undefined ? undefined : (JSON.parse(line) as Measured));
    });
  });
}

export const parts: readonly (() => AsyncIterable<Figure>)[] = [figures];

/** The back ends that are there, and how fast the jobs run on them. Ratios are of CPU time: others may share the cores. */
async function* figures(): AsyncGenerator<Figure> {
  for (const job of ['ctr', 'gan'] as const) {
    // oxlint-disable no-await-in-loop -- one measurement at a time
    const stock = await inChild(job, 'stock', 'wasm');
    if (stock === undefined) throw new Error(`the ${job} job failed on stock wasm`);
    const backends = job === 'gan' ? ['node-gpu', 'node', 'wasm'] : ['node-gpu', 'node', 'wasm', 'cpu'];
    for (const backend of backends) {
      const timing = await inChild(job, 'ours', backend);
      if (timing === undefined) continue;
      yield {
        name: `${NAMES[job]}, ${backend} (${timing.device})`,
        unit: 'steps',
        perSecond: 1 / timing.cpuSeconds,
        nsPerRow: 1e9 * timing.cpuSeconds,
        baseline:
          job === 'gan'
            ? 'stock wasm with the filter gradient it lacks in plain JavaScript, CPU time'
            : 'stock wasm kernels and optimiser, CPU time',
        ratio: stock.cpuSeconds / timing.cpuSeconds,
      };
    }
    // oxlint-enable no-await-in-loop
  }
}

const [, script, job, variant, backend] = process.argv;
if (script === fileURLToPath(import.meta.url)) {
  const timing = await measure(job as Job, variant as Variant, backend);
  process.stdout.write(`${JSON.stringify(timing)}\n`);
}
