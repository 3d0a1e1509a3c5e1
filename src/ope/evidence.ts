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
  /** (m) r − q̂(action), the model's error on the logged action; the reward itself without a model. */
  error: Float64Array;
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
function computeTerms(evidence: Evidence, buffers?: RowTerms): RowTerms {
  const { log, evaluation, predicted: model, weight: given } = evidence;
  const m = log.size;
  const column = (buffer?: Float64Array): Float64Array => buffer?.subarray(0, m) ?? new Float64Array(m);
  const terms: RowTerms = {
    weight: column(buffers?.weight),
    expected: model ? column(buffers?.expected) : NONE,
    error: model ? column(buffers?.error) : log.outcomes.reward,
    evaluated: new Float64Array(evaluation.columns),
    sound: true,
  };
  terms.sound = fillTerms(evidence, terms);
  if (given) {
    terms.weight.set(given);
    if (!given.every((w) => w >= 0 && w < Infinity)) terms.sound = false;
  }
  return terms;
}

/**
 * Fills `weight`, `expected` and `error`, adds to `evaluated`; false where a row is bad: no distribution, a q̂ that is no
 * finite number, an action, a propensity or a reward that is none. What was logged is looked up while its row is at hand.
 */
function fillTerms({ log, evaluation, predicted: model }: Evidence, terms: RowTerms): boolean {
  const { weight, expected, error, evaluated } = terms;
  const m = log.size;
  const k = evaluation.columns;
  const pi = evaluation.data;
  const q = model?.data ?? pi; // any finite numbers will do: without a model nobody asks for the sums
  const { action, propensity } = log.decisions;
  const { reward } = log.outcomes;
  let sound = true;
  // Two rows at a time, as the sums of one need not wait for the other's. A last row without a partner is its own.
  for (let i = 0; i < m; i += 2) {
    const partner = i + 1 < m ? 1 : 0;
    const one = i * k;
    const two = one + partner * k;
    let mass1 = 0;
    let mass2 = 0;
    let value1 = 0;
    let value2 = 0;
    let negative = false;
    for (let a = 0; a < k; a++) {
      const odds1 = pi[one + a];
      const odds2 = pi[two + a];
      if (odds1 < 0 || odds2 < 0) negative = true;
      mass1 += odds1;
      mass2 += odds2;
      evaluated[a] += odds1 + partner * odds2;
      value1 += odds1 * q[one + a];
      value2 += odds2 * q[two + a];
    }
    const j = i + partner;
    const a1 = action[i];
    const a2 = action[j];
    const p1 = propensity[i];
    const p2 = propensity[j];
    const r1 = reward[i];
    const r2 = reward[j];
    weight[i] = pi[one + a1] / p1;
    weight[j] = pi[two + a2] / p2;
    if (model) {
      expected[i] = value1;
      expected[j] = value2;
      error[i] = r1 - q[one + a1];
      error[j] = r2 - q[two + a2];
    }
    // Differences of a number with itself are 0 unless it is NaN or infinite; odds of 0 do not hide such a q̂.
    const finite = value1 - value1 + (value2 - value2) + (r1 - r1) + (r2 - r2) === 0;
    const whole = Math.abs(mass1 - 1) <= SUM_TOLERANCE && Math.abs(mass2 - 1) <= SUM_TOLERANCE;
    const drawn = a1 >= 0 && a1 < k && a2 >= 0 && a2 < k && p1 > 0 && p1 <= 1 && p2 > 0 && p2 <= 1;
    if (negative || !whole || !finite || !drawn) sound = false;
  }
  return sound;
}
