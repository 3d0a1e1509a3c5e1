/**
 * SLOPE++: how far to shrink, from the log alone. Candidates are walked from the widest interval to the narrowest; bias grows
 * as width falls, so the walk ends where an estimate leaves the reach of an earlier one (Su, Srinath & Krishnamurthy 2020,
 * Algorithm 1; Tucker & Lee 2021, who sort by the widths that were found).
 */
import type { Estimator, Evidence } from '../core/contracts.ts';
import { studentQuantile } from '../core/quantiles.ts';
import { tally } from './evaluate.ts';
import { standardError } from './intervals/delta.ts';

/** What one setting gave. */
export interface SlopeCandidate {
  value: number;
  /** Half-width of its one-sided interval at 1 − δ. */
  width: number;
}

/** How many widths of an earlier candidate may lie between it and a later one (Tucker & Lee 2021). */
export const SLOPE_REACH: number = Math.sqrt(6) - 1;

/** Index of the last candidate, in the order of falling widths, that lies within cnf_i + (√6 − 1)·cnf_j of all before it. */
export function slopePick(candidates: readonly SlopeCandidate[]): number {
  const order = candidates.map((_, i) => i).sort((i, j) => candidates[j].width - candidates[i].width || i - j);
  let last = order[0];
  for (let walked = 1; walked < order.length; walked++) {
    const { value, width } = candidates[order[walked]];
    const within = order
      .slice(0, walked)
      .every((j) => Math.abs(value - candidates[j].value) <= width + SLOPE_REACH * candidates[j].width);
    if (!within) break;
    last = order[walked];
  }
  return last;
}

/**
 * Index that SLOPE chooses as it was first published: candidates are walked in the order given, from the least biased,
 * for as long as the intervals θ ± 2·cnf of all walked have a point in common (Su, Srinath & Krishnamurthy 2020).
 */
export function originalSlopePick(candidates: readonly SlopeCandidate[]): number {
  let low = -Infinity;
  let high = Infinity;
  let last = -1;
  for (const { value, width } of candidates) {
    low = Math.max(low, value - 2 * width);
    high = Math.min(high, value + 2 * width);
    if (!(low <= high)) break;
    last++;
  }
  return Math.max(last, 0);
}

/** Value and width of each estimator (one column each) on the evidence: θ, and t_{1−δ}·sd/√m. */
export function slopeCandidates(estimators: readonly Estimator[], evidence: Evidence, delta = 0.1): SlopeCandidate[] {
  const { moments } = tally(evidence, estimators);
  return estimators.map((estimator, e) => {
    const m = moments[e].count;
    return {
      value: estimator.value(moments[e].sums, m),
      width: m < 2 ? Infinity : studentQuantile(1 - delta, m - 1) * standardError(estimator, moments[e]),
    };
  });
}
