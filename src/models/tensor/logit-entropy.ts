/**
 * Mean binary cross-entropy of logits. In TensorFlow.js it is a dozen operations on a few numbers each, forwards and back; a
 * back end may do it in one.
 */
import type { NamedTensorMap, Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../tensor.ts';

/** Of `logits` and `targets` (as many, or one): the mean, and its slope by each logit. */
export const LOGIT_ENTROPY = 'LogitEntropy';

/** Mean of softplus(z) − y·z, which is −log P(y) of logits z, for targets y in [0, 1]: one of each logit, or one for all. */
export function logitEntropy(tf: Tf, logits: Tensor, targets: Tensor | number): Scalar {
  if (tf.getKernel(LOGIT_ENTROPY, tf.getBackend()) === undefined) {
    return tf.mean(tf.sub(tf.softplus(logits), tf.mul(logits, targets)));
  }
  if (tf.getGradient(LOGIT_ENTROPY) === undefined) {
    tf.registerGradient({
      kernelName: LOGIT_ENTROPY,
      outputsToSave: [false, true],
      gradFunc: (dy, [slope]) => ({ logits: () => tf.mul((dy as Tensor[])[0], slope) }),
    });
  }
  const inputs = { logits, targets: typeof targets === 'number' ? tf.scalar(targets) : targets };
  return tf.engine().runKernel<Tensor[]>(LOGIT_ENTROPY, inputs as NamedTensorMap)[0] as Scalar;
}

/** Writes the slopes, answers with the mean. */
export function meanLogitEntropy(logits: Float32Array, targets: Float32Array, slopes: Float32Array): number {
  const every = targets.length === 1 ? 0 : 1;
  let sum = 0;
  for (let i = 0; i < logits.length; i++) {
    const z = logits[i];
    const y = targets[i * every];
    // exp of the larger half never overflows.
    const small = Math.exp(-Math.abs(z));
    sum += Math.max(z, 0) + Math.log1p(small) - y * z;
    slopes[i] = ((z > 0 ? 1 : small) / (1 + small) - y) / logits.length;
  }
  return sum / logits.length;
}
