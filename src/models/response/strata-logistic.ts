/**
 * Logistic regression of counts with an intercept for every stratum, so that only differences within strata count; the
 * intercepts are solved away (profile likelihood). Intervals are cluster-robust: a stratum's rows vary more than
 * binomials do.
 */
import { factor, solve } from '../ctr/cholesky.ts';

/** Rows of trials and hits. */
export interface CountRows {
  /** (rows) stratum of each row, 0 … strata − 1; a stratum of one row tells nothing. */
  stratum: Int32Array;
  /** (strata) cluster of each stratum: errors are independent between clusters only. */
  cluster: Int32Array;
  /** (rows) > 0 */
  trials: Float64Array;
  /** (rows) 0 … trials */
  hits: Float64Array;
  /** (rows×columns), row-major. */
  x: Float64Array;
  columns: number;
}

/** Estimates with their covariance. */
export interface StrataFit {
  /** (columns) log-odds per unit of x. */
  weights: Float64Array;
  /** (columns) cluster-robust standard errors. */
  standardErrors: Float64Array;
  converged: boolean;
  /** Strata with hits and misses: the others say nothing. */
  strata: number;
  clusters: number;
}

/** Maximum likelihood. Source of the intervals: Liang & Zeger (1986), Biometrika 73. Throws RangeError where columns are collinear within strata. */
export function strataLogistic(data: CountRows): StrataFit {
  const { columns: d } = data;
  const groups = groupsOf(data);
  const weights = new Float64Array(d);
  const intercepts = new Float64Array(groups.length);
  let state = profile(data, groups, weights, intercepts);
  let converged = false;
  for (let step = 0; step < 50 && !converged; step++) {
    const inverse = inverseOf(state.curvature, d);
    let largest = 0;
    for (let j = 0; j < d; j++) {
      let move = 0;
      for (let l = 0; l < d; l++) move += inverse[j * d + l] * state.gradient[l];
      weights[j] += Math.max(-1, Math.min(1, move));
      largest = Math.max(largest, Math.abs(move));
    }
    state = profile(data, groups, weights, intercepts);
    converged = largest < 1e-9;
  }
  const clusters = new Set(groups.map(({ cluster }) => cluster)).size;
  return { weights, standardErrors: robustErrors(state, d, clusters), converged, strata: groups.length, clusters };
}

interface Group {
  cluster: number;
  rows: number[];
}

/** Strata with hits and misses and at least two rows. */
function groupsOf({ stratum, cluster, trials, hits }: CountRows): Group[] {
  const groups = Array.from(cluster, (one): Group & { hits: number; trials: number } => ({
    cluster: one,
    rows: [],
    hits: 0,
    trials: 0,
  }));
  stratum.forEach((s, i) => {
    groups[s].rows.push(i);
    groups[s].hits += hits[i];
    groups[s].trials += trials[i];
  });
  return groups.filter((group) => group.rows.length > 1 && group.hits > 0 && group.hits < group.trials);
}

interface Profile {
  gradient: Float64Array;
  curvature: Float64Array;
  /** Score of each cluster. */
  scores: Map<number, Float64Array>;
}

/** Gradient and curvature at `weights`, with every intercept at its optimum (updated in place). */
function profile(data: CountRows, groups: readonly Group[], weights: Float64Array, intercepts: Float64Array): Profile {
  const { columns: d, x, trials, hits } = data;
  const gradient = new Float64Array(d);
  const curvature = new Float64Array(d * d);
  const scores = new Map<number, Float64Array>();
  const mean = new Float64Array(d);
  groups.forEach(({ rows, cluster }, g) => {
    const offsets = rows.map((i) => dot(x, i * d, weights));
    intercepts[g] = interceptOf(rows, offsets, trials, hits);
    const score = scores.get(cluster) ?? new Float64Array(d);
    scores.set(cluster, score);
    const rates = offsets.map((offset) => 1 / (1 + Math.exp(-intercepts[g] - offset)));
    let total = 0;
    mean.fill(0);
    rows.forEach((i, r) => {
      const w = trials[i] * rates[r] * (1 - rates[r]);
      total += w;
      for (let j = 0; j < d; j++) mean[j] += w * x[i * d + j];
    });
    for (let j = 0; j < d; j++) mean[j] /= total;
    rows.forEach((i, r) => {
      const w = trials[i] * rates[r] * (1 - rates[r]);
      const residual = hits[i] - trials[i] * rates[r];
      for (let j = 0; j < d; j++) {
        const cj = x[i * d + j] - mean[j];
        score[j] += residual * cj;
        gradient[j] += residual * cj;
        for (let l = 0; l < d; l++) curvature[j * d + l] += w * cj * (x[i * d + l] - mean[l]);
      }
    });
  });
  return { gradient, curvature, scores };
}

function dot(x: Float64Array, from: number, weights: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < weights.length; j++) sum += weights[j] * x[from + j];
  return sum;
}

/** Where expected hits equal the hits, by bisection: the sum of expected hits is increasing in the intercept. */
function interceptOf(rows: number[], offsets: number[], trials: Float64Array, hits: Float64Array): number {
  let target = 0;
  for (const i of rows) target += hits[i];
  let [low, high] = [-40, 40];
  for (let turn = 0; turn < 60; turn++) {
    const middle = (low + high) / 2;
    let expected = 0;
    rows.forEach((i, r) => (expected += trials[i] / (1 + Math.exp(-middle - offsets[r]))));
    if (expected < target) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Inverse of a symmetric positive definite matrix. Throws RangeError where it is none. */
export function inverseOf(a: Float64Array, size: number): Float64Array {
  const factored = a.slice();
  if (!factor(factored, size)) throw new RangeError('regression: columns are collinear; leave one out');
  const inverse = new Float64Array(size * size);
  const column = new Float64Array(size);
  for (let j = 0; j < size; j++) {
    column.fill(0);
    column[j] = 1;
    solve(factored, size, column);
    for (let l = 0; l < size; l++) inverse[l * size + j] = column[l];
  }
  return inverse;
}

/** √ of the sandwich's diagonal: H⁻¹ Σ s sᵀ H⁻¹ · C / (C − 1). */
function robustErrors({ curvature, scores }: Profile, d: number, clusters: number): Float64Array {
  const inverse = inverseOf(curvature, d);
  const errors = new Float64Array(d);
  for (const score of scores.values()) {
    for (let j = 0; j < d; j++) {
      let moved = 0;
      for (let l = 0; l < d; l++) moved += inverse[j * d + l] * score[l];
      errors[j] += moved * moved;
    }
  }
  return errors.map((sum) => Math.sqrt((sum * clusters) / (clusters - 1)));
}
