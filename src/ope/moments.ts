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

/** By how many columns: moments of the block at hand, made once. */
const BLOCKS: Moments[] = [];

/**
 * Adds the first `rows` rows of a block. Each column is shifted by its first value: as that is one of the n values, the
 * correction is at most n times the sum of squares that is left, so a block of n loses log10 n digits at the worst.
 */
export function addRows(into: Moments, block: Matrix, rows: number = block.rows): void {
  if (rows === 0) return;
  const c = block.columns;
  const part = (BLOCKS[c] ??= moments(c));
  part.count = rows;
  if (c === 1) sumColumn(part, block.data);
  else if (c === 3) sumThree(part, block.data);
  else {
    for (let a = 1; a < c; a++) {
      for (let b = 0; b < a; b++) sumPair(part, block.data, a, b);
    }
  }
  merge(into, part);
}

/** Σ(x − x̄)² from sums of the gaps from any number and of their squares; not below 0 by rounding. */
export function centred(squares: number, gaps: number, count: number): number {
  return Math.max(squares - (gaps * gaps) / count, 0);
}

/** Sets the moments of an only column. Four rows at a time, as one sum need not wait for the other. */
export function sumColumn({ count, sums, cross }: Moments, x: Float64Array): void {
  const first = x[0];
  let sum = 0;
  let from = 0;
  let square = 0;
  let i = 0;
  for (; i + 3 < count; i += 4) {
    const p = x[i];
    const q = x[i + 1];
    const r = x[i + 2];
    const s = x[i + 3];
    sum += p + q + (r + s);
    from += p - first + (q - first) + (r - first + (s - first));
    square += (p - first) ** 2 + (q - first) ** 2 + ((r - first) ** 2 + (s - first) ** 2);
  }
  for (; i < count; i++) {
    sum += x[i];
    from += x[i] - first;
    square += (x[i] - first) ** 2;
  }
  sums[0] = sum;
  cross[0] = centred(square, from, count);
}

/** Sets the moments of columns a and b. Both at once, as reading a row costs more than adding it up. */
export function sumPair({ count, sums, cross }: Moments, x: Float64Array, a: number, b: number): void {
  const c = sums.length;
  const firstA = x[a];
  const firstB = x[b];
  let sumA = 0;
  let sumB = 0;
  let fromA = 0;
  let fromB = 0;
  let squareA = 0;
  let squareB = 0;
  let product = 0;
  for (let i = 0, at = 0; i < count; i++, at += c) {
    const valueA = x[at + a];
    const valueB = x[at + b];
    const gapA = valueA - firstA;
    const gapB = valueB - firstB;
    sumA += valueA;
    sumB += valueB;
    fromA += gapA;
    fromB += gapB;
    squareA += gapA * gapA;
    squareB += gapB * gapB;
    product += gapA * gapB;
  }
  sums[a] = sumA;
  sums[b] = sumB;
  cross[a * c + a] = centred(squareA, fromA, count);
  cross[b * c + b] = centred(squareB, fromB, count);
  cross[a * c + b] = cross[b * c + a] = product - (fromA * fromB) / count;
}

/** Sets the moments of three columns, as SNDR has, in two looks instead of three: the last one beside both others. */
export function sumThree(into: Moments, x: Float64Array): void {
  sumPair(into, x, 1, 0);
  sumThird(into, x);
}

function sumThird({ count, sums, cross }: Moments, x: Float64Array): void {
  const firstA = x[0];
  const firstB = x[1];
  const firstC = x[2];
  let sum = 0;
  let fromA = 0;
  let fromB = 0;
  let fromC = 0;
  let square = 0;
  let productA = 0;
  let productB = 0;
  for (let i = 0, at = 0; i < count; i++, at += 3) {
    const gapA = x[at] - firstA;
    const gapB = x[at + 1] - firstB;
    const gapC = x[at + 2] - firstC;
    sum += x[at + 2];
    fromA += gapA;
    fromB += gapB;
    fromC += gapC;
    square += gapC * gapC;
    productA += gapA * gapC;
    productB += gapB * gapC;
  }
  sums[2] = sum;
  cross[8] = centred(square, fromC, count);
  cross[2] = cross[6] = productA - (fromA * fromC) / count;
  cross[5] = cross[7] = productB - (fromB * fromC) / count;
}

/** Adds another shard's moments. Throws RangeError if their columns differ. */
export function merge(into: Moments, part: Moments): void {
  const c = into.sums.length;
  if (part.sums.length !== c) throw new RangeError(`merge: ${part.sums.length} columns into ${c}`);
  if (part.count === 0) return;
  const { count: n, sums } = into;
  const total = n + part.count;
  const weight = (n * part.count) / total; // 0 for the first part, which is taken as it is
  for (let a = 0; a < c; a++) {
    for (let b = 0; b < c; b++) {
      const gaps = n === 0 ? 0 : gap(into, part, a) * gap(into, part, b);
      into.cross[a * c + b] += part.cross[a * c + b] + weight * gaps;
    }
  }
  for (let a = 0; a < c; a++) sums[a] += part.sums[a];
  into.count = total;
}

/** How far the means of column a are apart. */
function gap(into: Moments, part: Moments, a: number): number {
  return part.sums[a] / part.count - into.sums[a] / into.count;
}
