/**
 * Shapley values of trees, exactly and without enumerating coalitions: how much each column moves a row's score away from what
 * the trees say of a row not known at all. What is not known is taken from the rows that the trees grew on (path-dependent: a
 * split then sends a row both ways, by their cover).
 *
 * Lundberg et al. 2020, From local explanations to global understanding with explainable AI for trees, Nature Machine Intelligence 2,
 * algorithm 2. Missing values and sets of codes need nothing of their own: the algorithm asks only which child a row goes to.
 */
import type { Matrix } from '../../core/contracts.ts';
import { matrix } from '../../core/matrix.ts';
import { logOdds } from './model-game.ts';
import type { Examples } from '../supervised/examples.ts';
import type { SavedModel } from '../supervised/classifier.ts';
import { columnCount, fillRow, goesLeft, restoredTrees } from '../supervised/trees/tree.ts';
import type { Trees } from '../supervised/trees/tree.ts';

/** Explains one output of the trees: φ of a row and `base` add up to its score, before `link`. */
export interface TreeExplainer {
  /** What the trees say of a row of which nothing is known. */
  base: number;
  /** Columns of a row: numbers, then fields. */
  columns: number;
  /** Fills `phi` (columns) for a row (columns, as `fillRow` makes it). */
  fill: (row: Float64Array, phi: Float64Array) => void;
}

/** The trees of a saved `tree` or `gbdt`, on log-odds: a lone tree's leaves say probabilities, boosted trees add up log-odds. */
export function oddsTrees(saved: SavedModel): Trees {
  const trees = restoredTrees(saved);
  return saved.kind === 'tree' ? { ...trees, value: trees.value.map(logOdds) } : trees;
}

/** φ (m×columns) of every row. Throws RangeError where rows have other columns than the trees. */
export function treeAttributions({ columns, fill }: TreeExplainer, rows: Examples): Matrix {
  if (rows.numeric.columns + rows.fields.length !== columns) {
    throw new RangeError(`tree SHAP: ${rows.numeric.columns + rows.fields.length} columns, not ${columns}`);
  }
  const out = matrix(rows.size, columns);
  const row = new Float64Array(columns);
  for (let i = 0; i < rows.size; i++) {
    fillRow(rows, i, row);
    fill(row, out.data.subarray(i * columns, (i + 1) * columns));
  }
  return out;
}

/** Path-dependent tree SHAP of output `output`, O(leaves × depth²) a row and tree. */
export function treeShap(trees: Trees, output = 0): TreeExplainer {
  const { feature, left, right, cover } = trees;
  const own = treesOf(trees, output);
  const path = pathOf(deepest(trees));
  const columns = columnCount(trees);

  /** Goes down with `depth` columns on the path that lies at `from`; the last of them, `column`, is still to be added. */
  function visit(node: number, parent: number, depth: number, zero: number, one: number, column: number): void {
    const at = parent + depth;
    path.copy(parent, at, depth);
    path.extend(at, depth, zero, one, column);
    const split = feature[node];
    if (split < 0) {
      const value = own.valueOf(node);
      for (let e = 1; e <= depth; e++) {
        phiOf[path.column[at + e]] += path.unwoundSum(at, depth, e) * (path.one[at + e] - path.zero[at + e]) * value;
      }
      return;
    }
    const goes = goesLeft(trees, node, rowOf[split]);
    const hot = goes ? left[node] : right[node];
    const cold = goes ? right[node] : left[node];
    const known = path.find(at, depth, split);
    const before = known < 0 ? 1 : path.zero[at + known];
    const so = known < 0 ? 1 : path.one[at + known];
    if (known >= 0) path.unwind(at, depth, known);
    const next = known < 0 ? depth + 1 : depth;
    const hotZero = before * shareOf(cover, hot, node);
    const coldZero = before * shareOf(cover, cold, node);
    // A child that no row came through, and this one doesn't, has no weight in any coalition.
    if (hotZero > 0 || so > 0) visit(hot, at, next, hotZero, so, split);
    if (coldZero > 0) visit(cold, at, next, coldZero, 0, split);
  }

  let rowOf = new Float64Array(0);
  let phiOf = rowOf;
  return {
    base: trees.base[output] + own.roots.reduce((sum, root) => sum + expectation(trees, root, own.valueOf), 0),
    columns,
    fill(row, phi) {
      rowOf = row as Float64Array<ArrayBuffer>;
      phiOf = phi.fill(0) as Float64Array<ArrayBuffer>;
      for (const root of own.roots) visit(root, 0, 0, 1, 1, -1);
    },
  };
}

/** The trees that add to an output, and what a node of theirs adds. */
export function treesOf(
  { root, outputs, width, value }: Trees,
  output: number,
): { roots: number[]; valueOf: (node: number) => number } {
  if (output < 0 || output >= outputs) throw new RangeError(`tree SHAP: output ${output} of ${outputs}`);
  return width > 1
    ? { roots: [...root], valueOf: (node) => value[node * width + output] }
    : { roots: [...root].filter((_, t) => t % outputs === output), valueOf: (node) => value[node] };
}

function expectation({ feature, left, right, cover }: Trees, root: number, valueOf: (node: number) => number): number {
  const under = (node: number): number =>
    feature[node] < 0
      ? valueOf(node)
      : shareOf(cover, left[node], node) * under(left[node]) + shareOf(cover, right[node], node) * under(right[node]);
  return under(root);
}

/** Of the node's rows, by weight, those that went to the child; half where none has weight. */
function shareOf(cover: Float64Array, child: number, node: number): number {
  return cover[node] > 0 ? cover[child] / cover[node] : 0.5;
}

function deepest({ root, feature, left, right }: Trees): number {
  const depth = new Int32Array(feature.length);
  let most = 0;
  for (const at of root) depth[at] = 0;
  for (let node = 0; node < feature.length; node++) {
    if (feature[node] < 0) continue;
    // Children have larger numbers than their parents.
    depth[left[node]] = depth[right[node]] = depth[node] + 1;
    most = Math.max(most, depth[node] + 1);
  }
  return most;
}

/** Columns on the way down, and the weights of coalitions by size; each depth's path lies after its parent's. */
interface Path {
  column: Int32Array;
  /** What share of the paths goes this way without the column, and with it. */
  zero: Float64Array;
  one: Float64Array;
  copy(from: number, to: number, count: number): void;
  extend(at: number, depth: number, zero: number, one: number, column: number): void;
  /** Takes entry `index` off again. */
  unwind(at: number, depth: number, index: number): void;
  /** Sum of the weights that `unwind` would leave. */
  unwoundSum(at: number, depth: number, index: number): number;
  find(at: number, depth: number, column: number): number;
}

function pathOf(depth: number): Path {
  const size = ((depth + 3) * (depth + 4)) / 2;
  const column = new Int32Array(size);
  const zero = new Float64Array(size);
  const one = new Float64Array(size);
  const weight = new Float64Array(size);
  return {
    column,
    zero,
    one,
    copy(from, to, count) {
      for (let e = 0; e < count; e++) {
        column[to + e] = column[from + e];
        zero[to + e] = zero[from + e];
        one[to + e] = one[from + e];
        weight[to + e] = weight[from + e];
      }
    },
    extend(at, last, without, withIt, added) {
      column[at + last] = added;
      zero[at + last] = without;
      one[at + last] = withIt;
      weight[at + last] = last === 0 ? 1 : 0;
      for (let e = last - 1; e >= 0; e--) {
        weight[at + e + 1] += (withIt * weight[at + e] * (e + 1)) / (last + 1);
        weight[at + e] *= (without * (last - e)) / (last + 1);
      }
    },
    unwind(at, last, index) {
      const withIt = one[at + index];
      const without = zero[at + index];
      let next = weight[at + last];
      for (let e = last - 1; e >= 0; e--) {
        if (withIt === 0) {
          weight[at + e] *= (last + 1) / (without * (last - e));
          continue;
        }
        const kept = weight[at + e];
        weight[at + e] = (next * (last + 1)) / ((e + 1) * withIt);
        next = kept - (weight[at + e] * without * (last - e)) / (last + 1);
      }
      for (let e = index; e < last; e++) {
        column[at + e] = column[at + e + 1];
        zero[at + e] = zero[at + e + 1];
        one[at + e] = one[at + e + 1];
      }
    },
    unwoundSum(at, last, index) {
      const withIt = one[at + index];
      const without = zero[at + index];
      let next = weight[at + last];
      let total = 0;
      for (let e = last - 1; e >= 0; e--) {
        if (withIt === 0) {
          total += (weight[at + e] * (last + 1)) / (without * (last - e));
          continue;
        }
        const part = (next * (last + 1)) / ((e + 1) * withIt);
        total += part;
        next = weight[at + e] - (part * without * (last - e)) / (last + 1);
      }
      return total;
    },
    find(at, last, sought) {
      for (let e = 1; e <= last; e++) if (column[at + e] === sought) return e;
      return -1;
    },
  };
}
