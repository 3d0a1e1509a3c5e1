/**
 * How far to shrink, by the mean squared error that may be expected: the variance over m, plus the square of the bias. The
 * bias is told by the difference from the estimator whose weights are left alone, which for all of ours is
 * |E_m[(w − ŵ)(r − q̂)]|, and for safety by what that may err (Bernstein). Su, Dimakopoulou, Krishnamurthy & Dudík 2020, §5.
 */
import type { Estimator, Evidence } from '../core/contracts.ts';
import type { Diagnostics } from './diagnostics.ts';
import { tally } from './evaluate.ts';

export interface ErrorOptions {
  /** The bias is at most its bound with probability 1 − δ; default 0.1. */
  delta?: number;
  /** False: the plain estimate of the bias, which is cheerful about large weights; default true. */
  bounded?: boolean;
}

/** Estimated mean squared error of each candidate (one column each); `unshrunk` is the same with its weights left alone. */
export function errorScores(
  candidates: readonly Estimator[],
  unshrunk: Estimator,
  evidence: Evidence,
  { delta = 0.1, bounded = true }: ErrorOptions = {},
): number[] {
  const { moments, diagnostics: found } = tally(evidence, [unshrunk, ...candidates]);
  const m = found.rows;
  const plain = unshrunk.value(moments[0].sums, m);
  return candidates.map((candidate, c) => {
    const { sums, cross } = moments[c + 1];
    const bias = Math.abs(plain - candidate.value(sums, m)) + (bounded ? biasAllowance(found, delta) : 0);
    return cross[0] / m / m + bias * bias;
  });
}

/** √(2 E_m[w²] ln(2/δ) / m) + 2 max w ln(2/δ) / 3m: how far the estimate of the bias may be off, rewards within 1. */
export function biasAllowance({ rows, weightSquares, largestWeight }: Diagnostics, delta: number): number {
  const log = Math.log(2 / delta);
  return Math.sqrt((2 * (weightSquares / rows) * log) / rows) + (2 * largestWeight * log) / (3 * rows);
}

/** Index of the least score, the first where several are. */
export function leastError(scores: readonly number[]): number {
  return scores.indexOf(Math.min(...scores));
}
