/**
 * Which class a row belongs to: multinomial logistic regression with an L2 penalty, fitted by L-BFGS (Liu & Nocedal 1989).
 * Minimises Σ s_i (log Σ_c exp(z_ic) − z_i,label) + l2/2 |W|², z = Wx + b, b not penalised: scikit-learn's objective with
 * C = 1/l2.
 */
import { minimise } from '../core/lbfgs.ts';
import { matrix } from '../core/matrix.ts';
import type { Matrix } from '../core/matrix.ts';

export interface SoftmaxOptions {
  /** How many classes there are. */
  classes: number;
  /** > 0: precision of each weight's normal prior. */
  l2: number;
  /** (n) ≥ 0: how much each row counts; default 1. */
  rowWeights?: ArrayLike<number>;
  /** Stops when no part of the gradient, over the rows’ whole weight, exceeds this; default 1e-4, as scikit-learn’s. */
  tolerance?: number;
  maxSteps?: number;
}

export interface SoftmaxFit {
  /** (classes×(d+1)) weights, then each class's intercept. */
  weights: Float64Array;
  classes: number;
  converged: boolean;
}

/** Steps that L-BFGS remembers. */
const MEMORY = 12;

/** Fits rows (n×d) with labels (n) in [0, classes). */
export function softmaxRegression(rows: Matrix, labels: ArrayLike<number>, options: SoftmaxOptions): SoftmaxFit {
  const { classes, l2, rowWeights, tolerance = 1e-4, maxSteps = 500 } = options;
  const size = classes * (rows.columns + 1);
  const used = Int32Array.from(
    Array.from({ length: rows.rows }, (_, i) => i).filter((i) => (rowWeights?.[i] ?? 1) > 0),
  );
  let total = 0;
  for (const i of used) total += rowWeights?.[i] ?? 1;
  const loss = (weights: Float64Array, gradient: Float64Array): number =>
    penalised(rows, used, labels, rowWeights, classes, l2, weights, gradient);

  const weights = new Float64Array(size);
  minimise(loss, weights, {
    tolerance: tolerance * total,
    maxSteps,
    memory: MEMORY,
    firstLength: (gradient) => 1 / Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0)),
  });
  const gradient = new Float64Array(size);
  loss(weights, gradient);
  return { weights, classes, converged: gradient.every((g) => Math.abs(g) <= 100 * tolerance * total) };
}

/** Fills `out` (n×classes) with each row's probabilities. */
export function classOdds({ weights, classes }: SoftmaxFit, rows: Matrix, out: Matrix): void {
  const scores = new Float64Array(classes);
  for (let i = 0; i < rows.rows; i++) {
    score(rows, i, weights, scores);
    softmaxInto(scores, 1, out.data, i * classes);
  }
}

/** out[at..] = exp(temperature · score) over its sum; scores of any size. */
export function softmaxInto(scores: Float64Array, temperature: number, out: Float64Array, at: number): void {
  let most = -Infinity;
  for (const one of scores) most = Math.max(most, temperature * one);
  let sum = 0;
  for (let c = 0; c < scores.length; c++) sum += out[at + c] = Math.exp(temperature * scores[c] - most);
  for (let c = 0; c < scores.length; c++) out[at + c] /= sum;
}

/** z = Wx + b of one row. */
function score({ columns: d, data }: Matrix, i: number, weights: Float64Array, out: Float64Array): void {
  for (let c = 0; c < out.length; c++) {
    const from = c * (d + 1);
    let z = weights[from + d];
    for (let j = 0; j < d; j++) z += weights[from + j] * data[i * d + j];
    out[c] = z;
  }
}

/** Rows that share each pass over the weights; sums keep the order of rows and columns, so the result is that of one at a time. */
const ROWS_AT_ONCE = 4;

/** The objective at `weights`, and its gradient. */
function penalised(
  rows: Matrix,
  used: Int32Array,
  labels: ArrayLike<number>,
  rowWeights: ArrayLike<number> | undefined,
  classes: number,
  l2: number,
  weights: Float64Array,
  gradient: Float64Array,
): number {
  const { columns: d, data } = rows;
  const block = matrix(ROWS_AT_ONCE, d);
  const scores = new Float64Array(ROWS_AT_ONCE * classes);
  const pulls = new Float64Array(ROWS_AT_ONCE * classes);
  let sum = 0;
  gradient.fill(0);
  for (let from = 0; from < used.length; from += ROWS_AT_ONCE) {
    const count = Math.min(ROWS_AT_ONCE, used.length - from);
    // A last block that is not full keeps rows of the one before, which pull at nothing.
    pulls.fill(0);
    for (let r = 0; r < count; r++) block.data.set(data.subarray(used[from + r] * d, (used[from + r] + 1) * d), r * d);
    scoreFour(block, weights, classes, scores);
    for (let r = 0; r < count; r++) {
      const i = used[from + r];
      sum += pullOf(
        scores.subarray(r * classes, (r + 1) * classes),
        labels[i],
        rowWeights?.[i] ?? 1,
        pulls,
        r * classes,
      );
    }
    pullFour(block, pulls, classes, gradient);
  }
  for (let c = 0; c < classes; c++) {
    for (let j = c * (d + 1); j < c * (d + 1) + d; j++) {
      sum += 0.5 * l2 * weights[j] * weights[j];
      gradient[j] += l2 * weights[j];
    }
  }
  return sum;
}

/** Weighted log loss of a row with these scores (classes); its pull at each of them into `pulls`, from `at`. */
function pullOf(scores: Float64Array, label: number, weight: number, pulls: Float64Array, at: number): number {
  softmaxInto(scores, 1, pulls, at);
  const own = pulls[at + label];
  // A probability that has sunk to 0 still has a logarithm: the score less the log of the sum, which is then the largest.
  const loss = own > 0 ? Math.log(own) : scores[label] - Math.max(...scores);
  for (let c = 0; c < scores.length; c++) pulls[at + c] = weight * (pulls[at + c] - (c === label ? 1 : 0));
  return -weight * loss;
}

/** z = Wx + b of four rows (4×d), into `out` (4×classes). */
function scoreFour({ columns: d, data }: Matrix, weights: Float64Array, classes: number, out: Float64Array): void {
  for (let c = 0; c < classes; c++) {
    const from = c * (d + 1);
    let [z0, z1, z2, z3] = [weights[from + d], weights[from + d], weights[from + d], weights[from + d]];
    for (let j = 0; j < d; j++) {
      const w = weights[from + j];
      z0 += w * data[j];
      z1 += w * data[d + j];
      z2 += w * data[2 * d + j];
      z3 += w * data[3 * d + j];
    }
    out[c] = z0;
    out[classes + c] = z1;
    out[2 * classes + c] = z2;
    out[3 * classes + c] = z3;
  }
}

/** Adds what four rows (4×d) pull (4×classes) to the gradient. */
function pullFour({ columns: d, data }: Matrix, pulls: Float64Array, classes: number, gradient: Float64Array): void {
  for (let c = 0; c < classes; c++) {
    const at = c * (d + 1);
    const p0 = pulls[c];
    const p1 = pulls[classes + c];
    const p2 = pulls[2 * classes + c];
    const p3 = pulls[3 * classes + c];
    for (let j = 0; j < d; j++) {
      gradient[at + j] =
        gradient[at + j] + p0 * data[j] + p1 * data[d + j] + p2 * data[2 * d + j] + p3 * data[3 * d + j];
    }
    gradient[at + d] = gradient[at + d] + p0 + p1 + p2 + p3;
  }
}
