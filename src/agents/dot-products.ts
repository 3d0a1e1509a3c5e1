/** Every row of one matrix against every row of another: where linear agents spend their time. */

/** Rows that `dotProducts` takes at once; pad `left` to a multiple of it. */
export const LEFT_BLOCK = 4;
/** Rows of `right` that `dotProducts` takes at once; pad to a multiple of it. */
export const RIGHT_BLOCK = 2;

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
  for (let i = 0; i < rows; i += LEFT_BLOCK) {
    const l0 = i * width;
    const l1 = l0 + width;
    const l2 = l1 + width;
    const l3 = l2 + width;
    for (let j = 0; j < columns; j += RIGHT_BLOCK) {
      const r0 = j * width;
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
      let at = i * columns + j;
      out[at] = s00;
      out[at + 1] = s01;
      at += columns;
      out[at] = s10;
      out[at + 1] = s11;
      at += columns;
      out[at] = s20;
      out[at + 1] = s21;
      at += columns;
      out[at] = s30;
      out[at + 1] = s31;
    }
  }
}

/** The least multiple of `block` that is at least n. */
export function padded(n: number, block: number): number {
  return Math.ceil(n / block) * block;
}
