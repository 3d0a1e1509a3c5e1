/** Do a back end's gradients agree with those of plain JavaScript? Asked before a new build of it is trusted. */
import { randomFrom } from '../../core/random.ts';
import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor4D, Tf } from '../tensor.ts';

type Job = readonly [name: string, shapes: readonly number[][], of: (tf: Tf, ...inputs: Tensor[]) => Tensor];

/** What adsim's networks are made of. */
const JOBS: readonly Job[] = [
  [
    'dense layer',
    [[5, 4], [4, 3], [3]], // prettier-ignore
    (tf, a, b, bias) => tf.fused.matMul({ a: a as Tensor2D, b: b as Tensor2D, bias, activation: 'relu' }),
  ],
  [
    'convolution',
    [[2, 6, 6, 2], [4, 4, 2, 3]], // prettier-ignore
    (tf, x, w) => tf.conv2d(x as Tensor4D, w as Tensor4D, 2, 'same'),
  ],
  [
    'transposed convolution',
    [[2, 3, 3, 4], [4, 4, 2, 4]], // prettier-ignore
    (tf, x, w) => tf.conv2dTranspose(x as Tensor4D, w as Tensor4D, [2, 6, 6, 2], 2, 'same'),
  ],
  [
    'transposed convolution to one channel',
    [[2, 3, 3, 4], [4, 4, 1, 4]], // prettier-ignore
    (tf, x, w) => tf.conv2dTranspose(x as Tensor4D, w as Tensor4D, [2, 6, 6, 1], 2, 'same'),
  ],
  ['embedding', [[6, 3]], (tf, x) => tf.gather(x, tf.tensor1d([5, 0, 0, 3, 5], 'int32'))],
  ['cross-entropy', [[4, 5]], (tf, x) => tf.logSoftmax(tf.softplus(x))],
  [
    'batch normalisation',
    [[4, 3, 3, 2], [2], [2]], // prettier-ignore
    (tf, x, offset, gain) => {
      const { mean, variance } = tf.moments(x, [0, 1, 2]);
      return tf.batchNorm(
        x as Tensor4D,
        mean as Tensor1D,
        variance as Tensor1D,
        offset as Tensor1D,
        gain as Tensor1D,
        1e-3,
      );
    },
  ],
];

/** Gradients of the sum of cubes of a job's outputs (squares of normalised ones are constant), on whichever back end is active. */
async function gradientsOf(tf: Tf, [name, shapes, of]: Job): Promise<Float32Array[]> {
  const random = randomFrom('agreement').stream(name);
  const gradients = tf.tidy(() => {
    const inputs = shapes.map((shape, i) => {
      const size = shape.reduce((product, side) => product * side, 1);
      return tf.tensor(
        Float32Array.from({ length: size }, (_, j) => random.normal(i, j)),
        [...shape],
      );
    });
    const energy = (y: Tensor): Scalar => tf.sum(tf.mul(y, tf.square(y)));
    return tf.grads((...xs: Tensor[]): Scalar => energy(of(tf, ...xs)))(inputs);
  });
  const values = await Promise.all(gradients.map(async (gradient) => (await gradient.data()) as Float32Array));
  gradients.forEach((gradient) => gradient.dispose());
  return values;
}

/** More than rounding in single precision, less than any mistake. */
const TOLERANCE = 1e-4;

/**
 * The largest difference of the gradients of two registered back ends, over the largest entry of each. Throws where one
 * job differs by more than 1e-4. The first is active afterwards.
 */
export async function gradientDifference(tf: Tf, id: string, reference: string): Promise<number> {
  let most = 0;
  for (const job of JOBS) {
    // oxlint-disable no-await-in-loop -- one back end at a time
    await tf.setBackend(reference);
    const expected = await gradientsOf(tf, job);
    await tf.setBackend(id);
    const actual = await gradientsOf(tf, job);
    // oxlint-enable no-await-in-loop
    expected.forEach((values, i) => {
      const scale = values.reduce((largest, g) => Math.max(largest, Math.abs(g)), 0);
      const difference = values.reduce((largest, g, j) => Math.max(largest, Math.abs(actual[i][j] - g)), 0) / scale;
      if (!(difference <= TOLERANCE)) {
        throw new Error(`its gradient of a ${job[0]} differs from that of plain JavaScript by ${difference}`);
      }
      most = Math.max(most, difference);
    });
  }
  return most;
}
