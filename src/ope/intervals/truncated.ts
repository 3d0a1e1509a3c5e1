/**
 * A lower bound for the mean of numbers ≥ 0 with no upper bound known, as importance-weighted rewards are: cut at c, they
 * are bounded, and their mean can only be smaller (Thomas, Theocharous & Ghavamzadeh 2015, "High-confidence off-policy
 * evaluation", Theorem 1). The cut is chosen on every twentieth row, and the bound made of the others.
 */
import type { Matrix } from '../../core/contracts.ts';
import { bernsteinRadius } from './bounded.ts';
import { notMean } from './mean.ts';
import type { IntervalRule } from './rule.ts';

/** Every so many rows one is spent on choosing the cut. */
const SPENT = 20;
const CUTS = 60;
const STEP = 0.87; // five halve

/** Lower bound at 1 − δ of the mean of values ≥ 0. */
export function truncatedLowerBound(values: ArrayLike<number>, delta: number): number {
  const chooses = Array.from(values).filter((_, i) => i % SPENT === SPENT - 1);
  const bounds = Float64Array.from(values).filter((_, i) => i % SPENT !== SPENT - 1);
  let best = -Infinity;
  let cut = 1;
  const largest = chooses.reduce((most, x) => Math.max(most, x), 0);
  if (largest === 0) return 0;
  // Cuts above what was seen cost width and win nothing; below, they halve a dozen times.
  for (let j = 0, candidate = largest; j < CUTS; j++, candidate *= STEP) {
    const expected = cutBound(chooses, candidate, bounds.length, delta);
    if (expected > best) [best, cut] = [expected, candidate];
  }
  return Math.max(0, cutBound(bounds, cut, bounds.length, delta));
}

/** The bound that m rows with the mean and spread of these, cut at c, give. */
function cutBound(values: ArrayLike<number>, c: number, m: number, delta: number): number {
  const n = values.length;
  let sum = 0;
  let square = 0;
  for (let i = 0; i < n; i++) sum += Math.min(values[i], c);
  for (let i = 0; i < n; i++) square += (Math.min(values[i], c) - sum / n) ** 2;
  return sum / n - bernsteinRadius(m, square / (n - 1), c, delta);
}

export const truncated: IntervalRule = {
  name: 'truncated-bernstein',
  summary: 'A lower bound alone, for rewards ≥ 0: large contributions are cut, which can only lower their mean.',
  reference: 'Thomas, Theocharous & Ghavamzadeh 2015, Theorem 1',
  unsuited(sample) {
    const { rows } = sample;
    if (rows === undefined) return 'the log is too long to keep its rows';
    if (rows.rows < 3 * SPENT) return `the log has fewer than ${3 * SPENT} rows`;
    const reason = notMean(sample);
    if (reason !== undefined) return reason;
    return rows.data.subarray(0, rows.rows).every((x) => x >= 0) ? undefined : 'some contributions are negative';
  },
  interval({ rows, range }, level) {
    const { data, rows: m } = rows as Matrix;
    return [truncatedLowerBound(data.subarray(0, m), 1 - level), range?.[1] ?? Infinity];
  },
};
