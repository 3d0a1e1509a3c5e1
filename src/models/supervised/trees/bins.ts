/** Columns cut into at most 255 bins, so that a tree finds its splits in histograms; and rows as the bins they fall into. */
import type { Examples } from '../examples.ts';

/** Bins of a column beside the one of missing values. */
const MOST_BINS = 255;

/** Rows that tell where to cut; more say the same. */
const TELLING_ROWS = 200_000;

/** Rows as bins. Cells number the bins of all columns; the first of a column holds its missing and rare values. */
export interface Binned {
  /** m */
  size: number;
  /** d: columns below are numbers. */
  numbers: number;
  /** (fields) */
  levels: readonly number[];
  /** (columns + 1) first cell of each column, then how many there are. */
  first: Int32Array;
  /** (cells) smallest and largest number in a bin; unused at fields. */
  low: Float64Array;
  high: Float64Array;
  /** (fields) (levels) bin, from 0, of each code. */
  binOf: readonly Uint8Array[];
  /** (m×columns) row-major: the cell of each value. (Offsets added once: a third faster than bytes that need it each time.) */
  cells: Uint16Array | Uint32Array;
  /** (columns×m) the same by column, counted from the column's first cell: parting rows reads one column. */
  bins: Uint8Array;
}

/** Columns of numbers that are turned to lie together at a time: two lines of the cache in each row. */
const COLUMNS_AT_ONCE = 16;

/** Rows whose cells are written at a time: they stay in the nearest cache. */
const ROWS_AT_ONCE = 64;

/** Learns where to cut from the rows, and cuts them. */
export function binned(rows: Examples): Binned {
  const { numeric, fields, size } = rows;
  const d = numeric.columns;
  const columns = d + fields.length;
  const bins = new Uint8Array(columns * size);
  const bounds: Bounds[] = [];
  const turned = new Float64Array(Math.min(d, COLUMNS_AT_ONCE) * size);
  for (let from = 0; from < d; from += COLUMNS_AT_ONCE) {
    const to = Math.min(from + COLUMNS_AT_ONCE, d);
    turnColumns(rows, from, to, turned);
    for (let j = from; j < to; j++) {
      const values = turned.subarray((j - from) * size, (j - from + 1) * size);
      bounds.push(fillBins(values, bins.subarray(j * size, (j + 1) * size)));
    }
  }
  const binOf = fields.map(({ codes, levels }) => binsOfCodes(codes, levels));
  fields.forEach(({ codes, levels }, f) => {
    const start = (d + f) * size;
    for (let i = 0; i < size; i++) bins[start + i] = codes[i] >= 0 && codes[i] < levels ? binOf[f][codes[i]] : 0;
  });
  const first = new Int32Array(columns + 1);
  for (let j = 0; j < columns; j++) {
    const most = j < d ? bounds[j].low.length - 1 : binOf[j - d].reduce((a, b) => Math.max(a, b), 0);
    first[j + 1] = first[j] + 1 + most;
  }
  const low = new Float64Array(first[columns]);
  const high = new Float64Array(first[columns]);
  bounds.forEach((own, j) => {
    low.set(own.low, first[j]);
    high.set(own.high, first[j]);
  });
  const levels = fields.map((field) => field.levels);
  return { size, numbers: d, levels, first, low, high, binOf, cells: cellsOf(bins, first, size), bins };
}

/** (bins) smallest and largest number in each bin of a column; of bin 0, of missing ones, they mean nothing. */
interface Bounds {
  low: Float64Array;
  high: Float64Array;
}

/** Fills `out` ((to − from)×m) with columns [from, to) of the numbers, one after the other. */
function turnColumns(
  { numeric: { columns, data }, size }: Examples,
  from: number,
  to: number,
  out: Float64Array,
): void {
  for (let i = 0; i < size; i++) {
    for (let j = from, at = i; j < to; j++, at += size) out[at] = data[i * columns + j];
  }
}

/** Cuts a column (m) and fills `bins` (m). */
function fillBins(values: Float64Array, bins: Uint8Array): Bounds {
  const edges = edgesOf(values);
  const low = new Float64Array(edges.length + 2).fill(Infinity);
  const high = new Float64Array(edges.length + 2).fill(-Infinity);
  const scale = SLOTS / (edges[edges.length - 1] - edges[0]);
  const begin = slotsOf(edges, scale);
  let last = Number.NaN;
  let bin = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    // Most columns of most tables say the same again and again.
    if (value === last) {
      bins[i] = bin;
      continue;
    }
    last = value;
    if (value !== value) bin = 0;
    else {
      const slot = slotIn((value - edges[0]) * scale);
      bin = 1 + countBelow(edges, value, begin[slot], begin[slot + 1]);
    }
    bins[i] = bin;
    if (value < low[bin]) low[bin] = value;
    if (value > high[bin]) high[bin] = value;
  }
  return { low, high };
}

/** Even slots that edges are sought in: most hold one or none. */
const SLOTS = 512;

/** (SLOTS + 2) how many edges lie in slots before each; a value is above all of those, and below all in later slots. */
function slotsOf(edges: Float64Array, scale: number): Int32Array {
  const begin = new Int32Array(SLOTS + 2);
  for (const edge of edges) begin[slotIn((edge - edges[0]) * scale) + 1]++;
  for (let slot = 1; slot < begin.length; slot++) begin[slot] += begin[slot - 1];
  return begin;
}

/** In [0, SLOTS], never falling as `place` grows. Where edges are infinite, equal or none (NaN), all are in the first slot. */
function slotIn(place: number): number {
  return place > 0 ? Math.floor(Math.min(place, SLOTS)) : 0;
}

/** (m×columns) row-major cells of bins that lie by column. */
function cellsOf(bins: Uint8Array, first: Int32Array, size: number): Binned['cells'] {
  const columns = first.length - 1;
  const cells = new (first[columns] > 65_536 ? Uint32Array : Uint16Array)(size * columns);
  for (let from = 0; from < size; from += ROWS_AT_ONCE) {
    const to = Math.min(from + ROWS_AT_ONCE, size);
    for (let j = 0; j < columns; j++) {
      for (let i = from; i < to; i++) cells[i * columns + j] = first[j] + bins[j * size + i];
    }
  }
  return cells;
}

/** Ascending cuts of a column: between neighbours where values are few, at even shares of the rows where they are many. */
function edgesOf(column: Float64Array): Float64Array {
  const stride = Math.ceil(column.length / TELLING_ROWS);
  const few = fewValues(column, stride);
  if (few) return Float64Array.from({ length: Math.max(0, few.length - 1) }, (_, v) => between(few[v], few[v + 1]));
  const values = new Float64Array(Math.ceil(column.length / stride));
  let n = 0;
  for (let i = 0; i < column.length; i += stride) {
    if (!Number.isNaN(column[i])) values[n++] = column[i];
  }
  const sorted = values.subarray(0, n).sort();
  const cuts: number[] = [];
  for (let k = 1; k < MOST_BINS; k++) {
    const at = ((n - 1) * k) / MOST_BINS;
    const cut = between(sorted[Math.floor(at)], sorted[Math.ceil(at)]);
    if (cuts.length === 0 || cut > cuts[cuts.length - 1]) cuts.push(cut);
  }
  return Float64Array.from(cuts);
}

/** The distinct values of every so many, ascending, where a bin each will do: most columns have few, and are spared the sorting. */
function fewValues(values: Float64Array, stride: number): Float64Array | undefined {
  const found = new Float64Array(MOST_BINS + 1);
  let count = 0;
  let last = Number.NaN;
  let before = Number.NaN;
  for (let i = 0; i < values.length; i += stride) {
    const value = values[i];
    if (value === last || value === before || value !== value) continue;
    before = last;
    last = value;
    const at = countBelow(found, value, 0, count);
    if (at < count && found[at] === value) continue;
    if (count === MOST_BINS) return undefined;
    found.copyWithin(at + 1, at, count);
    found[at] = value;
    count++;
  }
  return found.slice(0, count);
}

/** A number t with a ≤ t < b, or a where they are equal: the middle, unless rounding puts it at b. */
export function between(a: number, b: number): number {
  const middle = a / 2 + b / 2;
  // Half of the least number there is, is 0.
  return middle >= a && middle < b ? middle : a;
}

/** How many of the ascending edges are below the value: at least `from`, at most `to`. */
function countBelow(edges: Float64Array, value: number, from: number, to: number): number {
  while (from < to) {
    const middle = (from + to) >> 1;
    if (edges[middle] < value) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** (levels) a bin from 1 for each code that occurs, the most frequent where there are too many; 0 for the rest. */
function binsOfCodes(codes: Int32Array, levels: number): Uint8Array {
  const counts = new Int32Array(levels);
  for (const code of codes) if (code > 0 && code < levels) counts[code]++;
  let kept = Int32Array.from(counts.keys()).filter((code) => counts[code] > 0);
  if (kept.length > MOST_BINS) {
    kept = kept
      .sort((a, b) => counts[b] - counts[a] || a - b)
      .slice(0, MOST_BINS)
      .sort();
  }
  const bins = new Uint8Array(levels);
  kept.forEach((code, b) => (bins[code] = b + 1));
  return bins;
}
