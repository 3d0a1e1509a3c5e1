/**
 * The jackknife: how much an estimate changes when a row is left out says how much chance is in it. Quenouille 1956;
 * Efron & Stein 1981. An estimate needs no second look at the log for that: its sums, less the row.
 */
import type { Matrix } from '../../core/contracts.ts';
import { normalQuantile } from '../../core/quantiles.ts';
import type { Moments } from '../moments.ts';
import type { SumEstimator } from '../sum-estimator.ts';
import type { IntervalRule } from './rule.ts';

/** (m) the estimate without row i. */
export function leftOut(estimator: SumEstimator, { sums, count }: Moments, { data, columns: c }: Matrix): Float64Array {
  const without = new Float64Array(c);
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    for (let a = 0; a < c; a++) without[a] = sums[a] - data[i * c + a];
    values[i] = estimator.value(without, count - 1);
  }
  return values;
}

/** √((m − 1)/m · Σ (θ₋ᵢ − θ̄)²) of the estimates without one row each. */
export function jackknifeError(values: Float64Array): number {
  const m = values.length;
  const mean = values.reduce((sum, x) => sum + x, 0) / m;
  return Math.sqrt(((m - 1) / m) * values.reduce((sum, x) => sum + (x - mean) * (x - mean), 0));
}

/** The estimate ± normal quantile · jackknife error. */
export const jackknife: IntervalRule = {
  name: 'jackknife',
  summary: 'The estimate ± a normal quantile of the spread that leaving out one row at a time shows.',
  reference: 'Efron & Stein 1981; for ratios ope.md §5.5',
  unsuited: ({ rows, moments }) =>
    rows === undefined
      ? 'the log is too long to leave out its rows one by one'
      : moments.count < 3
        ? 'the log has fewer than three rows'
        : undefined,
  interval({ estimator, moments, rows }, level) {
    const value = estimator.value(moments.sums, moments.count);
    const half = normalQuantile(0.5 + level / 2) * jackknifeError(leftOut(estimator, moments, rows as Matrix));
    return [value - half, value + half];
  },
};
