/**
 * Bootstrap intervals: rows are drawn anew with replacement, numerator and denominator of a ratio worked out again from
 * the same rows, and the spread of the estimates that follow stands for the spread of the estimate. Efron 1979.
 */
import type { Matrix } from '../../core/contracts.ts';
import { row } from '../../core/matrix.ts';
import type { SumEstimator } from '../sum-estimator.ts';
import { normalQuantile } from '../../core/quantiles.ts';
import { normalCdf } from '../../core/normal.ts';
import { jackknifeError, leftOut } from './jackknife.ts';
import { resampledSums } from './resampled-sums.ts';
import type { IntervalRule, IntervalSample } from './rule.ts';

/** Resamples of every bootstrap rule. */
export const RESAMPLES = 1000;

/** (B) estimates of resamples of m rows, lowest first; one that is undefined (NaN: no weight at all) is left out. */
export function resampledEstimates(estimator: SumEstimator, sums: Matrix, m: number): Float64Array {
  const values = Float64Array.from({ length: sums.rows }, (_, b) => estimator.value(row(sums, b), m));
  return values.filter((x) => !Number.isNaN(x)).sort();
}

/** The value below which the share p of sorted values lies, by linear interpolation; NaN where there are none. */
export function sortedQuantile(sorted: Float64Array, p: number): number {
  if (sorted.length === 0) return NaN;
  const at = Math.min(Math.max(p, 0), 1) * (sorted.length - 1);
  const below = Math.floor(at);
  const share = at - below;
  // Where both ends are infinite their difference is NaN.
  return share === 0 ? sorted[below] : sorted[below] * (1 - share) + sorted[below + 1] * share;
}

/** The middle `level` of the resampled estimates. */
export function percentileInterval(sorted: Float64Array, level: number): readonly [number, number] {
  return [sortedQuantile(sorted, 0.5 - level / 2), sortedQuantile(sorted, 0.5 + level / 2)];
}

/**
 * Bias-corrected and accelerated (Efron 1987): the percentiles are moved by z₀, how far the resamples lie to one side of
 * the estimate, and by a, how fast the standard error changes with the value, from the skewness of the jackknife.
 */
export function bcaInterval(
  sorted: Float64Array,
  value: number,
  withoutOne: Float64Array,
  level: number,
): readonly [number, number] {
  const n = sorted.length;
  const below = sorted.reduce((count, x) => count + (x < value ? 1 : x === value ? 0.5 : 0), 0);
  // Half a resample from either end: z₀ must be finite.
  const shift = normalQuantile(Math.min(Math.max(below, 0.5), n - 0.5) / n);
  const acceleration = skewness(withoutOne) / 6;
  const moved = (z: number): number => normalCdf(shift + (shift + z) / (1 - acceleration * (shift + z)));
  const z = normalQuantile(0.5 + level / 2);
  return [sortedQuantile(sorted, moved(-z)), sortedQuantile(sorted, moved(z))];
}

/** Σ d³ / (Σ d²)^1.5, d how far leaving out row i moves the estimate down; 0 where nothing moves it. */
function skewness(withoutOne: Float64Array): number {
  const m = withoutOne.length;
  const mean = withoutOne.reduce((sum, x) => sum + x, 0) / m;
  const cubes = withoutOne.reduce((sum, x) => sum + (mean - x) ** 3, 0);
  const squares = (jackknifeError(withoutOne) ** 2 * m) / (m - 1);
  return squares > 0 ? cubes / (squares * Math.sqrt(squares)) : 0;
}

/** Why rows cannot be resampled. */
export function noRows({ rows, moments }: IntervalSample): string | undefined {
  if (rows === undefined) return 'the log is too long to keep its rows; bootstrap-groups does without';
  return moments.count < 3 ? 'the log has fewer than three rows' : undefined;
}

function estimatesOf({ estimator, rows, moments, random }: IntervalSample): Float64Array {
  return resampledEstimates(estimator, resampledSums(rows as Matrix, 0, RESAMPLES, random), moments.count);
}

export const bootstrapPercentile: IntervalRule = {
  name: 'bootstrap-percentile',
  summary: `The middle of ${RESAMPLES} estimates on rows drawn anew.`,
  reference: 'Efron 1979',
  unsuited: noRows,
  interval: (sample, level) => percentileInterval(estimatesOf(sample), level),
};

export const bootstrapBca: IntervalRule = {
  name: 'bootstrap-bca',
  summary: 'The same, moved for bias and for a spread that changes with the value.',
  reference: 'Efron 1987 (BCa), acceleration by the jackknife',
  unsuited: noRows,
  interval(sample, level) {
    const { estimator, moments, rows } = sample;
    const value = estimator.value(moments.sums, moments.count);
    return bcaInterval(estimatesOf(sample), value, leftOut(estimator, moments, rows as Matrix), level);
  },
};
