/**
 * The delta-method interval of any smooth function of column means, so that every estimator gets its interval from one
 * place: se² = ∇gᵀ Cov(x) ∇g / m.
 */
import { normalQuantile, studentQuantile } from '../../core/quantiles.ts';
import type { Moments } from '../moments.ts';
import type { SumEstimator } from '../sum-estimator.ts';

export type DeltaRule = 'delta-normal' | 'delta-t';

/**
 * Standard error of the estimate. A mean (one column) uses s² with m − 1, as textbooks do; a function of several means
 * uses the moments with m: the infinitesimal jackknife, for SNIPS √(Σ w²(r − V)²) / Σ w. NaN for a mean of one row.
 */
export function standardError(estimator: SumEstimator, moments: Moments): number {
  const { count: m, cross } = moments;
  const c = estimator.columns;
  const slope = gradient(estimator, moments);
  let variance = 0;
  for (let a = 0; a < c; a++) {
    for (let b = 0; b < c; b++) {
      // A column that never varies adds nothing, however steep (or undefined) the function is there.
      if (cross[a * c + b] !== 0) variance += slope[a] * slope[b] * cross[a * c + b];
    }
  }
  return Math.sqrt(Math.max(variance, 0) / (m * (c === 1 ? m - 1 : m)));
}

/** The interval value ± quantile · standard error; from −∞ to ∞ where one row tells nothing of the spread. */
export function deltaInterval(
  estimator: SumEstimator,
  moments: Moments,
  level: number,
  rule: DeltaRule = 'delta-normal',
): readonly [number, number] {
  const m = moments.count;
  const value = estimator.value(moments.sums, m);
  if (m < 2) return [-Infinity, Infinity];
  const p = 0.5 + level / 2;
  const half = (rule === 'delta-t' ? studentQuantile(p, m - 1) : normalQuantile(p)) * standardError(estimator, moments);
  return [value - half, value + half];
}

/** Steps of the derivative, relative to the column's size: error about h⁴ + ε/h ≈ 1e-12. */
const RELATIVE_STEP = 5e-4;

/** (c) ∂value/∂(mean of column): central differences, once extrapolated (Richardson), so any smooth value will do. */
export function gradient(estimator: SumEstimator, { count: m, sums, cross }: Moments): Float64Array {
  const c = estimator.columns;
  const at = Float64Array.from(sums);
  const slope = new Float64Array(c);
  for (let a = 0; a < c; a++) {
    const spread = Math.sqrt(cross[a * c + a]); // m · standard error of the mean, about
    const step = RELATIVE_STEP * Math.max(Math.abs(sums[a]), spread);
    if (step === 0) continue;
    const near = difference(a, step);
    const far = difference(a, 2 * step);
    slope[a] = (m * (4 * near - far)) / 3;
  }
  return slope;

  function difference(a: number, step: number): number {
    at[a] = sums[a] + step;
    const above = estimator.value(at, m);
    const high = at[a];
    at[a] = sums[a] - step;
    const below = estimator.value(at, m);
    const width = high - at[a];
    at[a] = sums[a];
    return (above - below) / width;
  }
}
