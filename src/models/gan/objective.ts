/**
 * What generator and discriminator are trained for. `gan`: the discriminator tells real from made, the generator is to
 * be taken for real (Goodfellow et al. 2014, the non-saturating form). `wgan-gp`: a critic scores images, as far apart
 * as it can while its slope stays near 1, and the generator raises its own score (Gulrajani et al. 2017, algorithm 1).
 */
import type { Scalar, Tensor, Tf } from '../tensor.ts';

export type Objective = 'gan' | 'wgan-gp';

export interface ObjectiveSettings {
  objective: Objective;
  /** Of `gan`: aims at 1 minus this for real images. */
  labelSmoothing: number;
  /** Of `wgan-gp`: λ. */
  gradientPenalty: number;
}

/** Adam's decays: a short memory keeps the two from circling each other (Radford et al. 2016; Gulrajani et al. 2017). */
export const MOMENTS: Record<Objective, { beta1: number; beta2: number }> = {
  gan: { beta1: 0.5, beta2: 0.99 },
  'wgan-gp': { beta1: 0, beta2: 0.9 },
};

/** Mean binary cross-entropy of logits against one target: softplus(z) − target·z. */
export function binaryCrossEntropy(tf: Tf, logits: Tensor, target: number): Scalar {
  return tf.mean(tf.sub(tf.softplus(logits), tf.mul(logits, target))) as Scalar;
}

/** Mean cross-entropy of logits (n×10) against rows of targets. */
export function crossEntropy(tf: Tf, logits: Tensor, targets: Tensor): Scalar {
  return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), targets), 1))) as Scalar;
}

/** The discriminator's loss on scores (n) of real and made images, without the gradient penalty. */
export function discriminatorLoss(tf: Tf, real: Tensor, made: Tensor, settings: ObjectiveSettings): Tensor {
  if (settings.objective === 'wgan-gp') return tf.sub(tf.mean(made), tf.mean(real));
  return tf.add(binaryCrossEntropy(tf, real, 1 - settings.labelSmoothing), binaryCrossEntropy(tf, made, 0));
}

/** The generator's loss on the scores (n) of what it made. */
export function generatorLoss(tf: Tf, made: Tensor, { objective }: ObjectiveSettings): Tensor {
  return objective === 'wgan-gp' ? tf.neg(tf.mean(made)) : binaryCrossEntropy(tf, made, 1);
}

/**
 * E (|∇ₓ score(x)| − 1)² at x = real + mix·(made − real), `mix` (n×1…) in [0, 1]. The gradient in it is exact, and so is
 * the gradient of the whole with respect to the critic's weights (a derivative of a derivative, by the tape): a critic
 * may use dense layers, convolutions, `leaky`, sums, products and reshapes, but no layer whose gradient compares.
 */
export function gradientPenalty(tf: Tf, score: (x: Tensor) => Tensor, real: Tensor, made: Tensor, mix: Tensor): Tensor {
  const between = tf.add(real, tf.mul(mix, tf.sub(made, real)));
  const slope = tf.grad((x) => tf.sum(score(x)))(between);
  const axes = slope.shape.map((_, axis) => axis).slice(1);
  // The root's own slope is infinite at 0.
  const length = tf.sqrt(tf.add(tf.sum(tf.square(slope), axes), 1e-12));
  return tf.mean(tf.square(tf.sub(length, 1)));
}
