/** A moving average's step: one kernel where a back end has it, else three operations. */
import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../tensor.ts';

/** Of `from` and `to`, of equal shape. Attribute: `decay`, in [0, 1]. */
export const BLEND = 'Blend';

/** decay·from + (1 − decay)·to. */
export function blend(tf: Tf, from: Tensor, to: Tensor, decay: number): Tensor {
  if (tf.getKernel(BLEND, tf.getBackend()) === undefined) return tf.add(tf.mul(from, decay), tf.mul(to, 1 - decay));
  return tf.engine().runKernel(BLEND, { from, to } as NamedTensorMap, { decay });
}
