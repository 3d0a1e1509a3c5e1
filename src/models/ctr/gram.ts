/** Sums of squares and products: what least squares needs of a data set, additive over its parts. */

/** XᵀX and XᵀY of the rows added so far. */
export interface Gram {
  /** (p×p) lower triangle only. */
  xx: Float64Array;
  /** (p×q) */
  xy: Float64Array;
  /** (q) Σ y² */
  yy: Float64Array;
  rows: number;
}

/** Sums of nothing. */
export function gram(p: number, q: number): Gram {
  return { xx: new Float64Array(p * p), xy: new Float64Array(p * q), yy: new Float64Array(q), rows: 0 };
}

/** Rows added at a time: four products per load and store of the sum. */
export const BLOCK = 4;

/** Adds `count` ≤ `BLOCK` rows of x (BLOCK×p) and y (BLOCK×q). */
export function addBlock(sums: Gram, x: Float64Array, y: Float64Array, count: number, p: number, q: number): void {
  // Missing rows count as zeros.
  x.fill(0, count * p, BLOCK * p);
  y.fill(0, count * q, BLOCK * q);
  const { xx, xy, yy } = sums;
  for (let i = 0; i < p; i++) {
    const a = x[i];
    const b = x[p + i];
    const c = x[2 * p + i];
    const d = x[3 * p + i];
    const at = i * p;
    for (let j = 0; j <= i; j++) xx[at + j] += a * x[j] + b * x[p + j] + c * x[2 * p + j] + d * x[3 * p + j];
    for (let j = 0; j < q; j++) xy[i * q + j] += a * y[j] + b * y[q + j] + c * y[2 * q + j] + d * y[3 * q + j];
  }
  for (let j = 0; j < q; j++) {
    for (let r = 0; r < BLOCK; r++) yy[j] += y[r * q + j] * y[r * q + j];
  }
  sums.rows += count;
}

/** The sums of two parts together. */
export function mergeGrams(a: Gram, b: Gram): Gram {
  return {
    xx: a.xx.map((v, i) => v + b.xx[i]),
    xy: a.xy.map((v, i) => v + b.xy[i]),
    yy: a.yy.map((v, i) => v + b.yy[i]),
    rows: a.rows + b.rows,
  };
}
