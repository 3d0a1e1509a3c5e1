/** Finds the best split of a node in its histogram and words it for rows that come later. */
import { between } from './bins.ts';
import type { Binned } from './bins.ts';
import type { Split } from './builder.ts';
import type { Best, Criterion } from './criterion.ts';

export interface Found {
  gain: number;
  column: number;
  /** (the column's cells) 1 where rows go left. */
  sides: Uint8Array;
  /** The same in words that need no bins. */
  split: Split;
}

/** The split of the largest gain; of equal ones the first column's. Undefined where none gains. */
export type SeekSplit = (histogram: Float64Array, sums: Float64Array, columns: Int32Array) => Found | undefined;

export function splitSeeker(data: Binned, criterion: Criterion): SeekSplit {
  const { first, numbers } = data;
  const { channels, orders, leastRowsPerCode } = criterion;
  const order = new Int32Array(256);
  const ranks = new Float64Array(256);
  const missing = new Float64Array(channels);
  const best: Best = { gain: 0, count: 0, missingLeft: false };

  /** Fills `order` with the cells of a column that have rows, as they may be parted, and `missing`; returns how many. */
  function fillOrder(histogram: Float64Array, column: number, by: number): number {
    const start = first[column];
    const end = first[column + 1];
    const least = column < numbers ? 1 : leastRowsPerCode;
    for (let c = 0; c < channels; c++) missing[c] = histogram[start * channels + c];
    let count = 0;
    for (let cell = start + 1; cell < end; cell++) {
      const rows = histogram[(cell + 1) * channels - 1];
      if (rows === 0) continue;
      if (rows < least) {
        for (let c = 0; c < channels; c++) missing[c] += histogram[cell * channels + c];
        continue;
      }
      let to = count++;
      if (column >= numbers) {
        const rank = criterion.rank(histogram, cell, by);
        for (; to > 0 && ranks[to - 1] > rank; to--) {
          order[to] = order[to - 1];
          ranks[to] = ranks[to - 1];
        }
        ranks[to] = rank;
      }
      order[to] = cell;
    }
    return count;
  }

  return (histogram, sums, columns) => {
    best.gain = 0;
    let column = -1;
    let by = 0;
    for (const one of columns) {
      for (let rank = 0; rank < (one < numbers ? 1 : orders); rank++) {
        const before = best.gain;
        criterion.scan(histogram, order, fillOrder(histogram, one, rank), missing, sums, best);
        if (best.gain === before) continue;
        column = one;
        by = rank;
      }
    }
    if (column < 0) return undefined;
    const count = fillOrder(histogram, column, by);
    const rowsIn = (cell: number): number => histogram[(cell + 1) * channels - 1];
    const told = missing[channels - 1] > 0;
    return worded(data, column, { ...best }, order.subarray(0, count), told, rowsIn);
  };
}

/** What was found in cells, as sides and as a threshold or a set of codes. */
function worded(
  data: Binned,
  column: number,
  { gain, count, missingLeft: best }: Best,
  order: Int32Array,
  told: boolean,
  rowsIn: (cell: number) => number,
): Found {
  const { first, numbers, low, high } = data;
  const rowsOf = (cells: Int32Array): number => cells.reduce((sum, cell) => sum + rowsIn(cell), 0);
  const [toLeft, toRight] = [order.subarray(0, count), order.subarray(count)];
  // Where nothing is missing here, what will be missing goes with the many.
  const missingLeft = told ? best : rowsOf(toLeft) >= rowsOf(toRight);
  const sides = new Uint8Array(first[column + 1] - first[column]);
  if (missingLeft) sides[0] = 1;
  if (column < numbers) {
    for (const cell of toLeft) sides[cell - first[column]] = 1;
    // Missing values alone go right: every number goes left.
    const threshold = count === order.length ? Infinity : between(high[order[count - 1]], low[order[count]]);
    return { gain, column, sides, split: { column, threshold, missingLeft } };
  }
  // So do codes that have no rows here, or few.
  if (missingLeft) sides.fill(1);
  for (const cell of toLeft) sides[cell - first[column]] = 1;
  for (const cell of toRight) sides[cell - first[column]] = 0;
  const members = membersOf(data, column - numbers, sides);
  return { gain, column, sides, split: { column, threshold: Number.NaN, members, missingLeft } };
}

/** The set of the codes whose bins go left. */
function membersOf({ levels, binOf }: Binned, field: number, sides: Uint8Array): Int32Array {
  const members = new Int32Array(Math.ceil(levels[field] / 32));
  binOf[field].forEach((bin, code) => (members[code >> 5] |= sides[bin] << (code & 31)));
  return members;
}
