/** Estimates whose rows are slates or episodes: the same columns, sums and intervals as where they are single actions. */
import type { Estimate, Matrix, Warning } from '../core/contracts.ts';
import { matrix } from '../core/matrix.ts';
import { deltaInterval, gradient, standardError } from './intervals/delta.ts';
import type { DeltaRule } from './intervals/delta.ts';
import { addRows, moments } from './moments.ts';
import type { Moments } from './moments.ts';
import { smallestEffectiveSize, weightDoubts } from './weight-doubts.ts';
import type { SumEstimator } from './sum-estimator.ts';

/** Evidence of rows that add up: m slates, or n episodes. */
export interface Rows {
  size: number;
}

/** A few columns per row and a smooth function of their sums. */
export interface RowEstimator<E extends Rows> extends SumEstimator {
  /** Fills the first `to − from` rows of `out` from rows [from, to) of the evidence: blocks may have any size. */
  contributions(evidence: E, out: Matrix, from: number, to: number): void;
  /** (size×any) the weights that the estimate rests on; absent where it uses none. */
  weights?(evidence: E): Float64Array;
}

export interface RowOptions {
  /** Nominal level of the intervals, in (0, 1). */
  level?: number;
  rule?: DeltaRule;
}

/** Rows that are worked on together. */
const BLOCK = 1024;

/** So many columns are linearised: their cross products would cost columns² a row. */
const WIDE = 4;

/** An estimate of each estimator, in order. The evidence must have been checked. */
export function estimateRows<E extends Rows>(
  evidence: E,
  estimators: readonly RowEstimator<E>[],
  { level = 0.95, rule = 'delta-normal' }: RowOptions = {},
): Estimate[] {
  return estimators.map((estimator) => {
    const found = rowMoments(estimator, evidence.size, (out, from, to) =>
      estimator.contributions(evidence, out, from, to),
    );
    const weights = estimator.weights?.(evidence);
    return {
      estimator: estimator.name,
      value: estimator.value(found.value.sums, evidence.size),
      interval: deltaInterval(found.spread.estimator, found.spread.moments, level, rule),
      level,
      rule,
      effectiveSampleSize: weights ? smallestEffectiveSize(weights, evidence.size) : evidence.size,
      warnings: weights ? weightDoubts(weights, evidence.size) : NO_DOUBTS,
    };
  });
}

const NO_DOUBTS: readonly Warning[] = [];

/** (size×columns) the contributions of every row, for rules that resample. */
export function rowContributions<E extends Rows>(evidence: E, estimator: RowEstimator<E>): Matrix {
  const out = matrix(evidence.size, estimator.columns);
  estimator.contributions(evidence, out, 0, evidence.size);
  return out;
}

/** Fills the first `to − from` rows of a block with the contributions of rows [from, to). */
export type FillRows = (out: Matrix, from: number, to: number) => void;

/** The estimate from m rows, and its standard error. */
export function rowEstimate(estimator: SumEstimator, m: number, fill: FillRows): { value: number; error: number } {
  const { value, spread } = rowMoments(estimator, m, fill);
  return { value: estimator.value(value.sums, m), error: standardError(spread.estimator, spread.moments) };
}

/** What intervals need: the sums, and moments that have the estimate's spread. */
interface RowMoments {
  value: Moments;
  spread: { estimator: SumEstimator; moments: Moments };
}

/**
 * One pass for a few columns. For many (one or two per step of an episode) a second pass adds up z = Σ_c ∂value/∂(mean of
 * c)·x_c, whose spread is the same standard error (the infinitesimal jackknife) without columns² products a row.
 */
function rowMoments(estimator: SumEstimator, m: number, fill: FillRows): RowMoments {
  const c = estimator.columns;
  const block = matrix(Math.min(BLOCK, m), c);
  const value = moments(c);
  if (c <= WIDE) {
    eachBlock((rows) => addRows(value, block, rows));
    return { value, spread: { estimator, moments: value } };
  }
  value.count = m;
  eachBlock((rows) => addDiagonal(value, block, rows));
  for (let a = 0; a < c; a++) {
    value.cross[a * c + a] = Math.max(value.cross[a * c + a] - (value.sums[a] * value.sums[a]) / m, 0);
  }
  const slope = gradient(estimator, value);
  const line = matrix(block.rows, 1);
  const linear = moments(1);
  eachBlock((rows) => {
    for (let i = 0; i < rows; i++) {
      let z = 0;
      // A column of zeros has no say, however undefined the function is there.
      for (let a = 0; a < c; a++) if (block.data[i * c + a] !== 0) z += slope[a] * block.data[i * c + a];
      line.data[i] = z;
    }
    addRows(linear, line, rows);
  });
  const estimate = estimator.value(value.sums, m);
  // z's own mean is not the estimate; two columns keep `deltaInterval`'s divisor m, as for any function of means.
  const shifted: SumEstimator = {
    name: estimator.name,
    columns: 2,
    value: (s, n) => estimate + (s[0] - linear.sums[0]) / n,
  };
  const padded = moments(2);
  padded.count = m;
  padded.sums[0] = linear.sums[0];
  padded.cross[0] = linear.cross[0];
  return { value, spread: { estimator: shifted, moments: padded } };

  function eachBlock(use: (rows: number) => void): void {
    for (let from = 0; from < m; from += BLOCK) {
      const to = Math.min(from + BLOCK, m);
      fill(block, from, to);
      use(to - from);
    }
  }
}

/** Sums and sums of squares (about 0: they only set the steps of a derivative). */
function addDiagonal({ sums, cross }: Moments, { columns: c, data }: Matrix, rows: number): void {
  for (let i = 0, at = 0; i < rows; i++) {
    for (let a = 0; a < c; a++, at++) {
      sums[a] += data[at];
      cross[a * c + a] += data[at] * data[at];
    }
  }
}
