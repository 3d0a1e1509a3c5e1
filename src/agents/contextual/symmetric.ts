/** Symmetric d×d matrices packed as their upper triangle, row by row: d(d + 1)/2 numbers. */

/** Numbers in a packed symmetric d×d matrix. */
export function packedSize(d: number): number {
  return (d * (d + 1)) / 2;
}

/** matrix += x·xᵀ, for a packed matrix at `at` and a vector of length d at `from`. */
export function addOuter(matrix: Float64Array, at: number, x: Float64Array, from: number, d: number): void {
  let p = at;
  for (let i = 0; i < d; i++) {
    const xi = x[from + i];
    for (let j = i; j < d; j++) matrix[p++] += xi * x[from + j];
  }
}

/** The packed x·xᵀ with its off-diagonal doubled, so that xᵀMx is its dot product with the packed M. */
export function quadraticTerms(x: Float64Array, from: number, d: number, out: Float64Array, at: number): void {
  let p = at;
  for (let i = 0; i < d; i++) {
    const xi = x[from + i];
    out[p++] = xi * xi;
    const twice = 2 * xi;
    for (let j = i + 1; j < d; j++) out[p++] = twice * x[from + j];
  }
}

/** out = M·x for a packed M at `at` and a vector at `from`; out has length d. */
export function multiply(
  matrix: Float64Array,
  at: number,
  x: Float64Array,
  from: number,
  d: number,
  out: Float64Array,
): void {
  out.fill(0, 0, d);
  let p = at;
  for (let i = 0; i < d; i++) {
    const xi = x[from + i];
    let sum = matrix[p++] * xi;
    for (let j = i + 1; j < d; j++) {
      const m = matrix[p++];
      sum += m * x[from + j];
      out[j] += m * xi;
    }
    out[i] += sum;
  }
}

/**
 * M⁻¹ of a packed positive definite M, by Cholesky: M = LLᵀ, then M⁻¹ = L⁻ᵀL⁻¹. Reads `matrix` at `at` and writes
 * `inverse` at `to`. `work` has 2·d² numbers. Throws RangeError where M is not positive definite.
 */
export function invert(
  matrix: Float64Array,
  at: number,
  d: number,
  inverse: Float64Array,
  to: number,
  work: Float64Array,
): void {
  factor(matrix, at, d, work);
  const other = d * d;
  // Row i of L⁻¹ lies at other + i·d, so that the products below run along rows.
  for (let i = 0; i < d; i++) {
    const li = i * d;
    const diagonal = 1 / work[li + i];
    const row = other + li;
    for (let j = 0; j < i; j++) work[row + j] = 0;
    for (let m = 0; m < i; m++) {
      const l = work[li + m];
      const from = other + m * d;
      for (let j = 0; j <= m; j++) work[row + j] -= l * work[from + j];
    }
    for (let j = 0; j < i; j++) work[row + j] *= diagonal;
    work[row + i] = diagonal;
  }
  inverse.fill(0, to, to + packedSize(d));
  for (let m = 0; m < d; m++) {
    const row = other + m * d;
    let start = to;
    for (let i = 0; i <= m; i++) {
      const li = work[row + i];
      for (let j = i; j <= m; j++) inverse[start + j - i] += li * work[row + j];
      start += d - i;
    }
  }
}

/** Solves M x = b for a packed positive definite M, in place: `b` (d) becomes x. `work` has d² numbers. Throws as `invert`. */
export function solve(matrix: Float64Array, at: number, d: number, b: Float64Array, work: Float64Array): void {
  factor(matrix, at, d, work);
  for (let i = 0; i < d; i++) {
    for (let m = 0; m < i; m++) b[i] -= work[i * d + m] * b[m];
    b[i] /= work[i * d + i];
  }
  for (let i = d - 1; i >= 0; i--) {
    for (let m = i + 1; m < d; m++) b[i] -= work[m * d + i] * b[m];
    b[i] /= work[i * d + i];
  }
}

/** Fills the first d² of `work` with L (lower triangle, row-major). */
function factor(matrix: Float64Array, at: number, d: number, work: Float64Array): void {
  for (let j = 0, p = at; j < d; j++) {
    for (let i = j; i < d; i++, p++) {
      let sum = matrix[p];
      const ri = i * d;
      const rj = j * d;
      for (let m = 0; m < j; m++) sum -= work[ri + m] * work[rj + m];
      if (i > j) work[ri + j] = sum / work[rj + j];
      else if (sum > 0) work[rj + j] = Math.sqrt(sum);
      else throw new RangeError('invert: the matrix is not positive definite');
    }
  }
}
