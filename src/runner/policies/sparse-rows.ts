/** Rows of a few odds each, kept in two columns: a policy of ten million rows fits in memory. */

export interface SparseRows {
  /** Rows ended so far. */
  readonly count: number;
  /** Adds an entry to the row under way. */
  add(action: number, odds: number): void;
  /** Ends the row under way. */
  end(): void;
  /** Replaces every action by what is returned for it. */
  renumber(name: (action: number, row: number) => number): void;
  /** Adds row `row`'s entries to `out`, action a at `out[at + a]`. */
  fill(row: number, out: Float64Array, at: number): void;
}

/** No rows yet, with room for so many ends. */
export function sparseRows(expected: number): SparseRows {
  let action = new Int32Array(1024);
  let odds = new Float64Array(1024);
  let ends = new Float64Array(Math.max(1, expected));
  let entries = 0;
  let count = 0;
  const start = (row: number): number => (row === 0 ? 0 : ends[row - 1]);
  return {
    get count() {
      return count;
    },
    add(a, p) {
      if (entries === action.length) {
        const [actions, old] = [action, odds];
        action = new Int32Array(2 * entries);
        odds = new Float64Array(2 * entries);
        action.set(actions);
        odds.set(old);
      }
      action[entries] = a;
      odds[entries++] = p;
    },
    end() {
      if (count === ends.length) {
        const old = ends;
        ends = new Float64Array(2 * count);
        ends.set(old);
      }
      ends[count++] = entries;
    },
    renumber(name) {
      for (let row = 0, e = 0; row < count; row++) for (; e < ends[row]; e++) action[e] = name(action[e], row);
    },
    fill(row, out, at) {
      for (let e = start(row); e < ends[row]; e++) out[at + action[e]] += odds[e];
    },
  };
}
