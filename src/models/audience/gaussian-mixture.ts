/**
 * A mixture of normal distributions, fitted by expectation–maximisation (Dempster, Laird & Rubin 1977): groups that may
 * overlap, lie stretched and differ in size, with the odds of each point's membership.
 */
import { exponential } from '../../core/exponential.ts';
import { InputError } from '../../core/errors.ts';
import type { Matrix } from '../../core/matrix.ts';
import { matrix } from '../../core/matrix.ts';
import { factor } from '../ctr/cholesky.ts';

export type Covariance = 'diagonal' | 'full';

export interface MixtureSettings {
  covariance: Covariance;
  /** Stops when the mean log-likelihood of a point grows by less; default 1e-3, as scikit-learn's. */
  tolerance?: number;
  /** Default 100. */
  mostSteps?: number;
  /** Added to every variance, so that a group of equal points keeps one; default 1e-6. */
  floor?: number;
}

export interface Mixture {
  covariance: Covariance;
  /** (k) shares that sum to 1. */
  weights: Float64Array;
  /** (k×d) */
  means: Matrix;
  /** k covariances: (d) variances each, or (d×d) each with the floor in it. */
  covariances: Matrix;
  /** Mean log-likelihood of a point [nats]. */
  logLikelihood: number;
  /** Bayesian information criterion, less is better (Schwarz 1978): −2 log L + parameters · log n. */
  bic: number;
  steps: number;
  converged: boolean;
}

const LOG_2_PI = Math.log(2 * Math.PI);
const EPSILON = 2 ** -52;

/**
 * Fits k groups to points (n×d), beginning with those that `start` (n) names, in [0, k). Equal to scikit-learn's
 * `GaussianMixture` on the same start. Throws `InputError` where a point is not finite or a group becomes flat.
 */
export function gaussianMixture(
  points: Matrix,
  k: number,
  start: ArrayLike<number>,
  settings: MixtureSettings,
): Mixture {
  const { rows: n, columns: d } = points;
  const { covariance, tolerance = 1e-3, mostSteps = 100, floor = 1e-6 } = settings;
  if (!(k >= 1 && k <= n)) throw new RangeError(`gaussianMixture: ${k} groups of ${n} points`);
  const bad = points.data.findIndex((x) => !Number.isFinite(x));
  if (bad >= 0)
    throw new InputError(`mixture: point ${Math.floor(bad / d) + 1} holds ${points.data[bad]}; use finite numbers`);
  const memberships = matrix(n, k);
  for (let i = 0; i < n; i++) memberships.data[i * k + start[i]] = 1;
  const shape = covariance === 'full' ? d * d : d;
  const mixture: Mixture = {
    covariance,
    weights: new Float64Array(k),
    means: matrix(k, d),
    covariances: matrix(k, shape),
    logLikelihood: -Infinity,
    bic: Infinity,
    steps: 0,
    converged: false,
  };
  maximise(points, memberships, mixture, floor);
  let before = -Infinity;
  while (mixture.steps < mostSteps && !mixture.converged) {
    const reached = fillMemberships(mixture, points, memberships);
    maximise(points, memberships, mixture, floor);
    mixture.steps++;
    mixture.converged = Math.abs(reached - before) < tolerance;
    before = reached;
  }
  mixture.logLikelihood = fillMemberships(mixture, points, memberships);
  const parameters = k * d + k - 1 + k * (covariance === 'full' ? (d * (d + 1)) / 2 : d);
  mixture.bic = -2 * n * mixture.logLikelihood + parameters * Math.log(n);
  return mixture;
}

/** Fills `out` (n×k) with the odds that each point is of each group, rows summing to 1; the mean log-likelihood. */
export function fillMemberships(mixture: Mixture, points: Matrix, out: Matrix): number {
  const { rows: n, columns: d } = points;
  const k = mixture.weights.length;
  for (let c = 0; c < k; c++) fillLogDensity(mixture, c, points, out);
  const constants = mixture.weights.map((weight) => Math.log(weight) - (d / 2) * LOG_2_PI);
  let total = 0;
  for (let i = 0; i < n; i++) {
    const at = i * k;
    let most = -Infinity;
    for (let c = 0; c < k; c++) most = Math.max(most, (out.data[at + c] += constants[c]));
    let sum = 0;
    for (let c = 0; c < k; c++) sum += out.data[at + c] = exponential(out.data[at + c] - most);
    for (let c = 0; c < k; c++) out.data[at + c] /= sum;
    total += most + Math.log(sum);
  }
  return total / n;
}

/** Column c of `out`: log density of each point, without the constant of π. */
function fillLogDensity({ covariance, covariances, means }: Mixture, c: number, points: Matrix, out: Matrix): void {
  const { rows: n, columns: d, data } = points;
  const k = means.rows;
  const scale = covariances.data.slice(c * covariances.columns, (c + 1) * covariances.columns);
  const mean = means.data.subarray(c * d, (c + 1) * d);
  const full = covariance === 'full';
  if (full ? !factor(scale, d) : scale.some((variance) => !(variance > 0))) {
    throw new InputError(
      `mixture: group ${c + 1} of ${k} has become flat, so its density has no bounds; use fewer groups or a larger floor`,
    );
  }
  let logScale = 0;
  for (let j = 0; j < d; j++) logScale += full ? Math.log(scale[j * d + j]) : Math.log(scale[j]) / 2;
  if (!full) for (let j = 0; j < d; j++) scale[j] = 1 / scale[j];
  const left = new Float64Array(d * ABREAST);
  const square = new Float64Array(ABREAST);
  for (let from = 0; from < n; from += ABREAST) {
    // The last four may be fewer: what the block before left there is solved for nothing.
    const count = Math.min(ABREAST, n - from);
    for (let p = 0; p < count; p++) {
      for (let j = 0; j < d; j++) left[j * ABREAST + p] = data[(from + p) * d + j] - mean[j];
    }
    if (full) squaresBehind(scale, left, d, square);
    else squaresOver(scale, left, d, square);
    for (let p = 0; p < count; p++) out.data[(from + p) * k + c] = -square[p] / 2 - logScale;
  }
}

/** Points that are solved for side by side. */
const ABREAST = 4;

/**
 * |L⁻¹x|² of four x (d×4, spoilt) with L (d×d) lower triangular. What is solved is taken off the rest at once: no chain of sums.
 */
function squaresBehind(l: Float64Array, x: Float64Array, d: number, square: Float64Array): void {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  for (let j = 0; j < d; j++) {
    const own = l[j * d + j];
    const y0 = x[4 * j] / own;
    const y1 = x[4 * j + 1] / own;
    const y2 = x[4 * j + 2] / own;
    const y3 = x[4 * j + 3] / own;
    s0 += y0 * y0;
    s1 += y1 * y1;
    s2 += y2 * y2;
    s3 += y3 * y3;
    for (let m = j + 1; m < d; m++) {
      const w = l[m * d + j];
      x[4 * m] -= w * y0;
      x[4 * m + 1] -= w * y1;
      x[4 * m + 2] -= w * y2;
      x[4 * m + 3] -= w * y3;
    }
  }
  square[0] = s0;
  square[1] = s1;
  square[2] = s2;
  square[3] = s3;
}

/** Σ x²·precision of four x (d×4). */
function squaresOver(precisions: Float64Array, x: Float64Array, d: number, square: Float64Array): void {
  square.fill(0);
  for (let j = 0; j < d; j++) {
    for (let p = 0; p < ABREAST; p++) square[p] += x[4 * j + p] * x[4 * j + p] * precisions[j];
  }
}

/** Weights, means and covariances that are likeliest for these memberships. */
function maximise(points: Matrix, memberships: Matrix, mixture: Mixture, floor: number): void {
  const { rows: n, columns: d, data } = points;
  const k = memberships.columns;
  const { weights, means, covariances } = mixture;
  weights.fill(10 * EPSILON);
  means.data.fill(0);
  covariances.data.fill(0);
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < k; c++) {
      const share = memberships.data[i * k + c];
      weights[c] += share;
      if (share !== 0) for (let j = 0; j < d; j++) means.data[c * d + j] += share * data[i * d + j];
    }
  }
  for (let at = 0; at < k * d; at++) means.data[at] /= weights[Math.floor(at / d)];
  for (let c = 0; c < k; c++) addSpread(mixture, c, points, memberships);
  const width = covariances.columns;
  for (let at = 0; at < k * width; at++) {
    covariances.data[at] /= weights[Math.floor(at / width)];
    if (width === d || (at % width) % (d + 1) === 0) covariances.data[at] += floor;
  }
  if (width !== d) mirror(covariances.data, k, d);
  const total = weights.reduce((a, b) => a + b, 0);
  for (let c = 0; c < k; c++) weights[c] /= total;
}

/** Copies the lower triangle of each of k (d×d) matrices to the upper. */
function mirror(data: Float64Array, k: number, d: number): void {
  for (let c = 0; c < k; c++) {
    const at = c * d * d;
    for (let j = 0; j < d; j++) for (let l = 0; l < j; l++) data[at + l * d + j] = data[at + j * d + l];
  }
}

/** Sums the points' squared (or, for the lower triangle, crossed) distances from the mean of group c. */
function addSpread({ means, covariances }: Mixture, c: number, points: Matrix, memberships: Matrix): void {
  const { rows: n, columns: d, data } = points;
  const mean = means.data.slice(c * d, (c + 1) * d);
  const width = covariances.columns;
  const sums = covariances.data.subarray(c * width, (c + 1) * width);
  const away = new Float64Array(d);
  for (let i = 0; i < n; i++) {
    const share = memberships.data[i * memberships.columns + c];
    if (share === 0) continue;
    for (let j = 0; j < d; j++) away[j] = data[i * d + j] - mean[j];
    for (let j = 0; j < d; j++) {
      const pull = share * away[j];
      if (width === d) sums[j] += pull * away[j];
      else for (let m = 0; m <= j; m++) sums[j * d + m] += pull * away[m];
    }
  }
}
