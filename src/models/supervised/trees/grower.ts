/**
 * Grows trees over binned rows. Of two children only the smaller one's histogram is summed: the larger one's is what is left
 * of their parent's.
 */
import type { Binned } from './bins.ts';
import type { TreeBuilder } from './builder.ts';
import type { Criterion } from './criterion.ts';
import { splitSeeker } from './split-seeker.ts';
import type { Found } from './split-seeker.ts';

export interface Growth {
  /** ≥ 2 */
  maxLeaves: number;
  /** ≥ 1: splits on the way from the root to a leaf. */
  maxDepth: number;
  /** Which leaf is split next: that of the largest gain, the oldest (level by level), or the newest (least memory). */
  next: 'best' | 'oldest' | 'newest';
}

/** A leaf and the rows that stop there: `rows[from, to)`. */
export interface LeafRows {
  node: number;
  from: number;
  to: number;
}

interface Leaf extends LeafRows {
  depth: number;
  /** (channels) */
  sums: Float64Array;
}

/** A leaf that can be split. */
interface OpenLeaf {
  leaf: Leaf;
  histogram: Float64Array;
  found: Found;
}

/** Adds a tree grown on `rows` to the builder, split at `columns` alone, and puts `rows` in the order of its leaves. */
export type Grow = (builder: TreeBuilder, rows: Int32Array, columns: Int32Array) => LeafRows[];

/** Keeps its buffers from tree to tree. Throws RangeError where the rows have no columns. */
export function treeGrower(data: Binned, criterion: Criterion, growth: Growth): Grow {
  const { first, bins, size } = data;
  const width = first.length - 1;
  const { channels } = criterion;
  if (width === 0) throw new RangeError('trees: rows without columns');
  const seek = splitSeeker(data, criterion);
  const free: Float64Array[] = [];
  const said = new Float64Array(criterion.width);
  let scratch = new Int32Array(0);

  function addLeaf(builder: TreeBuilder, rows: Omit<Leaf, 'node'>): Leaf {
    criterion.leaf(rows.sums, said);
    return { ...rows, node: builder.leaf(said, criterion.cover(rows.sums)) };
  }

  const emptyHistogram = (): Float64Array => free.pop()?.fill(0) ?? new Float64Array(first[width] * channels);

  /** (channels) sums of the cells that go left. */
  function leftSums({ histogram, found: { column, sides } }: OpenLeaf): Float64Array {
    const sums = new Float64Array(channels);
    for (let c = 0; c < sides.length; c++) {
      if (sides[c] === 0) continue;
      const at = (first[column] + c) * channels;
      for (let k = 0; k < channels; k++) sums[k] += histogram[at + k];
    }
    return sums;
  }

  const mayOpen = ({ depth, sums }: Leaf): boolean => depth < growth.maxDepth && criterion.divisible(sums);

  /** Splits a leaf in two; `histogram` stays with the parent. */
  function divide(builder: TreeBuilder, rows: Int32Array, open: OpenLeaf): [Leaf, Leaf] {
    const { leaf, found } = open;
    const middle = partRows(rows, leaf, bins, found.column * size, found.sides, scratch);
    const sums = leftSums(open);
    const depth = leaf.depth + 1;
    const left = addLeaf(builder, { from: leaf.from, to: middle, depth, sums });
    const rest = leaf.sums.map((sum, k) => sum - sums[k]);
    const right = addLeaf(builder, { from: middle, to: leaf.to, depth, sums: rest });
    builder.split(leaf.node, found.split, left.node, right.node);
    return [left, right];
  }

  /** Makes the children's histograms of their parent's, which it uses up, and seeks their splits. */
  function reopen(
    rows: Int32Array,
    columns: Int32Array,
    children: readonly [Leaf, Leaf],
    whole: Float64Array,
  ): OpenLeaf[] {
    const rowsOf = ({ from, to }: Leaf): number => to - from;
    const [small, large] = rowsOf(children[0]) <= rowsOf(children[1]) ? children : [children[1], children[0]];
    const most = mayOpen(large);
    if (!most && !mayOpen(small)) {
      free.push(whole);
      return [];
    }
    const histogram = emptyHistogram();
    criterion.accumulate(rows, small.from, small.to, columns, histogram);
    if (most) subtract(whole, histogram);
    const sought = children.map((leaf) => (leaf === small ? { leaf, histogram } : { leaf, histogram: whole }));
    return sought.flatMap((one) => opened(one, columns));
  }

  function opened({ leaf, histogram }: Omit<OpenLeaf, 'found'>, columns: Int32Array): OpenLeaf[] {
    const found = mayOpen(leaf) ? seek(histogram, leaf.sums, columns) : undefined;
    if (found) return [{ leaf, histogram, found }];
    free.push(histogram);
    return [];
  }

  function root(builder: TreeBuilder, rows: Int32Array, columns: Int32Array): Omit<OpenLeaf, 'found'> {
    const histogram = emptyHistogram();
    criterion.accumulate(rows, 0, rows.length, columns, histogram);
    const sums = new Float64Array(channels);
    const column = columns[0];
    for (let c = first[column] * channels; c < first[column + 1] * channels; c++) sums[c % channels] += histogram[c];
    return { leaf: addLeaf(builder, { from: 0, to: rows.length, depth: 0, sums }), histogram };
  }

  return (builder, rows, columns) => {
    if (scratch.length < rows.length) scratch = new Int32Array(rows.length);
    const start = root(builder, rows, columns);
    const leaves = new Set([start.leaf]);
    const open = opened(start, columns);
    while (open.length > 0) {
      const one = takeNext(open, growth.next);
      const children = divide(builder, rows, one);
      leaves.delete(one.leaf);
      for (const child of children) leaves.add(child);
      if (leaves.size < growth.maxLeaves) {
        open.push(...reopen(rows, columns, children, one.histogram));
        continue;
      }
      free.push(one.histogram, ...open.map(({ histogram }) => histogram));
      break;
    }
    return [...leaves];
  };
}

function takeNext(open: OpenLeaf[], next: Growth['next']): OpenLeaf {
  if (next === 'newest') return open.pop() as OpenLeaf;
  if (next === 'oldest') return open.shift() as OpenLeaf;
  let best = 0;
  for (let k = 1; k < open.length; k++) if (open[k].found.gain > open[best].found.gain) best = k;
  return open.splice(best, 1)[0];
}

/** Puts the rows of a leaf that go left before the others and returns where those begin. */
function partRows(
  rows: Int32Array,
  { from, to }: LeafRows,
  bins: Uint8Array,
  start: number,
  sides: Uint8Array,
  scratch: Int32Array,
): number {
  let left = from;
  let right = 0;
  for (let r = from; r < to; r++) {
    const i = rows[r];
    if (sides[bins[start + i]] === 1) rows[left++] = i;
    else scratch[right++] = i;
  }
  rows.set(scratch.subarray(0, right), left);
  return left;
}

function subtract(from: Float64Array, less: Float64Array): void {
  for (let c = 0; c < from.length; c++) from[c] -= less[c];
}
