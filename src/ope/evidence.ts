/** Evidence in parts: views on a range of rows, and what every estimator needs to know of each row. */
import type { Evidence } from '../core/contracts.ts';
import { slice } from '../core/log.ts';
import { rowRange } from '../core/matrix.ts';

/** What most estimators need of each row, worked out once for all of them. */
export interface RowTerms {
  /** (m) w = π_e(action) / π_b(action), the importance weight. */
  weight: Float64Array;
  /** (m) Σ_a π_e(a) q̂(a), what the model expects of the evaluation policy; empty without a model. */
  expected: Float64Array;
  /** (m) q̂(action), what the model expected of the logged action; empty without a model. */
  predicted: Float64Array;
}

/** Evidence that carries its row terms along, so that estimators which look at the same rows share them. */
export interface SharedEvidence extends Evidence {
  terms: RowTerms;
}

/** A view on rows [from, to); nothing is copied. */
export function sliceEvidence(evidence: Evidence, from: number, to: number): Evidence {
  const part: Evidence = {
    log: slice(evidence.log, from, to),
    evaluation: rowRange(evidence.evaluation, from, to),
  };
  if (evidence.behaviour) part.behaviour = rowRange(evidence.behaviour, from, to);
  if (evidence.predicted) part.predicted = rowRange(evidence.predicted, from, to);
  return part;
}

/** The same evidence with its row terms worked out. Valid for as long as none of its columns is written to. */
export function withTerms(evidence: Evidence): SharedEvidence {
  return { ...evidence, terms: computeTerms(evidence) };
}

/** The row terms of the evidence: those it carries, or new ones. */
export function rowTerms(evidence: Evidence): RowTerms {
  return (evidence as Partial<SharedEvidence>).terms ?? computeTerms(evidence);
}

function computeTerms(evidence: Evidence): RowTerms {
  const { log, evaluation, predicted: model } = evidence;
  const m = log.size;
  const k = evaluation.columns;
  const pi = evaluation.data;
  const { action, propensity } = log.decisions;
  const weight = new Float64Array(m);
  for (let i = 0; i < m; i++) weight[i] = pi[i * k + action[i]] / propensity[i];
  if (!model) return { weight, expected: new Float64Array(0), predicted: new Float64Array(0) };
  const q = model.data;
  const expected = new Float64Array(m);
  const predicted = new Float64Array(m);
  for (let i = 0, at = 0; i < m; i++) {
    predicted[i] = q[at + action[i]];
    let sum = 0;
    for (const end = at + k; at < end; at++) sum += pi[at] * q[at];
    expected[i] = sum;
  }
  return { weight, expected, predicted };
}
