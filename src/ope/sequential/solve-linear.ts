/** Small dense linear systems, by elimination with the largest pivot of each column (Golub & Van Loan, §3.4). */

/** A pivot below this share of its column's largest entry at the start counts as 0. */
const SINGULAR = 1e-13;

/** x of Ax = b: A (n×n), b (n), both left alone. Undefined where A is singular. */
export function solveLinear(matrix: Float64Array, right: Float64Array): Float64Array | undefined {
  const n = right.length;
  const a = matrix.slice();
  const x = right.slice();
  let scale = 0;
  for (const entry of a) scale = Math.max(scale, Math.abs(entry));
  for (let c = 0; c < n; c++) {
    let pivot = c;
    for (let r = c + 1; r < n; r++) if (Math.abs(a[r * n + c]) > Math.abs(a[pivot * n + c])) pivot = r;
    if (!(Math.abs(a[pivot * n + c]) > SINGULAR * scale)) return undefined;
    if (pivot !== c) {
      for (let j = c; j < n; j++) [a[c * n + j], a[pivot * n + j]] = [a[pivot * n + j], a[c * n + j]];
      [x[c], x[pivot]] = [x[pivot], x[c]];
    }
    for (let r = c + 1; r < n; r++) {
      const factor = a[r * n + c] / a[c * n + c];
      if (factor === 0) continue;
      for (let j = c + 1; j < n; j++) a[r * n + j] -= factor * a[c * n + j];
      x[r] -= factor * x[c];
    }
  }
  for (let c = n - 1; c >= 0; c--) {
    for (let j = c + 1; j < n; j++) x[c] -= a[c * n + j] * x[j];
    x[c] /= a[c * n + c];
  }
  return x;
}
