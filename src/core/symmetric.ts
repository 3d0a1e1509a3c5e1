/** Eigenvalues and square roots of symmetric matrices, in float64. */
import type { Matrix } from './matrix.ts';
import { matrix } from './matrix.ts';

const MAX_SWEEPS = 60;

/**
 * Eigenvalues (n, in no order) and eigenvectors (columns of n×n) of a symmetric matrix, by cyclic Jacobi rotations
 * (Golub & Van Loan, "Matrix Computations", section 8.5). Reads the matrix whole; throws RangeError if it isn't square.
 */
export function symmetricEigen(a: Matrix): { values: Float64Array; vectors: Matrix } {
  const n = a.rows;
  if (a.columns !== n) throw new RangeError(`symmetricEigen: ${n}×${a.columns} is not square`);
  const m = a.data.slice(0, n * n);
  const vectors = matrix(n, n);
  const v = vectors.data;
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  const total = m.reduce((sum, x) => sum + x * x, 0);
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    let off = 0;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) off += m[p * n + q] * m[p * n + q];
    if (off <= 1e-30 * total) break;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(m, v, n, p, q);
  }
  return { values: Float64Array.from({ length: n }, (_, i) => m[i * n + i]), vectors };
}

/** Turns rows and columns p and q so that m[p, q] becomes 0. */
function rotate(m: Float64Array, v: Float64Array, n: number, p: number, q: number): void {
  const apq = m[p * n + q];
  if (apq === 0) return;
  const theta = (m[q * n + q] - m[p * n + p]) / (2 * apq);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let k = 0; k < n; k++) {
    const kp = m[k * n + p];
    const kq = m[k * n + q];
    m[k * n + p] = c * kp - s * kq;
    m[k * n + q] = s * kp + c * kq;
  }
  for (let k = 0; k < n; k++) {
    const pk = m[p * n + k];
    const qk = m[q * n + k];
    m[p * n + k] = c * pk - s * qk;
    m[q * n + k] = s * pk + c * qk;
    const vp = v[k * n + p];
    const vq = v[k * n + q];
    v[k * n + p] = c * vp - s * vq;
    v[k * n + q] = s * vp + c * vq;
  }
}

/** The symmetric square root of a symmetric positive semi-definite matrix; eigenvalues below 0 count as rounding. */
export function symmetricRoot(a: Matrix): Matrix {
  const { values, vectors } = symmetricEigen(a);
  const n = a.rows;
  const root = matrix(n, n);
  for (let k = 0; k < n; k++) {
    const size = Math.sqrt(Math.max(0, values[k]));
    for (let i = 0; i < n; i++) {
      const scaled = size * vectors.data[i * n + k];
      for (let j = 0; j < n; j++) root.data[i * n + j] += scaled * vectors.data[j * n + k];
    }
  }
  return root;
}

/** a·b for square matrices of equal size. */
export function product(a: Matrix, b: Matrix): Matrix {
  const n = a.rows;
  const out = matrix(n, n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      const factor = a.data[i * n + k];
      for (let j = 0; j < n; j++) out.data[i * n + j] += factor * b.data[k * n + j];
    }
  }
  return out;
}
