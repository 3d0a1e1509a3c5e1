/**
 * IPS with a confidence sequence: an interval that one may look at after every row, and stop when one likes. A gambler
 * whose bets are mixed over a gamma prior would have grown rich (1/α) had the mean of w·r been any value left out; weights
 * need no bound, because w·r cannot be negative. Howard, Ramdas, McAuliffe & Sekhon 2021 (gamma–exponential mixture);
 * Mineiro 2022; VW's `cs`. Rows count in the log's order.
 */
import { logGammaCdf } from '../../core/incomplete-gamma.ts';
import { logGamma } from '../../core/quantiles.ts';
import { nothingKnown } from './whole-log.ts';
import type { WholeLogEstimator } from './whole-log.ts';

/** ρ: the prior's shape; VW's choice. */
const PRIOR = 1;

export function gammaExponential(): WholeLogEstimator {
  return {
    name: 'ips-sequence',
    summary: 'IPS with a confidence sequence that may be looked at after every row (gamma–exponential mixture).',
    reference: 'Howard, Ramdas, McAuliffe & Sekhon 2021',
    estimate(rows, level) {
      const { weight, reward, rewardRange } = rows;
      const [low, high] = rewardRange;
      const m = weight.length;
      let sum = 0;
      for (let i = 0; i < m; i++) sum += weight[i] * reward[i];
      const value = sum / m;
      const rule = 'sequence-gamma-exponential';
      if (!(high > low)) return { value, interval: nothingKnown(rows), rule };
      const half = (1 - level) / 2;
      const span = high - low;
      const from = sequenceBound(weight, (i) => (reward[i] - low) / span, half);
      const to = sequenceBound(weight, (i) => (high - reward[i]) / span, half);
      return { value, interval: [low + span * from, high - span * to], rule };
    },
  };
}

/** A lower bound of the mean of w·s, s in [0, 1], that holds after every row at once with probability 1 − α. */
export function sequenceBound(weight: Float64Array, scaled: (i: number) => number, alpha: number): number {
  const m = weight.length;
  let sum = 0;
  let variance = 0; // Σ (x − x̂)², x̂ predicted from the rows before
  for (let i = 0; i < m; i++) {
    const expected = (sum + 0.5) / (i + 1);
    const x = weight[i] * scaled(i);
    variance += (x - expected) * (x - expected);
    sum += x;
  }
  const enough = -Math.log(alpha);
  const excess = (mean: number): number => logWealth(sum - m * mean, variance) - enough;
  if (excess(0) <= 0) return 0;
  // Wealth falls in the mean: halve until the doubles end.
  let low = 0;
  let high = Math.min(1, sum / m);
  if (excess(high) >= 0) return high;
  for (let i = 0; i < 100 && high - low > 1e-16 * high; i++) {
    const middle = (low + high) / 2;
    if (excess(middle) > 0) low = middle;
    else high = middle;
  }
  return low;
}

/** Logarithm of the gambler's wealth after gains of s with variance v. */
function logWealth(s: number, v: number): number {
  const all = s + v + PRIOR;
  return (
    s +
    v +
    PRIOR * Math.log(PRIOR) -
    (v + PRIOR) * Math.log(all) +
    (logGammaCdf(v + PRIOR, all) + logGamma(v + PRIOR)) -
    (logGammaCdf(PRIOR, PRIOR) + logGamma(PRIOR))
  );
}
