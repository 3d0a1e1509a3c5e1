/**
 * Sums and centred cross products of columns, in one pass, mergeable: shards of any size add up to the whole. Blocks are
 * merged by the pairwise rule (Chan, Golub & LeVeque 1983), so nothing cancels.
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

/**
 * Adds the first `rows` rows of a block. Each column is shifted by its first value: as that is one of the n values, the
 * correction is at most n times the sum of squares that is left, so a block of n loses log10 n digits at the worst.
 */
export function addRows(into: Moments, block: Matrix, rows: number = block.rows): void {
  if (rows === 0) return;
  const c = block.columns;
  const x = block.data;
  const end = rows * c;
  const part = moments(c);
  part.count = rows;
  const shifted = new Float64Array(c);
  for (let a = 0; a < c; a++) {
    const first = x[a];
    let sum = 0;
    let from = 0;
    let square = 0;
    for (let at = a; at < end; at += c) {
      const gap = x[at] - first;
      sum += x[at];
      from += gap;
      square += gap * gap;
    }
    part.sums[a] = sum;
    shifted[a] = from;
    part.cross[a * c + a] = Math.max(square - (from * from) / rows, 0);
    for (let b = 0; b < a; b++) {
      const other = x[b];
      let product = 0;
      for (let at = 0; at < end; at += c) product += (x[at + a] - first) * (x[at + b] - other);
      part.cross[a * c + b] = part.cross[b * c + a] = product - (from * shifted[b]) / rows;
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
  const weight = (n * part.count) / total; // 0 for the first part, which is taken as it is
  const gap = (a: number): number => (n === 0 ? 0 : part.sums[a] / part.count - sums[a] / n);
  for (let a = 0; a < c; a++) {
    for (let b = 0; b < c; b++) into.cross[a * c + b] += part.cross[a * c + b] + weight * gap(a) * gap(b);
  }
  for (let a = 0; a < c; a++) sums[a] += part.sums[a];
  into.count = total;
}
