/**
 * The last row of each context, for a sample of contexts that is thinned as the table fills: a context stays in it by its
 * hash alone, so all rows of a context are in or none, whatever the length of the log (Gibbons 2001, distinct sampling).
 */

export interface RowTable {
  /** Whether contexts of this hash are in the sample. */
  holds(low: number): boolean;
  /** Where the context of the 64-bit hash (low, high) stands, or where it was put just now (`isNew`). */
  find(low: number, high: number): number;
  /** Of the latest `find`. */
  readonly isNew: boolean;
  /** Columns that are kept for each context. */
  readonly action: Int32Array;
  readonly propensity: Float64Array;
}

/** `bits`: room for 2^bits contexts, half of which are used at most (21 bytes each). */
export function rowTable(bits: number): RowTable {
  const room = 1 << bits;
  const lows = new Uint32Array(room);
  const highs = new Uint32Array(room);
  const used = new Uint8Array(room);
  const action = new Int32Array(room);
  const propensity = new Float64Array(room);
  let size = 0;
  let mask = 0; // contexts whose hash has a bit of it are left out
  let isNew = false;

  // The lowest bits thin the sample, so the place is taken from the other word.
  function place(low: number, high: number): number {
    let at = high & (room - 1);
    while (used[at] && (lows[at] !== low || highs[at] !== high)) at = (at + 1) & (room - 1);
    return at;
  }

  function thin(): void {
    mask = (mask << 1) | 1;
    const rows = { used: used.slice(), lows: lows.slice(), highs: highs.slice() };
    const kept = { action: action.slice(), propensity: propensity.slice() };
    used.fill(0);
    size = 0;
    for (let from = 0; from < room; from++) {
      if (rows.used[from] === 0 || (rows.lows[from] & mask) !== 0) continue;
      const at = place(rows.lows[from], rows.highs[from]);
      put(at, rows.lows[from], rows.highs[from]);
      action[at] = kept.action[from];
      propensity[at] = kept.propensity[from];
      size++;
    }
  }

  function put(at: number, low: number, high: number): void {
    used[at] = 1;
    lows[at] = low;
    highs[at] = high;
  }

  return {
    action,
    propensity,
    get isNew() {
      return isNew;
    },
    holds: (low) => (low & mask) === 0,
    find(low, high) {
      const l = low >>> 0;
      const h = high >>> 0;
      let at = place(l, h);
      isNew = used[at] === 0;
      if (!isNew) return at;
      if (2 * (size + 1) > room) {
        thin();
        at = place(l, h); // if it is thinned out itself, it stays until the next thinning
      }
      put(at, l, h);
      size++;
      return at;
    },
  };
}
