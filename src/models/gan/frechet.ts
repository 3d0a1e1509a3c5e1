/**
 * How far apart two sets of images are, as seen by a network: the Fréchet distance of two normal distributions fitted
 * to its features (Heusel et al. 2017, "GANs trained by a two time-scale update rule", equation 6). The published FID
 * takes Inception's features; ours come from a small judge, so values compare with each other only ("FID-like").
 */
import type { Matrix } from '../../core/matrix.ts';
import { matrix } from '../../core/matrix.ts';
import { product, symmetricEigen, symmetricRoot } from '../../core/symmetric.ts';

export interface FeatureDistribution {
  /** (d) */
  mean: Float64Array;
  /** (d×d) unbiased. */
  covariance: Matrix;
}

/** Mean and covariance of rows of features (n×d). Throws RangeError for fewer than two rows. */
export function featureDistribution(features: ArrayLike<number>, d: number): FeatureDistribution {
  const n = features.length / d;
  if (n < 2) throw new RangeError(`featureDistribution: ${n} rows; two or more are needed`);
  const mean = new Float64Array(d);
  for (let i = 0; i < features.length; i++) mean[i % d] += features[i] / n;
  const covariance = matrix(d, d);
  const centred = new Float64Array(d);
  for (let row = 0; row < n; row++) {
    for (let j = 0; j < d; j++) centred[j] = features[row * d + j] - mean[j];
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < d; j++) covariance.data[i * d + j] += (centred[i] * centred[j]) / (n - 1);
    }
  }
  return { mean, covariance };
}

/** |μ₁ − μ₂|² + tr(Σ₁ + Σ₂ − 2(Σ₁^½ Σ₂ Σ₁^½)^½), never below 0. */
export function frechetDistance(a: FeatureDistribution, b: FeatureDistribution): number {
  const d = a.mean.length;
  let distance = 0;
  for (let i = 0; i < d; i++) {
    const apart = a.mean[i] - b.mean[i];
    distance += apart * apart + a.covariance.data[i * d + i] + b.covariance.data[i * d + i];
  }
  const root = symmetricRoot(a.covariance);
  const { values } = symmetricEigen(product(product(root, b.covariance), root));
  for (const value of values) distance -= 2 * Math.sqrt(Math.max(0, value));
  return Math.max(0, distance);
}
