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

/** Learns where to cut from the rows, and cuts them. */
export function binned(rows: Examples): Binned {
  const { numeric, fields, size } = rows;
  const d = numeric.columns;
  const columns = d + fields.length;
  const edges = Array.from({ length: d }, (_, j) => edgesOf(rows, j));
  const binOf = fields.map(({ codes, levels }) => binsOfCodes(codes, levels));
  const first = new Int32Array(columns + 1);
  for (let j = 0; j < columns; j++) {
    const bins = j < d ? edges[j].length + 1 : binOf[j - d].reduce((most, bin) => Math.max(most, bin), 0);
    first[j + 1] = first[j] + 1 + bins;
  }
  const total = first[columns];
  const cells = new (total > 65_536 ? Uint32Array : Uint16Array)(size * columns);
  const low = new Float64Array(total).fill(Infinity);
  const high = new Float64Array(total).fill(-Infinity);
  for (let j = 0; j < d; j++) {
    for (let i = 0; i < size; i++) {
      const value = numeric.data[i * d + j];
      const cell = first[j] + (Number.isNaN(value) ? 0 : 1 + countBelow(edges[j], value, edges[j].length));
      cells[i * columns + j] = cell;
      if (value < low[cell]) low[cell] = value;
      if (value > high[cell]) high[cell] = value;
    }
  }
  fields.forEach(({ codes, levels }, f) => {
    const [bins, from] = [binOf[f], first[d + f]];
    for (let i = 0; i < size; i++) {
      const code = codes[i];
      cells[i * columns + d + f] = from + (code >= 0 && code < levels ? bins[code] : 0);
    }
  });
  const bins = new Uint8Array(columns * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < columns; j++) bins[j * size + i] = cells[i * columns + j] - first[j];
  }
  return { size, numbers: d, levels: fields.map(({ levels }) => levels), first, low, high, binOf, cells, bins };
}

/** Ascending cuts of a column: between neighbours where values are few, at even shares of the rows where they are many. */
function edgesOf({ numeric: { columns, data }, size }: Examples, j: number): Float64Array {
  const stride = Math.ceil(size / TELLING_ROWS);
  const values = new Float64Array(Math.ceil(size / stride));
  let n = 0;
  for (let i = 0; i < size; i += stride) {
    const value = data[i * columns + j];
    if (!Number.isNaN(value)) values[n++] = value;
  }
  const few = fewValues(values.subarray(0, n));
  if (few) return Float64Array.from({ length: Math.max(0, few.length - 1) }, (_, v) => between(few[v], few[v + 1]));
  const sorted = values.subarray(0, n).sort();
  const cuts: number[] = [];
  for (let k = 1; k < MOST_BINS; k++) {
    const at = ((n - 1) * k) / MOST_BINS;
    const cut = between(sorted[Math.floor(at)], sorted[Math.ceil(at)]);
    if (cuts.length === 0 || cut > cuts[cuts.length - 1]) cuts.push(cut);
  }
  return Float64Array.from(cuts);
}

/** The distinct values, ascending, where a bin each will do: most columns have few, and are spared the sorting. */
function fewValues(values: Float64Array): Float64Array | undefined {
  const found = new Float64Array(MOST_BINS + 1);
  let count = 0;
  for (const value of values) {
    const at = countBelow(found, value, count);
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
  return middle < b ? middle : a;
}

/** How many of the ascending edges (the first `count`) are below the value. */
function countBelow(edges: Float64Array, value: number, count: number): number {
  let from = 0;
  let to = count;
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
