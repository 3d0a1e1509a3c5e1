/** What a tree seeks: how rows fill a histogram, how good a split of its cells is, what a leaf says. */

/** The best split so far. */
export interface Best {
  gain: number;
  /** How many of the ordered cells go left. */
  count: number;
  missingLeft: boolean;
}

export interface Criterion {
  /** Numbers in a cell; the last counts rows. */
  channels: number;
  /** Numbers that a leaf says. */
  width: number;
  /** Orders of a field's cells worth trying, by `rank` 0, 1, …; one is enough for two classes and for gradients. */
  orders: number;
  /** Adds rows `rows[from, to)` to the histogram (cells×channels) of `columns`. */
  accumulate(rows: Int32Array, from: number, to: number, columns: Int32Array, histogram: Float64Array): void;
  /** Codes with fewer rows at a node tell nothing there: they go with missing values. */
  leastRowsPerCode: number;
  /** What a field's cell, which has rows, is sorted by. */
  rank(histogram: Float64Array, cell: number, order: number): number;
  /**
   * Tries every split of `order[0, count)` (cells that have rows; the first go left), with missing values, of sums `missing`
   * (channels), on the right and on the left. Takes it into `best` where it gains more. `sums` (channels) are the node's.
   */
  scan(
    histogram: Float64Array,
    order: Int32Array,
    count: number,
    missing: Float64Array,
    sums: Float64Array,
    best: Best,
  ): void;
  /** False where no split of the node is allowed or helps. */
  divisible(sums: Float64Array): boolean;
  /** Fills `out` (width) with what a leaf of these sums says. */
  leaf(sums: Float64Array, out: Float64Array): void;
  /** How much came through a node: `Trees.cover`. */
  cover(sums: Float64Array): number;
}

/** A gain below this part of the node's own score is rounding. */
export const ROUNDING = 1e-12;
