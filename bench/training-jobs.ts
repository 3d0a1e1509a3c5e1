/** Training jobs that benches time: the click network and the image generator, both as the program trains them. */
import { randomFrom } from '../src/core/random.ts';
import { initialLayers, networkLoss, variablesOf } from '../src/models/ctr/mlp-loss.ts';
import { creativesSchema } from '../src/models/gan/config.ts';
import { trainGenerator } from '../src/models/gan/training.ts';
import { silhouettes } from '../src/models/images/silhouettes.ts';
import type { Scalar, TensorGate } from '../src/models/tensor.ts';
import { adam } from '../src/models/tensor.ts';

/** Runs so many steps and tells of each (1, 2…). */
export type Job = (steps: number, onStep: (step: number) => void) => Promise<void>;

/** CPU seconds per step; the back end's own threads count too. */
export interface Timing {
  cpuSeconds: number;
  wallSeconds: number;
}

/** Runs `steps` steps of a job after a few to warm up; what comes before the first is not counted. */
export async function time(steps: number, warm: number, run: Job): Promise<Timing> {
  let cpu = process.cpuUsage();
  let wall = performance.now();
  await run(warm + steps, (step) => {
    if (step !== warm) return;
    cpu = process.cpuUsage();
    wall = performance.now();
  });
  const { user, system } = process.cpuUsage(cpu);
  return { cpuSeconds: (user + system) / 1e6 / steps, wallSeconds: (performance.now() - wall) / 1e3 / steps };
}

/** A step of generator and of discriminator, on silhouettes. */
export function ganJob(gate: TensorGate, size: { batchSize?: number; width?: number; latentSize?: number } = {}): Job {
  const random = randomFrom('bench');
  const images = silhouettes(10, random);
  const indices = Int32Array.from({ length: images.count }, (_, i) => i);
  return async (steps, onStep) => {
    const config = creativesSchema.parse({ steps, ...size });
    await trainGenerator(gate, images, indices, config, random, { onStep });
  };
}

/** The click network 64-128-64-1 at batch 1,024, with our Adam or with TensorFlow.js's own. */
export function ctrJob(gate: TensorGate, variant: 'ours' | 'stock'): Job {
  const { tf } = gate;
  const random = randomFrom('bench');
  const layers = variablesOf(gate, initialLayers([64, 128, 64, 1], 0, random));
  const variables = layers.flatMap(({ weights, bias }) => [weights, bias]);
  const numbers = Float32Array.from({ length: 1024 * 64 }, (_, i) => random.normal(i, 0));
  const x = tf.tensor2d(numbers, [1024, 64]);
  const y = tf.tensor2d(new Float32Array(1024).fill(0.05), [1024, 1]);
  const loss = (): Scalar => networkLoss(gate, layers, x, y, 0);
  const ours = adam(gate, { learningRate: 1e-3 });
  const stock = tf.train.adam(1e-3);
  return async (steps, onStep) => {
    for (let step = 1; step <= steps; step++) {
      if (variant === 'ours') ours.minimize(loss, variables).dispose();
      else stock.minimize(loss, true, variables)?.dispose();
      onStep(step);
    }
    await variables[0].data();
  };
}
