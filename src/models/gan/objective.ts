/**
 * What generator and discriminator are trained for. `gan`: the discriminator tells real from made, the generator is to
 * be taken for real (Goodfellow et al. 2014, the non-saturating form). `wgan-gp`: a critic scores images, as far apart
 * as it can while its slope stays near 1, and the generator raises its own score (Gulrajani et al. 2017, algorithm 1).
 * `gan-r1`: as `gan`, with a discriminator that is to be flat at real images (Mescheder et al. 2018, equation 9).
 */
import { logitEntropy } from '../tensor.ts';
import type { Scalar, Tensor, Tf } from '../tensor.ts';

export type Objective = 'gan' | 'gan-r1' | 'wgan-gp';

export interface ObjectiveSettings {
  objective: Objective;
  /** Of `gan` and `gan-r1`: aims at 1 minus this for real images. */
  labelSmoothing: number;
  /** Of `wgan-gp` λ, of `gan-r1` γ/2. */
  gradientPenalty: number;
}

/** Adam's decays: a short memory keeps the two from circling each other (Radford et al. 2016; Gulrajani et al. 2017). */
export const MOMENTS: Record<Objective, { beta1: number; beta2: number }> = {
  gan: { beta1: 0.5, beta2: 0.99 },
  'gan-r1': { beta1: 0.5, beta2: 0.99 },
  'wgan-gp': { beta1: 0, beta2: 0.9 },
};

/** Mean binary cross-entropy of logits against one target: softplus(z) − target·z. */
export function binaryCrossEntropy(tf: Tf, logits: Tensor, target: number): Scalar {
  return logitEntropy(tf, logits, target);
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
 * The part of the discriminator's loss that holds its slope, times its weight; undefined where the objective has none. The
 * slope is exact, and so is the gradient of the whole with respect to the weights (a derivative of a derivative, by the
 * tape): `score` may use dense layers, convolutions, `leaky`, sums, products and reshapes, but no layer whose gradient
 * compares. `mix` (n×1…) in [0, 1] says where between real and made images wgan-gp looks.
 */
export function slopePenalty(
  tf: Tf,
  score: (x: Tensor) => Tensor,
  real: Tensor,
  made: Tensor,
  mix: () => Tensor,
  { objective, gradientPenalty: weight }: ObjectiveSettings,
): Tensor | undefined {
  if (objective === 'wgan-gp') return tf.mul(gradientPenalty(tf, score, real, made, mix()), weight);
  if (objective === 'gan-r1') return tf.mul(tf.mean(squaredSlope(tf, score, real)), weight);
  return undefined;
}

/** E (|∇ₓ score(x)| − 1)² at x = real + mix·(made − real). */
export function gradientPenalty(tf: Tf, score: (x: Tensor) => Tensor, real: Tensor, made: Tensor, mix: Tensor): Tensor {
  const between = tf.add(real, tf.mul(mix, tf.sub(made, real)));
  // The root's own slope is infinite at 0.
  const length = tf.sqrt(tf.add(squaredSlope(tf, score, between), 1e-12));
  return tf.mean(tf.square(tf.sub(length, 1)));
}

/** (n) |∇ₓ score(x)|² at each row of x. */
function squaredSlope(tf: Tf, score: (x: Tensor) => Tensor, x: Tensor): Tensor {
  const slope = tf.grad((at) => tf.sum(score(at)))(x);
  return tf.sum(tf.square(slope), slope.shape.map((_, axis) => axis).slice(1));
}
