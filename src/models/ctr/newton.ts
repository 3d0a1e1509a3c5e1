/**
 * L2-regularised logistic regression to its optimum, by Newton's method (iteratively reweighted least squares) with
 * Cholesky and step halving. Minimises Σ s_i log(1 + exp(−±z_i)) + l2/2 |w|², z = x·w + b, b not penalised: the
 * objective of scikit-learn with C = 1/l2.
 */
import { factor, solve } from './cholesky.ts';

/** Rows of a design, each with `width` entries that may be anything but 0; all others are 0. */
export interface SparseRows {
  rows: number;
  columns: number;
  /** Entries per row. */
  width: number;
  /** (rows×width) column of each entry, ascending within a row. */
  index: Int32Array;
  /** (rows×width) */
  value: Float64Array;
}

export interface NewtonOptions {
  /** > 0: precision of each weight's normal prior, mean 0. */
  l2: number;
  /** Stops when no weight moves by more than this times (1 + largest weight). */
  tolerance?: number;
  maxSteps?: number;
  /** (rows) weight of each row; 1 where absent. */
  rowWeights?: ArrayLike<number>;
  /** Where to start: a solution for another l2. */
  start?: Float64Array;
}

export interface NewtonFit {
  /** (columns + 1) weights, then the intercept. */
  weights: Float64Array;
  /** Objective after each step. */
  objective: readonly number[];
  converged: boolean;
}

/** Fits on rows labelled 0 or 1. Unique optimum where l2 > 0 and both labels are there. */
export function newtonLogistic(design: SparseRows, labels: ArrayLike<number>, options: NewtonOptions): NewtonFit {
  const { l2, tolerance = 1e-10, maxSteps = 100, rowWeights } = options;
  const size = design.columns + 1;
  const weights = options.start?.slice() ?? interceptOnly(size, labels, rowWeights);
  const trial = new Float64Array(size);
  const gradient = new Float64Array(size);
  const hessian = new Float64Array(size * size);
  const objective: number[] = [];
  let value = objectiveAt(design, labels, weights, l2, rowWeights);
  let converged = false;
  for (let step = 0; step < maxSteps && !converged; step++) {
    derivatives(design, labels, weights, l2, rowWeights, gradient, hessian);
    if (!factor(hessian, size)) break;
    solve(hessian, size, gradient);
    let next = Infinity;
    for (let length = 1; length > 1e-10; length /= 2) {
      for (let j = 0; j < size; j++) trial[j] = weights[j] - length * gradient[j];
      next = objectiveAt(design, labels, trial, l2, rowWeights);
      // Rounding may hide the last steps' gain.
      if (next <= value + 1e-13 * Math.abs(value)) break;
    }
    let moved = 0;
    let largest = 0;
    for (let j = 0; j < size; j++) {
      moved = Math.max(moved, Math.abs(trial[j] - weights[j]));
      largest = Math.max(largest, Math.abs(trial[j]));
    }
    weights.set(trial);
    value = next;
    objective.push(value);
    converged = moved <= tolerance * (1 + largest);
  }
  return { weights, objective, converged };
}

/** z = x·w + b of one row. */
export function scoreOf(design: SparseRows, row: number, weights: Float64Array): number {
  const { width, index, value } = design;
  let z = weights[design.columns];
  for (let e = row * width; e < (row + 1) * width; e++) z += weights[index[e]] * value[e];
  return z;
}

/** Starts from the click rate: the optimum of heavy regularisation. */
function interceptOnly(size: number, labels: ArrayLike<number>, rowWeights?: ArrayLike<number>): Float64Array {
  let clicks = 0;
  let total = 0;
  for (let i = 0; i < labels.length; i++) {
    const s = rowWeights ? rowWeights[i] : 1;
    clicks += s * labels[i];
    total += s;
  }
  const weights = new Float64Array(size);
  if (clicks > 0 && clicks < total) weights[size - 1] = Math.log(clicks / (total - clicks));
  return weights;
}

function objectiveAt(
  design: SparseRows,
  labels: ArrayLike<number>,
  weights: Float64Array,
  l2: number,
  rowWeights: ArrayLike<number> | undefined,
): number {
  let sum = 0;
  for (let i = 0; i < design.rows; i++) {
    const z = scoreOf(design, i, weights);
    const signed = labels[i] === 1 ? -z : z;
    // log(1 + exp(signed)) without overflow.
    const loss = signed > 0 ? signed + Math.log1p(Math.exp(-signed)) : Math.log1p(Math.exp(signed));
    sum += rowWeights ? rowWeights[i] * loss : loss;
  }
  let norm = 0;
  for (let j = 0; j < design.columns; j++) norm += weights[j] * weights[j];
  return sum + 0.5 * l2 * norm;
}

/** Gradient, and the lower triangle of the Hessian. */
function derivatives(
  design: SparseRows,
  labels: ArrayLike<number>,
  weights: Float64Array,
  l2: number,
  rowWeights: ArrayLike<number> | undefined,
  gradient: Float64Array,
  hessian: Float64Array,
): void {
  const { width, index, value, columns } = design;
  const size = columns + 1;
  const last = columns * size;
  gradient.fill(0);
  hessian.fill(0);
  for (let i = 0; i < design.rows; i++) {
    const p = 1 / (1 + Math.exp(-scoreOf(design, i, weights)));
    const s = rowWeights ? rowWeights[i] : 1;
    const slope = s * (p - labels[i]);
    const curvature = s * p * (1 - p);
    const from = i * width;
    for (let e = from; e < from + width; e++) {
      const v = value[e];
      if (v === 0) continue;
      const row = index[e] * size;
      const scaled = curvature * v;
      gradient[index[e]] += slope * v;
      for (let g = from; g <= e; g++) hessian[row + index[g]] += scaled * value[g];
      hessian[last + index[e]] += scaled;
    }
    gradient[columns] += slope;
    hessian[last + columns] += curvature;
  }
  for (let j = 0; j < columns; j++) {
    gradient[j] += l2 * weights[j];
    hessian[j * size + j] += l2;
  }
}
