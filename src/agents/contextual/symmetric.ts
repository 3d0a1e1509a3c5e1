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
    let m = 0;
    for (; m + 2 <= i; m += 2) {
      const [l0, l1] = [work[li + m], work[li + m + 1]];
      const from0 = other + m * d;
      const from1 = from0 + d;
      for (let j = 0; j <= m; j++) work[row + j] -= l0 * work[from0 + j] + l1 * work[from1 + j];
      work[row + m + 1] -= l1 * work[from1 + m + 1];
    }
    for (; m < i; m++) {
      const from = other + m * d;
      for (let j = 0; j <= m; j++) work[row + j] -= work[li + m] * work[from + j];
    }
    for (let j = 0; j < i; j++) work[row + j] *= diagonal;
    work[row + i] = diagonal;
  }
  // Columns of L⁻¹ one after the other (L itself is no longer needed): M⁻¹ is their products.
  for (let i = 0; i < d; i++) for (let j = 0; j <= i; j++) work[j * d + i] = work[other + i * d + j];
  let out = to;
  for (let i = 0; i < d; i++) out = productsOf(work, i, d, inverse, out);
}

/** Σ_m u_i[m]·u_j[m], m from j on, for j = i … d − 1; four side by side. Returns where the next row begins. */
function productsOf(u: Float64Array, i: number, d: number, out: Float64Array, to: number): number {
  const ui = i * d;
  let j = i;
  let at = to;
  for (; j + 4 <= d; j += 4) {
    const [u0, u1, u2, u3] = [j * d, (j + 1) * d, (j + 2) * d, (j + 3) * d];
    let s0 = u[ui + j] * u[u0 + j] + u[ui + j + 1] * u[u0 + j + 1] + u[ui + j + 2] * u[u0 + j + 2];
    let s1 = u[ui + j + 1] * u[u1 + j + 1] + u[ui + j + 2] * u[u1 + j + 2];
    let s2 = u[ui + j + 2] * u[u2 + j + 2];
    let s3 = 0;
    for (let m = j + 3; m < d; m++) {
      const v = u[ui + m];
      s0 += v * u[u0 + m];
      s1 += v * u[u1 + m];
      s2 += v * u[u2 + m];
      s3 += v * u[u3 + m];
    }
    out[at++] = s0;
    out[at++] = s1;
    out[at++] = s2;
    out[at++] = s3;
  }
  for (; j < d; j++) {
    let sum = 0;
    for (let m = j; m < d; m++) sum += u[ui + m] * u[j * d + m];
    out[at++] = sum;
  }
  return at;
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

/** Fills the first d² of `work` with L (lower triangle, row-major); four rows side by side, so that sums need not wait. */
function factor(matrix: Float64Array, at: number, d: number, work: Float64Array): void {
  for (let j = 0, p = at; j < d; j++) {
    const rj = j * d;
    let pivot = matrix[p++];
    for (let m = 0; m < j; m++) pivot -= work[rj + m] * work[rj + m];
    if (!(pivot > 0)) throw new RangeError('invert: the matrix is not positive definite');
    const diagonal = Math.sqrt(pivot);
    work[rj + j] = diagonal;
    let i = j + 1;
    for (; i + 4 <= d; i += 4, p += 4) {
      const r0 = i * d;
      const r1 = r0 + d;
      const r2 = r1 + d;
      const r3 = r2 + d;
      let s0 = matrix[p];
      let s1 = matrix[p + 1];
      let s2 = matrix[p + 2];
      let s3 = matrix[p + 3];
      for (let m = 0; m < j; m++) {
        const l = work[rj + m];
        s0 -= work[r0 + m] * l;
        s1 -= work[r1 + m] * l;
        s2 -= work[r2 + m] * l;
        s3 -= work[r3 + m] * l;
      }
      work[r0 + j] = s0 / diagonal;
      work[r1 + j] = s1 / diagonal;
      work[r2 + j] = s2 / diagonal;
      work[r3 + j] = s3 / diagonal;
    }
    for (; i < d; i++, p++) {
      let sum = matrix[p];
      for (let m = 0; m < j; m++) sum -= work[i * d + m] * work[rj + m];
      work[i * d + j] = sum / diagonal;
    }
  }
}
