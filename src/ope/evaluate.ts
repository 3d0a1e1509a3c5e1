/** The value of a policy that did not collect the log: all estimators in one pass over blocks of rows. */
import type { Estimate, Estimator, Evidence } from '../core/contracts.ts';
import { matrix } from '../core/matrix.ts';
import type { Matrix } from '../core/matrix.ts';
import { diagnose, diagnostics, effectiveSampleSize } from './diagnostics.ts';
import type { Diagnostics } from './diagnostics.ts';
import { doubts } from './doubts.ts';
import { BLOCK_ROWS, blockSums, takeBlock } from './block-sums.ts';
import { sliceEvidence, withTerms } from './evidence.ts';
import type { RowTerms } from './evidence.ts';
import { deltaInterval } from './intervals/delta.ts';
import type { DeltaRule } from './intervals/delta.ts';
import { addRows, moments } from './moments.ts';
import type { Moments } from './moments.ts';
import { checkRows, checkShape } from './validate.ts';

export interface EvaluateOptions {
  /** Nominal level of the intervals, in (0, 1). */
  level?: number;
  rule?: DeltaRule;
}

/** What one pass over a log leaves: enough for every estimate, and mergeable. */
export interface Tally {
  /** One per estimator, in order. */
  moments: Moments[];
  diagnostics: Diagnostics;
}

/**
 * Estimates, in the order of `estimators`, with intervals and doubts. Values are NaN where an estimator is undefined on
 * this log (SNIPS where every weight is 0); a warning says so. Throws `InputError` on bad evidence, naming the row.
 */
export function evaluate(
  evidence: Evidence,
  estimators: readonly Estimator[],
  options: EvaluateOptions = {},
): Estimate[] {
  return estimates(tally(evidence, estimators), estimators, options);
}

/** Is shown each block's contributions of each estimator (`rows` of them are filled), and how many rows came before. */
export type Visit = (estimator: number, contributions: Matrix, rows: number, first: number) => void;

/** Sums over the rows of the evidence. */
export function tally(
  evidence: Evidence,
  estimators: readonly Estimator[],
  block: number = BLOCK_ROWS,
  visit?: Visit,
): Tally {
  checkShape(evidence, estimators);
  const m = evidence.log.size;
  const found: Tally = {
    moments: estimators.map((e) => moments(e.columns)),
    diagnostics: diagnostics(evidence.log.spec.actions.length),
  };
  // Sums are quicker without rows, but who visits wants to see them.
  const sums = visit || block > BLOCK_ROWS ? undefined : blockSums(estimators, evidence);
  if (sums) {
    for (let from = 0; from < m; from += block) {
      const to = Math.min(from + block, m);
      const sound = takeBlock(evidence, from, to, found.diagnostics);
      if (!sound || evidence.behaviour || evidence.embedding) checkRows(sliceEvidence(evidence, from, to), from);
      sums.forEach((add, e) => add(to - from, found.moments[e]));
    }
    return found;
  }
  const columns = estimators.map((e) => matrix(Math.min(block, m), e.columns));
  let buffers: RowTerms | undefined;
  for (let from = 0; from < m; from += block) {
    const to = Math.min(from + block, m);
    const part = withTerms(sliceEvidence(evidence, from, to), buffers);
    buffers ??= part.terms; // of the first block, which no other exceeds
    if (!part.terms.sound || part.behaviour || part.embedding) checkRows(part, from);
    const { decisions, outcomes } = part.log;
    diagnose(found.diagnostics, { size: to - from, ...decisions, ...outcomes, ...part.terms });
    estimators.forEach((estimator, e) => {
      estimator.contributions(part, columns[e]);
      addRows(found.moments[e], columns[e], to - from);
      visit?.(e, columns[e], to - from, from);
    });
  }
  return found;
}

/** Estimates from sums. */
export function estimates(
  { moments: sums, diagnostics: found }: Tally,
  estimators: readonly Estimator[],
  { level = 0.95, rule = 'delta-normal' }: EvaluateOptions = {},
): Estimate[] {
  const size = effectiveSampleSize(found);
  return estimators.map((estimator, e) => ({
    estimator: estimator.name,
    value: estimator.value(sums[e].sums, found.rows),
    interval: deltaInterval(estimator, sums[e], level, rule),
    level,
    rule,
    effectiveSampleSize: size,
    warnings: doubts(found, estimator.name),
  }));
}
