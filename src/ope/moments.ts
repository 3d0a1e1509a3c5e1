/**
 * Sums and centred cross products of columns, in one pass, mergeable: shards of any size add up to the whole. Each block
 * is centred on its own mean and merged by the pairwise rule (Chan, Golub & LeVeque 1983), so nothing cancels.
 */
import type { Matrix } from '../core/matrix.ts';

export interface Moments {
  /** m: rows so far. */
  count: number;
  /** (c) column sums. */
  sums: Float64Array;
  /** (c×c) Σ_i (x_i − x̄)(x_i − x̄)ᵀ, symmetric. */
  cross: Float64Array;
}

/** Moments of no rows of c columns. */
export function moments(columns: number): Moments {
  return { count: 0, sums: new Float64Array(columns), cross: new Float64Array(columns * columns) };
}

/** Adds the first `rows` rows of a block. */
export function addRows(into: Moments, block: Matrix, rows: number = block.rows): void {
  if (rows === 0) return;
  const c = block.columns;
  const x = block.data;
  const part = moments(c);
  part.count = rows;
  for (let a = 0; a < c; a++) {
    let sum = 0;
    for (let at = a; at < rows * c; at += c) sum += x[at];
    part.sums[a] = sum;
    const mean = sum / rows;
    for (let b = 0; b <= a; b++) {
      const other = part.sums[b] / rows;
      let product = 0;
      for (let at = 0; at < rows * c; at += c) product += (x[at + a] - mean) * (x[at + b] - other);
      part.cross[a * c + b] = part.cross[b * c + a] = product;
    }
  }
  merge(into, part);
}

/** Adds another shard's moments. Throws RangeError if their columns differ. */
export function merge(into: Moments, part: Moments): void {
  const c = into.sums.length;
  if (part.sums.length !== c) throw new RangeError(`merge: ${part.sums.length} columns into ${c}`);
  if (part.count === 0) return;
  const { count: n, sums } = into;
  const total = n + part.count;
  // n = 0 takes the part as it is: the weight of the correction is then 0.
  const weight = (n * part.count) / total;
  const gap = (a: number): number => (n === 0 ? 0 : part.sums[a] / part.count - sums[a] / n);
  for (let a = 0; a < c; a++) {
    for (let b = 0; b < c; b++) into.cross[a * c + b] += part.cross[a * c + b] + weight * gap(a) * gap(b);
  }
  for (let a = 0; a < c; a++) sums[a] += part.sums[a];
  into.count = total;
}
