/**
 * A delta interval that minds skewness. Weighted rewards have long right tails; an interval that is as long to both
 * sides then ends too early above, and a policy is written off that deserved better. Hall's transformation makes the
 * studentised estimate normal to the next order. This rule takes the outer of its bounds and Student's t's, so it is
 * never narrower than the plain delta interval. Hall 1992, "On the removal of skewness by transformation" (JRSS B 54).
 */
import type { Matrix } from '../../core/contracts.ts';
import { studentQuantile } from '../../core/quantiles.ts';
import { gradient, standardError } from '../intervals/delta.ts';
import type { IntervalRule } from '../intervals/rule.ts';
import type { Moments } from '../moments.ts';
import type { SumEstimator } from '../sum-estimator.ts';

export const DELTA_SKEW: IntervalRule = {
  name: 'delta-skew',
  summary: 'Delta interval with Student’s t, opened further on the side of the long tail.',
  reference: 'Hall 1992',
  unsuited: ({ rows }) => (rows === undefined ? 'it needs every row, and the log is too long to keep them' : undefined),
  interval({ estimator, moments, rows }, level) {
    const m = moments.count;
    const value = estimator.value(moments.sums, m);
    if (m < 2 || rows === undefined) return [-Infinity, Infinity];
    const error = standardError(estimator, moments);
    const z = studentQuantile(0.5 + level / 2, m - 1);
    const skew = skewness(estimator, moments, rows) / Math.sqrt(m);
    return [value - error * Math.max(z, unskewed(z, skew)), value - error * Math.min(-z, unskewed(-z, skew))];
  },
};

/** The studentised estimate at which Hall's cubic is z; `skew` is γ / √m. */
function unskewed(z: number, skew: number): number {
  if (Math.abs(skew) < 1e-8) return z;
  return (3 / skew) * (Math.cbrt(1 + skew * (z - skew / 6)) - 1);
}

/** γ of the rows' influence on the estimate, ∇gᵀ(x_i − x̄); 0 where they have none. */
function skewness(estimator: SumEstimator, moments: Moments, { data, columns, rows }: Matrix): number {
  const slope = gradient(estimator, moments);
  const centre = slope.reduce((sum, g, a) => sum + (g * moments.sums[a]) / moments.count, 0);
  let squares = 0;
  let cubes = 0;
  for (let i = 0; i < rows; i++) {
    let influence = -centre;
    for (let a = 0; a < columns; a++) influence += slope[a] * data[i * columns + a];
    squares += influence * influence;
    cubes += influence * influence * influence;
  }
  const variance = squares / rows;
  return variance > 0 ? cubes / rows / (variance * Math.sqrt(variance)) : 0;
}
