/** Mini-batches of real images and of noise, as pure functions of the random source and the step. */
import type { Random } from '../../core/random.ts';
import { normalised, PIXELS, SIDE } from '../images/images.ts';
import type { Tensor, Tf } from '../tensor.ts';
import { CATEGORIES } from './networks.ts';

/** One-hot rows (n×10). */
export function oneHot(tf: Tf, labels: ArrayLike<number>): Tensor {
  const values = new Float32Array(labels.length * CATEGORIES);
  for (let i = 0; i < labels.length; i++) values[i * CATEGORIES + labels[i]] = 1;
  return tf.tensor2d(values, [labels.length, CATEGORIES]);
}

/** The images `indices` in [−1, 1], (n×28×28×1). */
export function imageTensor(tf: Tf, pixels: Uint8Array, indices: ArrayLike<number>): Tensor {
  return tf.tensor4d(normalised(pixels, indices), [indices.length, SIDE, SIDE, 1]);
}

/** Rows (n×latentSize) of standard normal noise number `first`, `first + 1`… of the source. */
export function noise(tf: Tf, random: Random, first: number, n: number, latentSize: number): Tensor {
  const values = new Float32Array(n * latentSize);
  for (let i = 0; i < values.length; i++) values[i] = random.normal(first + Math.floor(i / latentSize), i % latentSize);
  return tf.tensor2d(values, [n, latentSize]);
}

/** Goes through `indices` again and again, in a new order each time; every batch has `size` of them. */
export function* epochs(indices: Int32Array, size: number, random: Random): Generator<Int32Array, never> {
  const order = indices.slice();
  let at = order.length;
  for (let epoch = 0; ;) {
    const batch = new Int32Array(size);
    for (let i = 0; i < size; i++) {
      if (at === order.length) {
        random.stream('epoch', epoch++).sequence().shuffle(order);
        at = 0;
      }
      batch[i] = order[at++];
    }
    yield batch;
  }
}

export { PIXELS };
