/** Training jobs that benches time: the click network and the image generator, both as the program trains them. */
import { randomFrom } from '../src/core/random.ts';
import { creativesSchema } from '../src/models/gan/config.ts';
import { dense, weights } from '../src/models/gan/layers.ts';
import { binaryCrossEntropy } from '../src/models/gan/objective.ts';
import { trainGenerator } from '../src/models/gan/training.ts';
import { silhouettes } from '../src/models/images/silhouettes.ts';
import type { Scalar, TensorGate } from '../src/models/tensor.ts';
import { adam } from '../src/models/tensor.ts';

/** Runs so many steps. */
export type Job = (steps: number) => Promise<void>;

/** CPU seconds per step; the back end's own threads count too. */
export interface Timing {
  cpuSeconds: number;
  wallSeconds: number;
}

/** Runs `steps` steps of a job after a few to warm up. */
export async function time(steps: number, warm: number, run: Job): Promise<Timing> {
  await run(warm);
  const cpu = process.cpuUsage();
  const wall = performance.now();
  await run(steps);
  const { user, system } = process.cpuUsage(cpu);
  return { cpuSeconds: (user + system) / 1e6 / steps, wallSeconds: (performance.now() - wall) / 1e3 / steps };
}

/** A step of generator and of discriminator, on silhouettes. */
export function ganJob(gate: TensorGate, size: { batchSize?: number; width?: number; latentSize?: number } = {}): Job {
  const random = randomFrom('bench');
  const images = silhouettes(10, random);
  const indices = Int32Array.from({ length: images.count }, (_, i) => i);
  return async (steps) => {
    const config = creativesSchema.parse({ steps, ...size });
    await trainGenerator(gate, images, indices, config, random);
  };
}

/** The click network 64-128-64-1 at batch 1,024, with our Adam or with TensorFlow.js's own. */
export function ctrJob(gate: TensorGate, variant: 'ours' | 'stock'): Job {
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
