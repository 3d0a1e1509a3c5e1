/** Ridge least squares of the truth on a prefix of the expansion, on its own scale or on that of log-odds. */
import type { Matrix } from '../../core/matrix.ts';
import { factor, solve } from './cholesky.ts';
import type { Expansion } from './expansion.ts';
import type { Gram } from './gram.ts';

/** What is regressed: the truth, and where `columns` = 2k its log-odds behind it. */
export interface Targets {
  k: number;
  /** (m×k) */
  truth: Matrix;
  /** k or 2k */
  columns: number;
}

export interface Candidate {
  /** Length of the expansion's prefix. */
  size: number;
  /** Ridge penalty; the intercept is free. */
  l2: number;
  /** True on the scale of log-odds. */
  odds: boolean;
}

export interface Fit extends Candidate {
  /** (size×k) */
  weights: Float64Array;
  /** (k) standard deviation of the residuals; read on the scale of log-odds. */
  residual: Float64Array;
}

const PENALTIES = [1, 30, 1000];

/** Every prefix at every penalty, on each scale that the truth allows. */
export function candidatesOf(wide: Expansion, targets: Targets): Candidate[] {
  const scales = targets.columns > targets.k ? [false, true] : [false];
  return wide.prefixes.flatMap((size) => PENALTIES.flatMap((l2) => scales.map((odds) => ({ size, l2, odds }))));
}

/** Solves (XᵀX + l2·I) W = XᵀY on the prefix. */
export function fitCandidate(candidate: Candidate, sums: Gram, { k, columns: q }: Targets): Fit {
  const { size, l2, odds } = candidate;
  const p = sums.xy.length / q;
  const a = new Float64Array(size * size);
  for (let i = 0; i < size; i++) for (let j = 0; j <= i; j++) a[i * size + j] = sums.xx[i * p + j];
  for (let i = 1; i < size; i++) a[i * size + i] += l2;
  if (!factor(a, size)) throw new Error('observable: the ridge system is not positive definite');
  const weights = new Float64Array(size * k);
  const residual = new Float64Array(k);
  const b = new Float64Array(size);
  for (let action = 0; action < k; action++) {
    const column = odds ? k + action : action;
    for (let i = 0; i < size; i++) b[i] = sums.xy[i * q + column];
    solve(a, size, b);
    // SSE = yᵀy − 2 wᵀXᵀy + wᵀXᵀXw, and XᵀXw = Xᵀy − l2·w but for the free intercept.
    let squares = sums.yy[column];
    for (let i = 0; i < size; i++) {
      weights[i * k + action] = b[i];
      squares -= b[i] * sums.xy[i * q + column] + (i > 0 ? l2 * b[i] * b[i] : 0);
    }
    residual[action] = Math.sqrt(Math.max(0, squares) / sums.rows);
  }
  return { ...candidate, weights, residual };
}

/** Gauss–Hermite nodes and weights for a standard normal, five points: exact for polynomials up to degree 9. */
const NODES = [-2.8569700138728056, -1.355626179974266, 0, 1.355626179974266, 2.8569700138728056];
const WEIGHTS = [
  0.011257411327720691, 0.2220759220056126, 0.5333333333333333, 0.2220759220056126, 0.011257411327720691,
];

/** Fills `out` [to, to + k) from an expanded row: W·row, or on log-odds the mean of σ(W·row + residual). */
export function applyFit(fit: Fit, row: Float64Array, out: Float64Array, to: number, k: number): void {
  const { size, weights, residual, odds } = fit;
  for (let a = 0; a < k; a++) out[to + a] = 0;
  for (let i = 0; i < size; i++) {
    const v = row[i];
    if (v === 0) continue;
    for (let a = 0; a < k; a++) out[to + a] += v * weights[i * k + a];
  }
  if (!odds) return;
  for (let a = 0; a < k; a++) {
    const z = out[to + a];
    let mean = 0;
    for (let n = 0; n < NODES.length; n++) mean += WEIGHTS[n] / (1 + Math.exp(-(z + residual[a] * NODES[n])));
    out[to + a] = mean;
  }
}
