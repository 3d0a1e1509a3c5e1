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
  /** (k) Σ_i π_e(a | row i). */
  evaluated: Float64Array;
  /** False where a row is bad, so that `checkRows` has something to refuse. */
  sound: boolean;
}

/** Evidence that carries its row terms along, so that estimators which look at the same rows share them. */
export interface SharedEvidence extends Evidence {
  terms: RowTerms;
}

/** How far a distribution's sum may be from 1: room for float32 policies, none for rounding to four digits. */
export const SUM_TOLERANCE = 1e-6;

const NONE = new Float64Array(0);

/** A view on rows [from, to); nothing is copied. */
export function sliceEvidence(evidence: Evidence, from: number, to: number): Evidence {
  const part: Evidence = {
    log: slice(evidence.log, from, to),
    evaluation: rowRange(evidence.evaluation, from, to),
  };
  if (evidence.behaviour) part.behaviour = rowRange(evidence.behaviour, from, to);
  if (evidence.predicted) part.predicted = rowRange(evidence.predicted, from, to);
  if (evidence.weight) part.weight = evidence.weight.subarray(from, to);
  if (evidence.embedding) {
    const { seen, posterior } = evidence.embedding;
    part.embedding = { ...evidence.embedding, seen: rowRange(seen, from, to) };
    if (posterior) part.embedding.posterior = rowRange(posterior, from, to);
  }
  return part;
}

/**
 * The same evidence with its row terms worked out, in `buffers` of an earlier block of at least as many rows where they
 * are given. Valid for as long as nobody writes to its columns or uses the buffers again.
 */
export function withTerms(evidence: Evidence, buffers?: RowTerms): SharedEvidence {
  return { ...evidence, terms: computeTerms(evidence, buffers) };
}

/** The row terms of the evidence: those it carries, or new ones. */
export function rowTerms(evidence: Evidence): RowTerms {
  return (evidence as Partial<SharedEvidence>).terms ?? computeTerms(evidence);
}

/** One look at every number: nine estimators and all checks together read the log once. */
function computeTerms({ log, evaluation, predicted: model, weight: given }: Evidence, buffers?: RowTerms): RowTerms {
  const m = log.size;
  const k = evaluation.columns;
  const pi = evaluation.data;
  const q = model?.data ?? NONE;
  const { action, propensity } = log.decisions;
  const { reward } = log.outcomes;
  const weight = buffers?.weight.subarray(0, m) ?? new Float64Array(m);
  const expected = model ? (buffers?.expected.subarray(0, m) ?? new Float64Array(m)) : NONE;
  const predicted = model ? (buffers?.predicted.subarray(0, m) ?? new Float64Array(m)) : NONE;
  const evaluated = new Float64Array(k);
  let sound = true;
  for (let i = 0; i < m; i++) {
    const at = i * k;
    const a = action[i];
    const p = propensity[i];
    let mass = 0;
    let value = 0;
    let negative = false;
    for (let b = 0; b < k; b++) {
      const odds = pi[at + b];
      if (odds < 0) negative = true;
      mass += odds;
      evaluated[b] += odds;
      if (model) value += odds * q[at + b];
    }
    weight[i] = pi[at + a] / p;
    if (model) {
      expected[i] = value;
      predicted[i] = q[at + a];
    }
    // Differences of a number with itself are 0 unless it is NaN or infinite; odds of 0 do not hide such a q̂.
    const finite = reward[i] - reward[i] + (value - value) === 0;
    const known = a >= 0 && a < k;
    if (negative || !(Math.abs(mass - 1) <= SUM_TOLERANCE && p > 0 && p <= 1 && known && finite)) sound = false;
  }
  if (given) {
    weight.set(given);
    if (!given.every((w) => w >= 0 && w < Infinity)) sound = false;
  }
  return { weight, expected, predicted, evaluated, sound };
}
