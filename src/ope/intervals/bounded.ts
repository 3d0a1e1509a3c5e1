/**
 * Intervals for the mean of bounded numbers that hold at every sample size, for any distribution. Their price is width,
 * and the bounds must have been known before the log was seen: a bound read off the log itself, as peers' helpers do by
 * default, makes them hold for nothing.
 */
import type { IntervalRule } from './rule.ts';
import { notBounded } from './mean.ts';

/** Hoeffding (1963): how far below its expectation b − a times √(ln(1/δ) / 2m) the mean stays, but for chance δ. */
export function hoeffdingRadius(m: number, width: number, delta: number): number {
  return width * Math.sqrt(Math.log(1 / delta) / (2 * m));
}

/**
 * Maurer & Pontil (2009, Theorem 4): √(2 s² ln(2/δ) / m) + 7 (b − a) ln(2/δ) / (3(m − 1)), one-sided at δ. `variance` s²
 * divides by m − 1.
 */
export function bernsteinRadius(m: number, variance: number, width: number, delta: number): number {
  const log = Math.log(2 / delta);
  return Math.sqrt((2 * variance * log) / m) + (7 * width * log) / (3 * (m - 1));
}

export const hoeffding: IntervalRule = {
  name: 'hoeffding',
  summary: 'Holds whatever the distribution between the known bounds; knows only their distance, so it is wide.',
  reference: 'Hoeffding 1963',
  unsuited: notBounded,
  interval({ moments: { sums, count }, range }, level) {
    const [low, high] = range as readonly [number, number];
    const half = hoeffdingRadius(count, high - low, (1 - level) / 2);
    return [Math.max(low, sums[0] / count - half), Math.min(high, sums[0] / count + half)];
  },
};

export const empiricalBernstein: IntervalRule = {
  name: 'empirical-bernstein',
  summary: 'Holds whatever the distribution between the known bounds; narrower where the rows vary little.',
  reference: 'Maurer & Pontil 2009, Theorem 4, both sides',
  unsuited: (sample) =>
    notBounded(sample) ?? (sample.moments.count < 2 ? 'one row tells nothing of the spread' : undefined),
  interval({ moments: { sums, cross, count }, range }, level) {
    const [low, high] = range as readonly [number, number];
    const half = bernsteinRadius(count, cross[0] / (count - 1), high - low, (1 - level) / 2);
    return [Math.max(low, sums[0] / count - half), Math.min(high, sums[0] / count + half)];
  },
};
