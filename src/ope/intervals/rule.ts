/** What a rule for intervals is: from what one pass over a log leaves to two bounds. */
import type { Matrix, Random } from '../../core/contracts.ts';
import type { Moments } from '../moments.ts';
import type { SumEstimator } from '../sum-estimator.ts';

/** What a rule may look at: one estimator on one log. */
export interface IntervalSample {
  estimator: SumEstimator;
  /** Of all rows. */
  moments: Moments;
  /** (m×columns) the contributions of every row, in the log's order; absent where the log is too long to keep them. */
  rows?: Matrix;
  /**
   * (g×columns) sums of contributions over g groups of rows, each row in one group by chance, and how many rows each
   * holds; for logs of any length.
   */
  groups?: { sums: Matrix; counts: Float64Array };
  /**
   * Bounds that a row's contribution cannot leave, known before the log was seen (reward range × greatest possible
   * weight); of estimators of one column. Without them, rules that need them do not suit.
   */
  range?: readonly [number, number];
  /** True where every reward is 0 or 1. */
  binary: boolean;
  /** Of rules that resample. */
  random: Random;
}

export interface IntervalRule {
  /** For instance `bootstrap-bca`. */
  name: string;
  /** What it is, in a sentence. */
  summary: string;
  reference: string;
  /** Why the rule has nothing to say on this sample, in half a sentence; undefined where it has. */
  unsuited(sample: IntervalSample): string | undefined;
  /** Two-sided, at `level` in (0, 1). */
  interval(sample: IntervalSample, level: number): readonly [number, number];
}
