/**
 * L2-regularised logistic regression to its optimum, by Newton's method (iteratively reweighted least squares) with
 * Cholesky, step halving and a curvature that is kept while it serves. Minimises Σ s_i log(1 + exp(−±z_i)) + l2/2 |w|², z = x·w + b, b not penalised: the
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

/** Fits one data set again and again; what one fit learns of the curvature serves the next. */
export interface LogisticSolver {
  /** Unique optimum where l2 > 0 and both labels are there. */
  solve(options: NewtonOptions): NewtonFit;
}

/** Each step must be this much smaller than the one before, or the curvature is measured anew. */
const PROGRESS = 0.25;

/**
 * A solver for rows labelled 0 or 1. The Hessian costs far more than the gradient, so it is kept from step to step and
 * from penalty to penalty (chord steps) as long as they converge fast.
 */
export function logisticSolver(
  design: SparseRows,
  labels: ArrayLike<number>,
  rowWeights?: ArrayLike<number>,
): LogisticSolver {
  const size = design.columns + 1;
  const curvature = new Float64Array(size * size);
  const factored = new Float64Array(size * size);
  const direction = new Float64Array(size);
  const trial = new Float64Array(size);
  let stale = true;

  return {
    solve({ l2, tolerance = 1e-10, maxSteps = 200, start }) {
      const weights = start?.slice() ?? interceptOnly(size, labels, rowWeights);
      const objective: number[] = [];
      let value = objectiveAt(design, labels, weights, l2, rowWeights);
      let converged = false;
      let ready = false;
      let before = Infinity;
      while (objective.length < maxSteps && !converged) {
        const fresh = stale;
        if (fresh) fillCurvature(design, weights, rowWeights, curvature);
        if (fresh || !ready) ready = factorPenalised(curvature, l2, size, factored);
        if (!ready) break;
        stale = false;
        fillGradient(design, labels, weights, l2, rowWeights, direction);
        solve(factored, size, direction);
        const next = descend(fresh);
        stale = next === undefined;
        if (next === undefined) continue;
        const { moved, largest } = distance(weights, trial);
        weights.set(trial);
        value = next;
        objective.push(value);
        converged = moved <= tolerance * (1 + largest);
        stale = !converged && moved > PROGRESS * before;
        before = moved;
      }
      return { weights, objective, converged };

      /** The objective after a step that does not raise it; undefined where a kept curvature leads uphill. */
      function descend(fresh: boolean): number | undefined {
        let after = value;
        for (let length = 1; length > 1e-10; length /= 2) {
          for (let j = 0; j < size; j++) trial[j] = weights[j] - length * direction[j];
          after = objectiveAt(design, labels, trial, l2, rowWeights);
          // Rounding may hide the last steps' gain.
          if (after <= value + 1e-13 * Math.abs(value)) return after;
          if (!fresh) return undefined;
        }
        return after;
      }
    },
  };
}

/** One fit on rows labelled 0 or 1. */
export function newtonLogistic(
  design: SparseRows,
  labels: ArrayLike<number>,
  options: NewtonOptions & { rowWeights?: ArrayLike<number> },
): NewtonFit {
  return logisticSolver(design, labels, options.rowWeights).solve(options);
}

/** Largest change of a weight, and the largest weight. */
function distance(from: Float64Array, to: Float64Array): { moved: number; largest: number } {
  let moved = 0;
  let largest = 0;
  for (let j = 0; j < to.length; j++) {
    moved = Math.max(moved, Math.abs(to[j] - from[j]));
    largest = Math.max(largest, Math.abs(to[j]));
  }
  return { moved, largest };
}

/** Factors curvature + l2 (the intercept is free) into `out`; false where it is not positive definite. */
function factorPenalised(curvature: Float64Array, l2: number, size: number, out: Float64Array): boolean {
  out.set(curvature);
  for (let j = 0; j < size - 1; j++) out[j * size + j] += l2;
  return factor(out, size);
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

function fillGradient(
  design: SparseRows,
  labels: ArrayLike<number>,
  weights: Float64Array,
  l2: number,
  rowWeights: ArrayLike<number> | undefined,
  gradient: Float64Array,
): void {
  const { width, index, value, columns } = design;
  for (let j = 0; j < columns; j++) gradient[j] = l2 * weights[j];
  gradient[columns] = 0;
  for (let i = 0; i < design.rows; i++) {
    const p = 1 / (1 + Math.exp(-scoreOf(design, i, weights)));
    const slope = (rowWeights ? rowWeights[i] : 1) * (p - labels[i]);
    for (let e = i * width; e < (i + 1) * width; e++) gradient[index[e]] += slope * value[e];
    gradient[columns] += slope;
  }
}

/** The lower triangle of XᵀWX, W = s·p(1 − p): the Hessian without its penalty. */
function fillCurvature(
  design: SparseRows,
  weights: Float64Array,
  rowWeights: ArrayLike<number> | undefined,
  curvature: Float64Array,
): void {
  const { width, index, value, columns } = design;
  const size = columns + 1;
  const last = columns * size;
  curvature.fill(0);
  for (let i = 0; i < design.rows; i++) {
    const p = 1 / (1 + Math.exp(-scoreOf(design, i, weights)));
    const w = (rowWeights ? rowWeights[i] : 1) * p * (1 - p);
    const from = i * width;
    for (let e = from; e < from + width; e++) {
      const scaled = w * value[e];
      if (scaled === 0) continue;
      const row = index[e] * size;
      for (let g = from; g <= e; g++) curvature[row + index[g]] += scaled * value[g];
      curvature[last + index[e]] += scaled;
    }
    curvature[last + columns] += w;
  }
}
