/**
 * A reward model chosen so that the doubly robust estimate varies least ("more robust doubly robust"). Given a row's context
 * the variance of DR is δᵀΩδ + Σ_a π_e² σ²/π_b, with δ = π_e(q̂ − q) and Ω = diag(1/π_b) − 11ᵀ; for a linear q̂ its part that
 * depends on q̂ is a quadratic form, met without bias by every logged row, and its least is one linear system. Farajtabar,
 * Chow & Ghavamzadeh 2018; their weight for deterministic policies is the special case. (The Open Bandit Pipeline uses that
 * weight for all policies, which minimises something else where π_e is stochastic.)
 */
import type { Evidence, ImpressionLog, Matrix, Random } from '../core/contracts.ts';
import { InputError } from '../core/errors.ts';
import { matrix, row } from '../core/matrix.ts';
import { factor, solve } from '../models/ctr/cholesky.ts';
import { assignFolds } from './cross-fit.ts';
import { checkRows, checkShape } from './validate.ts';

export interface MrdrOptions {
  /** Folds of cross-fitting; default 2. */
  folds?: number;
  /** Penalty on the coefficients, as a share of the mean curvature; default 1e-6. */
  ridge?: number;
}

/** βᵀAβ − 2βᵀb + what does not depend on β, summed over rows. */
export interface QuadraticForm {
  size: number;
  /** (size×size) symmetric. */
  a: Float64Array;
  /** (size) */
  b: Float64Array;
}

/**
 * (m×k) predictions q̂ of models that saw neither the row nor its user: `dr` on evidence with these as `predicted` is MRDR.
 * The model is linear: an intercept per action and a slope per context feature. The evidence needs `behaviour`. Throws
 * `InputError` on bad evidence.
 */
export function mrdrPredictions(
  evidence: Evidence,
  random: Random,
  { folds = 2, ridge = 1e-6 }: MrdrOptions = {},
): Matrix {
  if (!evidence.behaviour) throw new InputError('MRDR needs the whole behaviour policy: log its distribution.');
  if (evidence.log.size < folds) {
    throw new InputError(
      `The log has ${evidence.log.size} rows: cross-fitting over ${folds} folds needs at least ${folds}.`,
    );
  }
  checkShape(evidence, []);
  checkRows(evidence);
  const { log } = evidence;
  const k = evidence.evaluation.columns;
  const fold = assignFolds(log, folds, random.stream('folds'));
  const predicted = matrix(log.size, k);
  for (let f = 0; f < folds; f++) {
    const form = varianceForm(evidence, (i) => fold[i] !== f);
    const beta = least(form, ridge);
    for (let i = 0; i < log.size; i++) {
      if (fold[i] === f) predict(log, i, beta, row(predicted, i));
    }
  }
  return predicted;
}

/** The form over the rows that `counts` names: u = π_e q̂, Σ uᵀΩu − 2 w r (Ωu)_action. */
export function varianceForm(evidence: Evidence, counts: (i: number) => boolean): QuadraticForm {
  const { log, evaluation, behaviour = evaluation } = evidence;
  const k = evaluation.columns;
  const d = log.requests.context.columns;
  const size = k + d;
  const a = new Float64Array(size * size);
  const b = new Float64Array(size);
  // Action c has the features (1 in place c, x): so the sums over actions are k numbers and one.
  for (let i = 0; i < log.size; i++) {
    if (!counts(i)) continue;
    const pi = row(evaluation, i);
    const odds = row(behaviour, i);
    const x = row(log.requests.context, i);
    const action = log.decisions.action[i];
    const weight = pi[action] / log.decisions.propensity[i];
    let spread = -1; // Σ_c π_e²/π_b − (Σ π_e)²: what a slope meets
    for (let c = 0; c < k; c++) if (pi[c] > 0) spread += (pi[c] * pi[c]) / odds[c];
    for (let c = 0; c < k; c++) {
      if (pi[c] === 0) continue;
      const own = (pi[c] * pi[c]) / odds[c];
      a[c * size + c] += own;
      for (let e = 0; e < k; e++) a[c * size + e] -= pi[c] * pi[e];
      for (let j = 0; j < d; j++) a[(k + j) * size + c] += (own - pi[c]) * x[j];
      b[c] -= weight * log.outcomes.reward[i] * pi[c];
    }
    const push = weight * log.outcomes.reward[i];
    const ratio = pi[action] / odds[action];
    b[action] += push * ratio;
    for (let j = 0; j < d; j++) {
      b[k + j] += push * (ratio - 1) * x[j];
      for (let l = 0; l <= j; l++) a[(k + j) * size + k + l] += spread * x[j] * x[l];
    }
  }
  for (let j = 0; j < size; j++) for (let l = j + 1; l < size; l++) a[j * size + l] = a[l * size + j];
  return { size, a, b };
}

/** The β where the form is least; the ridge decides what the rows leave open. */
function least({ size, a, b }: QuadraticForm, ridge: number): Float64Array {
  let trace = 0;
  for (let j = 0; j < size; j++) trace += a[j * size + j];
  const factored = Float64Array.from(a);
  for (let j = 0; j < size; j++) factored[j * size + j] += (ridge * trace) / size;
  const beta = Float64Array.from(b);
  // On-policy rows say nothing (Ωπ_b = 0) of some directions; where they say nothing at all, 0 is as good as any.
  if (!factor(factored, size)) return beta.fill(0);
  solve(factored, size, beta);
  return beta;
}

function predict({ requests }: ImpressionLog, i: number, beta: Float64Array, out: Float64Array): void {
  const { columns: d, data } = requests.context;
  const k = out.length;
  let shared = 0;
  for (let j = 0; j < d; j++) shared += beta[k + j] * data[i * d + j];
  for (let c = 0; c < k; c++) out[c] = beta[c] + shared;
}
