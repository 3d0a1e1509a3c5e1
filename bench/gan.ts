/**
 * Training steps per second of the networks by back end. On wasm each job also runs with the stock kernels of
 * TensorFlow.js 4.22.0 in a process of its own, in the same run: what our kernels bring. Stock wasm can't train a
 * convolution at all, so there it gets the one kernel it lacks, through plain JavaScript.
 */
import { execFile } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { randomFrom } from '../src/core/random.ts';
import { creativesSchema } from '../src/models/gan/config.ts';
import { trainGenerator } from '../src/models/gan/training.ts';
import { binaryCrossEntropy } from '../src/models/gan/objective.ts';
import { dense, weights } from '../src/models/gan/layers.ts';
import { silhouettes } from '../src/models/images/silhouettes.ts';
import type { Scalar, TensorGate } from '../src/models/tensor.ts';
import { adam, openTensorGate } from '../src/models/tensor.ts';
import type { Figure } from './main.ts';

type Job = 'gan' | 'ctr';
type Variant = 'ours' | 'stock';

const NAMES: Record<Job, string> = {
  gan: 'GAN step, batch 32, width 16',
  ctr: 'CTR network 64-128-64-1 step, batch 1024',
};

/** CPU seconds per step; the back end's own threads count too. */
interface Timing {
  cpuSeconds: number;
  wallSeconds: number;
  device: string;
}

/** Runs `steps` steps of a job after a few to warm up. */
async function time(
  steps: number,
  warm: number,
  run: (steps: number) => Promise<void>,
): Promise<Omit<Timing, 'device'>> {
  await run(warm);
  const cpu = process.cpuUsage();
  const wall = performance.now();
  await run(steps);
  const { user, system } = process.cpuUsage(cpu);
  return { cpuSeconds: (user + system) / 1e6 / steps, wallSeconds: (performance.now() - wall) / 1e3 / steps };
}

function ganJob(gate: TensorGate): (steps: number) => Promise<void> {
  const random = randomFrom('bench');
  const images = silhouettes(10, random);
  const indices = Int32Array.from({ length: images.count }, (_, i) => i);
  return async (steps) => {
    const config = creativesSchema.parse({ steps });
    await trainGenerator(gate, images, indices, config, random);
  };
}

function ctrJob(gate: TensorGate, variant: Variant): (steps: number) => Promise<void> {
  const { tf } = gate;
  const random = randomFrom('bench');
  const list = weights(tf, random);
  const layers = [dense(tf, list, 64, 128), dense(tf, list, 128, 64), dense(tf, list, 64, 1)];
  const numbers = Float32Array.from({ length: 1024 * 64 }, (_, i) => random.normal(i, 0));
  const x = tf.tensor2d(numbers, [1024, 64]);
  const loss = (): Scalar => binaryCrossEntropy(tf, layers[2](tf.relu(layers[1](tf.relu(layers[0](x))))), 0.05);
  const ours = adam(gate, { learningRate: 1e-3 });
  const stock = tf.train.adam(1e-3);
  return async (steps) => {
    for (let step = 0; step < steps; step++) {
      if (variant === 'ours') ours.minimize(loss, list.variables).dispose();
      else stock.minimize(loss, true, list.variables)?.dispose();
    }
    await list.variables[0].data();
  };
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

async function measure(job: Job, variant: Variant, backend: string): Promise<Timing> {
  const gate = variant === 'stock' ? await stockGate() : await openTensorGate([backend]);
  const run = job === 'gan' ? ganJob(gate) : ctrJob(gate, variant);
  const slow = gate.id === 'cpu' || (job === 'gan' && variant === 'stock');
  const [steps, warm] = slow ? [1, 1] : [job === 'gan' ? 25 : 60, 10];
  return { ...(await time(steps, warm, run)), device: gate.device };
}

/** One measurement in a process of its own; undefined where the back end isn't there. */
function inChild(job: Job, variant: Variant, backend: string): Promise<Timing | undefined> {
  return new Promise((resolve) => {
    const call = [...process.execArgv, fileURLToPath(import.meta.url), job, variant, backend];
    execFile(process.execPath, call, (_, stdout) => {
      const line = stdout.split('\n').find((text) => text.startsWith('{'));
      resolve(line === undefined ? undefined : (JSON.parse(line) as Timing));
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
