/** Means with their doubt. */
import { mean as meanOf, sampleStandardDeviation } from 'simple-statistics';
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
