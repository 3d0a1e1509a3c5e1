/** Means with their doubt. */
import { mean as meanOf, quantile, sampleStandardDeviation } from 'simple-statistics';
import { studentQuantile } from './quantiles.ts';

/** A mean over repetitions, with Student's t interval. */
export interface Summary {
  mean: number;
  /** [low, high]; null where one repetition tells nothing of the spread. */
  interval: readonly [number, number] | null;
  /** How many repetitions (seeds). */
  count: number;
  /** Nominal level of the interval. */
  level: number;
}

/** Mean and Student's t interval of repetitions. Throws RangeError on an empty list. */
export function summarise(values: readonly number[], level = 0.95): Summary {
  const n = values.length;
  if (n === 0) throw new RangeError('summarise: no values');
  const mean = meanOf(values as number[]);
  if (n === 1) return { mean, interval: null, count: 1, level };
  const half = (studentQuantile(0.5 + level / 2, n - 1) * sampleStandardDeviation(values as number[])) / Math.sqrt(n);
  return { mean, interval: [mean - half, mean + half], count: n, level };
}

/** True where two intervals share no point. */
export function disjoint(a: readonly [number, number], b: readonly [number, number]): boolean {
  return a[1] < b[0] || b[1] < a[0];
}

/**
 * A ratio of two totals pooled over clusters (seeds), with Student's t interval: what varies between clusters counts,
 * however many trials each holds. `amounts` and `trials` (clusters); the interval is null for one cluster, the whole
 * null without trials. Source: Cochran (1977), Sampling Techniques, eq. 6.13 (variance of a ratio).
 */
export function clusteredRatio(
  amounts: readonly number[],
  trials: readonly number[],
  level = 0.95,
): { rate: number; interval: [number, number] | null } | null {
  const clusters = trials.length;
  const total = trials.reduce((sum, n) => sum + n, 0);
  if (total === 0) return null;
  const rate = amounts.reduce((sum, h) => sum + h, 0) / total;
  if (clusters === 1) return { rate, interval: null };
  const squares = amounts.reduce((sum, h, s) => sum + (h - rate * trials[s]) ** 2, 0);
  const half =
    (studentQuantile(0.5 + level / 2, clusters - 1) * Math.sqrt((clusters / (clusters - 1)) * squares)) / total;
  return { rate, interval: [rate - half, rate + half] };
}

/** The same of hits among trials: a share, whose interval stays in [0, 1]. */
export function clusteredRate(
  hits: readonly number[],
  trials: readonly number[],
  level = 0.95,
): ReturnType<typeof clusteredRatio> {
  const ratio = clusteredRatio(hits, trials, level);
  if (!ratio?.interval) return ratio;
  const [low, high] = ratio.interval;
  return { rate: ratio.rate, interval: [Math.max(0, low), Math.min(1, high)] };
}

/** The value below which the share p of a sample lies. Throws where the sample is empty or p is outside [0, 1]. */
export function sampleQuantile(values: readonly number[], p: number): number {
  return quantile(values as number[], p);
}
