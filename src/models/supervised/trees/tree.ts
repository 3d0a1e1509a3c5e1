/**
 * Decision trees as flat arrays: what learners write, predictions walk and explanations (exact tree SHAP) read. A lone tree and
 * an ensemble have one form. Nodes of all trees share the arrays; a child's number is larger than its parent's.
 *
 * A row's score is `base` plus the values of one leaf of each tree; `link` makes probabilities of scores.
 *
 * Columns number the features: column j < `numbers` is number j of `Examples.numeric`, column `numbers` + f is field f.
 * At a split a row goes left where
 * - its number is at most `threshold`; a missing number (NaN) where `missingLeft` is 1;
 * - its code is in the node's set; a code outside [0, levels) where `missingLeft` is 1. Sets say of code 0 what `missingLeft` says.
 */
import type { Matrix } from '../../../core/contracts.ts';
import type { Examples } from '../examples.ts';
import type { SavedModel } from '../classifier.ts';

/** What makes probabilities of scores. */
export type Link = 'identity' | 'logistic' | 'softmax';

export interface Trees {
  /** d */
  numbers: number;
  /** (fields) levels that each field had where the trees grew. */
  levels: readonly number[];
  /** Scores of a row: `outputsOf(classes)`. */
  outputs: number;
  /** Values of a node: `outputs`, or 1 where trees take turns. Value j of tree t adds to output (t·width + j) mod outputs. */
  width: number;
  link: Link;
  /** (outputs) the score before any tree. */
  base: Float64Array;
  /** (trees) node at which each tree begins. */
  root: Int32Array;
  /** (nodes) column that the node splits at; −1 at a leaf. */
  feature: Int32Array;
  /** (nodes) of splits at a number; NaN elsewhere. */
  threshold: Float64Array;
  /** (nodes) of splits at a field: word of `members` at which the node's set begins; −1 elsewhere. */
  set: Int32Array;
  /** Sets of codes, ⌈levels/32⌉ words each: code c is in a set where bit c mod 32 of its word ⌊c/32⌋ is 1. */
  members: Int32Array;
  /** (nodes) 1 where missing and unseen values go left. */
  missingLeft: Int32Array;
  /** (nodes) children; −1 at a leaf. */
  left: Int32Array;
  right: Int32Array;
  /** (nodes×width) what the node says where a row stops there; inner nodes have values as well. */
  value: Float64Array;
  /** (nodes) weight of the rows the tree grew on that came through; a split's is the sum of its children's. */
  cover: Float64Array;
}

/** The arrays of `Trees` by name, for saving. */
const ARRAYS = ['base', 'root', 'feature', 'threshold', 'set', 'members', 'missingLeft', 'left', 'right'] as const;
const ALL_ARRAYS = [...ARRAYS, 'value', 'cover'] as const;

/** Rows that are led down a tree before the next tree's turn. */
const ROWS_AT_ONCE = 256;

/** How many columns a row has. */
export function columnCount({ numbers, levels }: Pick<Trees, 'numbers' | 'levels'>): number {
  return numbers + levels.length;
}

/** True where a row with `value` (a number or a code) in the node's column goes left. */
export function goesLeft(trees: Trees, node: number, value: number): boolean {
  const at = trees.set[node];
  if (at < 0) return value <= trees.threshold[node] || (value !== value && trees.missingLeft[node] === 1);
  const known = value >= 0 && value < trees.levels[trees.feature[node] - trees.numbers];
  return known ? ((trees.members[at + (value >> 5)] >>> (value & 31)) & 1) === 1 : trees.missingLeft[node] === 1;
}

/** Fills `out` (columns, from `at`) with row i: its numbers, then its codes. */
export function fillRow({ numeric, fields }: Examples, i: number, out: Float64Array, at = 0): void {
  const d = numeric.columns;
  for (let j = 0; j < d; j++) out[at + j] = numeric.data[i * d + j];
  for (let f = 0; f < fields.length; f++) out[at + d + f] = fields[f].codes[i];
}

/** The leaf at which a row (columns, from `start` of `row`) stops that begins at `node`. */
export function leafOf(trees: Trees, node: number, row: Float64Array, start = 0): number {
  const { numbers, levels, feature, threshold, set, members, missingLeft, left, right } = trees;
  let at = node;
  for (let column = feature[at]; column >= 0; column = feature[at]) {
    const x = row[start + column];
    const from = set[at];
    let goes: boolean;
    if (from < 0) goes = x <= threshold[at] || (x !== x && missingLeft[at] === 1);
    else if (x >= 0 && x < levels[column - numbers]) goes = ((members[from + (x >> 5)] >>> (x & 31)) & 1) === 1;
    else goes = missingLeft[at] === 1;
    at = goes ? left[at] : right[at];
  }
  return at;
}

/** Fills `out` (outputs, from `at`) with the scores of one row (columns), before `link`. */
export function fillScores(trees: Trees, row: Float64Array, out: Float64Array, at: number): void {
  const { outputs, width, base, root, value } = trees;
  for (let o = 0; o < outputs; o++) out[at + o] = base[o];
  for (let t = 0; t < root.length; t++) {
    const leaf = leafOf(trees, root[t], row);
    if (width === 1) out[at + (t % outputs)] += value[leaf];
    else for (let o = 0; o < width; o++) out[at + o] += value[leaf * width + o];
  }
}

/** Makes probabilities of the scores of one row, in place. */
export function applyLink(link: Link, outputs: number, out: Float64Array, at: number): void {
  if (link === 'logistic') out[at] = 1 / (1 + Math.exp(-out[at]));
  if (link !== 'softmax') return;
  let most = -Infinity;
  for (let o = 0; o < outputs; o++) most = Math.max(most, out[at + o]);
  let sum = 0;
  for (let o = 0; o < outputs; o++) sum += out[at + o] = Math.exp(out[at + o] - most);
  for (let o = 0; o < outputs; o++) out[at + o] /= sum;
}

/** Fills `out` (m×outputs) with probabilities. Throws RangeError where rows have other columns than the trees. */
export function predictTrees(trees: Trees, rows: Examples, out: Matrix): void {
  const { numbers, levels, outputs, link } = trees;
  if (rows.numeric.columns !== numbers || rows.fields.length !== levels.length) {
    throw new RangeError(
      `trees: ${rows.numeric.columns} numbers and ${rows.fields.length} fields, not ${numbers} and ${levels.length}`,
    );
  }
  const columns = columnCount(trees);
  const block = new Float64Array(Math.min(rows.size, ROWS_AT_ONCE) * columns);
  for (let from = 0; from < rows.size; from += ROWS_AT_ONCE) {
    const to = Math.min(from + ROWS_AT_ONCE, rows.size);
    for (let i = from; i < to; i++) fillRow(rows, i, block, (i - from) * columns);
    addScores(trees, block, columns, out.data.subarray(from * outputs, to * outputs));
  }
  for (let i = 0; i < rows.size; i++) applyLink(link, outputs, out.data, i * outputs);
}

/** Fills `out` (rows×outputs) with the scores of a block of rows: tree by tree, as one tree fits into the nearest cache. */
function addScores(trees: Trees, block: Float64Array, columns: number, out: Float64Array): void {
  const { outputs, width, base, root, value } = trees;
  for (let at = 0; at < out.length; at += outputs) out.set(base, at);
  for (let t = 0; t < root.length; t++) {
    for (let at = 0, start = 0; at < out.length; at += outputs, start += columns) {
      const leaf = leafOf(trees, root[t], block, start);
      if (width === 1) out[at + (t % outputs)] += value[leaf];
      else for (let o = 0; o < width; o++) out[at + o] += value[leaf * width + o];
    }
  }
}

/** Trees as JSON values and arrays, for `SavedModel`: explanations of a fitted model read its trees from what it saves. */
export function savedTrees(trees: Trees): Pick<SavedModel, 'settings' | 'arrays'> {
  const { numbers, levels, outputs, width, link } = trees;
  return {
    settings: { numbers, levels, outputs, width, link },
    arrays: Object.fromEntries(ALL_ARRAYS.map((name) => [name, trees[name]])),
  };
}

/** The trees that were saved. */
export function restoredTrees({ settings, arrays }: Pick<SavedModel, 'settings' | 'arrays'>): Trees {
  const { numbers, levels, outputs, width, link } = settings as unknown as Trees;
  return { numbers, levels, outputs, width, link, ...(arrays as unknown as Pick<Trees, (typeof ALL_ARRAYS)[number]>) };
}
