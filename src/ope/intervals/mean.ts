/** What rules for plain means ask of a sample: one column whose mean is the estimate, and known bounds of it. */
import type { IntervalSample } from './rule.ts';

/** Why the estimate is no plain mean of one number a row. */
export function notMean({ estimator, moments }: IntervalSample): string | undefined {
  if (estimator.columns !== 1) return `${estimator.name} is no mean of one number a row`;
  const { sums, count } = moments;
  const mean = sums[0] / count;
  const value = estimator.value(sums, count);
  return Math.abs(value - mean) <= 1e-12 * Math.abs(mean) ? undefined : `${estimator.name} is no plain mean`;
}

/** Why the bounds that no row can leave are not known. */
export function notBounded(sample: IntervalSample): string | undefined {
  const { range } = sample;
  if (range === undefined) return 'no bounds of reward × weight are known beforehand; give the range of the reward';
  if (!(range[1] > range[0] && Number.isFinite(range[1] - range[0])))
    return 'the bounds of reward × weight are infinite';
  return notMean(sample);
}
