/** Cholesky factorisation: solves symmetric positive definite systems in place. */

/**
 * Factors A = L Lᵀ in place. `a` (size×size, row-major) is read and written in its lower triangle only. Returns false
 * where A is not positive definite; `a` is then spoilt.
 */
export function factor(a: Float64Array, size: number): boolean {
  for (let i = 0; i < size; i++) {
    const ri = i * size;
    for (let j = 0; j <= i; j++) {
      const rj = j * size;
      let sum = a[ri + j];
      for (let l = 0; l < j; l++) sum -= a[ri + l] * a[rj + l];
      if (j < i) {
        a[ri + j] = sum / a[rj + j];
      } else {
        if (!(sum > 0)) return false;
        a[ri + i] = Math.sqrt(sum);
      }
    }
  }
  return true;
}

/** Solves L Lᵀ x = b in place of `b` (size), with L from `factor`. */
export function solve(l: Float64Array, size: number, b: Float64Array): void {
  for (let i = 0; i < size; i++) {
    let sum = b[i];
    for (let j = 0; j < i; j++) sum -= l[i * size + j] * b[j];
    b[i] = sum / l[i * size + i];
  }
  for (let i = size - 1; i >= 0; i--) {
    const x = b[i] / l[i * size + i];
    b[i] = x;
    for (let j = 0; j < i; j++) b[j] -= l[i * size + j] * x;
  }
}
