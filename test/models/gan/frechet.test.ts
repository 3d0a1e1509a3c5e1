import { describe, expect, it } from 'vitest';
import type { Matrix } from '../../../src/core/matrix.ts';
import { matrix } from '../../../src/core/matrix.ts';
import { randomFrom } from '../../../src/core/random.ts';
import { featureDistribution, frechetDistance } from '../../../src/models/gan/frechet.ts';
import { product, symmetricEigen, symmetricRoot } from '../../../src/core/symmetric.ts';

/** A random positive semi-definite matrix of the given rank. */
function covariance(n: number, rank: number, name: string): Matrix {
  const draws = randomFrom(name).sequence();
  const out = matrix(n, n);
  for (let r = 0; r < rank; r++) {
    const v = Array.from({ length: n }, () => draws.normal());
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) out.data[i * n + j] += v[i] * v[j];
  }
  return out;
}

describe('symmetric matrices', () => {
  it('are put together again from their eigenvalues', () => {
    const a = covariance(12, 12, 'eigen');
    const { values, vectors } = symmetricEigen(a);
    for (let i = 0; i < 12; i++) {
      for (let j = 0; j < 12; j++) {
        let sum = 0;
        for (let k = 0; k < 12; k++) sum += vectors.data[i * 12 + k] * values[k] * vectors.data[j * 12 + k];
        expect(sum).toBeCloseTo(a.data[i * 12 + j], 10);
      }
    }
  });

  it('are the square of their root, also where they are singular', () => {
    for (const rank of [9, 4]) {
      const a = covariance(9, rank, `root-${rank}`);
      const root = symmetricRoot(a);
      product(root, root).data.forEach((value, i) => expect(value).toBeCloseTo(a.data[i], 8));
    }
  });
});

describe('Fréchet distance', () => {
  const normal = (mean: number[], sigma: Matrix): Parameters<typeof frechetDistance>[0] => ({
    mean: Float64Array.from(mean),
    covariance: sigma,
  });
  const diagonal = (...values: number[]): Matrix => {
    const out = matrix(values.length, values.length);
    values.forEach((value, i) => (out.data[i * values.length + i] = value));
    return out;
  };

  it('is the sum over axes of (Δμ)² + (Δσ)² where the axes are independent', () => {
    const a = normal([1, 2, 3], diagonal(4, 9, 0));
    const b = normal([0, 4, 3], diagonal(1, 25, 16));
    expect(frechetDistance(a, b)).toBeCloseTo(1 + 4 + 0 + 1 + 4 + 16, 10);
  });

  it('agrees with the closed form in two dimensions, where the covariances do not commute', () => {
    // tr (AB)^½ = √(tr AB + 2 √det AB) for 2×2 matrices.
    const a = matrix(2, 2, Float64Array.of(2, 0.6, 0.6, 1));
    const b = matrix(2, 2, Float64Array.of(1, -0.4, -0.4, 3));
    const ab = product(a, b).data;
    const determinant = ab[0] * ab[3] - ab[1] * ab[2];
    const expected = 3 + 4 - 2 * Math.sqrt(ab[0] + ab[3] + 2 * Math.sqrt(determinant));
    expect(frechetDistance(normal([0, 0], a), normal([0, 0], b))).toBeCloseTo(expected, 12);
  });

  it('is 0 from a set to itself, symmetric, and never negative', () => {
    const a = normal(
      Array.from({ length: 20 }, () => 0),
      covariance(20, 6, 'one'),
    );
    const b = normal(
      Array.from({ length: 20 }, () => 0.5),
      covariance(20, 30, 'two'),
    );
    expect(frechetDistance(a, a)).toBeLessThan(1e-5);
    // A singular covariance leaves its root about half the digits.
    expect(frechetDistance(a, b) / frechetDistance(b, a)).toBeCloseTo(1, 7);
    expect(frechetDistance(a, b)).toBeGreaterThan(5);
  });

  it('fits mean and unbiased covariance', () => {
    const { mean, covariance: sigma } = featureDistribution([1, 5, 2, 7, 6, 0], 2);
    expect([...mean]).toEqual([3, 4]);
    [7, -8.5, -8.5, 13].forEach((value, i) => expect(sigma.data[i]).toBeCloseTo(value, 12));
    expect(() => featureDistribution([1, 2], 2)).toThrow(RangeError);
  });
});
