/** Batch normalisation with its gradient as two kernels, for back ends that have them. */
import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../tensor.ts';

/** Of `x` (n×h×w×c), `gain` and `offset` (c): y, and two that the gradient needs. Attribute: `epsilon`, added to the variance. */
export const BATCH_NORMALISATION = 'BatchNormalisation';
/** Of `dy`, `x`, `gain` and the two: the gradients of x, gain and offset. Attribute: `epsilon`. */
export const BATCH_NORMALISATION_GRADIENT = 'BatchNormalisationGradient';

/** x by the batch's own mean and variance of each channel, times gain, plus offset; undefined where the kernels are missing. */
export function batchNormalised(tf: Tf, x: Tensor, gain: Tensor, offset: Tensor, epsilon: number): Tensor | undefined {
  if (tf.getKernel(BATCH_NORMALISATION, tf.getBackend()) === undefined) return undefined;
  if (tf.getGradient(BATCH_NORMALISATION) === undefined) {
    tf.registerGradient({
      kernelName: BATCH_NORMALISATION,
      inputsToSave: ['x', 'gain'],
      outputsToSave: [false, true, true],
      gradFunc(dys, [from, factor, first, second], attributes) {
        const inputs = { dy: (dys as Tensor[])[0], x: from, gain: factor, first, second } as NamedTensorMap;
        const out = tf.engine().runKernel<Tensor[]>(BATCH_NORMALISATION_GRADIENT, inputs, attributes);
        return { x: () => out[0], gain: () => out[1], offset: () => out[2] };
      },
    });
  }
  return tf.engine().runKernel<Tensor[]>(BATCH_NORMALISATION, { x, gain, offset } as NamedTensorMap, { epsilon })[0];
}
