/**
 * Mean cross-entropies of logits. In TensorFlow.js they are dozens of operations on a few numbers each, forwards and back; a
 * back end may do each in one.
 */
import type { NamedTensorMap, Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../tensor.ts';

/** Of `logits` and `targets` (as many, or one): the mean, and its slope by each logit. */
export const LOGIT_ENTROPY = 'LogitEntropy';
/** Of `logits` and `targets` (n×k): the mean over rows, and its slope by each logit. */
export const CATEGORY_ENTROPY = 'CategoryEntropy';

/** Mean of softplus(z) − y·z, which is −log P(y) of logits z, for targets y in [0, 1]: one of each logit, or one for all. */
export function logitEntropy(tf: Tf, logits: Tensor, targets: Tensor | number): Scalar {
  if (tf.getKernel(LOGIT_ENTROPY, tf.getBackend()) === undefined) {
    return tf.mean(tf.sub(tf.softplus(logits), tf.mul(logits, targets)));
  }
  return inOne(tf, LOGIT_ENTROPY, logits, typeof targets === 'number' ? tf.scalar(targets) : targets);
}

/** Mean cross-entropy of logits (n×k) against rows of targets that sum to 1. */
export function categoryEntropy(tf: Tf, logits: Tensor, targets: Tensor): Scalar {
  if (tf.getKernel(CATEGORY_ENTROPY, tf.getBackend()) === undefined) {
    return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), targets), 1))) as Scalar;
  }
  return inOne(tf, CATEGORY_ENTROPY, logits, targets);
}

function inOne(tf: Tf, kernelName: string, logits: Tensor, targets: Tensor): Scalar {
  if (tf.getGradient(kernelName) === undefined) {
    tf.registerGradient({
      kernelName,
      outputsToSave: [false, true],
      gradFunc: (dy, [slope]) => ({ logits: () => tf.mul((dy as Tensor[])[0], slope) }),
    });
  }
  return tf.engine().runKernel<Tensor[]>(kernelName, { logits, targets } as NamedTensorMap)[0] as Scalar;
}

/** Writes the slopes, answers with the mean. */
export type MeanEntropy = (
  logits: Float32Array,
  targets: Float32Array,
  columns: number,
  slopes: Float32Array,
) => number;

export const meanLogitEntropy: MeanEntropy = (logits, targets, _columns, slopes) => {
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
};

export const meanCategoryEntropy: MeanEntropy = (logits, targets, columns, slopes) => {
  const rows = logits.length / columns;
  let sum = 0;
  for (let start = 0; start < logits.length; start += columns) {
    let most = -Infinity;
    for (let j = start; j < start + columns; j++) most = Math.max(most, logits[j]);
    let total = 0;
    for (let j = start; j < start + columns; j++) total += Math.exp(logits[j] - most);
    const logTotal = Math.log(total) + most;
    for (let j = start; j < start + columns; j++) {
      sum += targets[j] * (logTotal - logits[j]);
      slopes[j] = (Math.exp(logits[j] - logTotal) - targets[j]) / rows;
    }
  }
  return sum / rows;
};
