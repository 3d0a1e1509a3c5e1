/** Where rows stand while trees are added: their scores, the odds these mean, and the loss of those. */
import type { Matrix } from '../../../core/contracts.ts';
import { matrix } from '../../../core/matrix.ts';
import type { LabelledExamples } from '../examples.ts';
import type { LeafRows } from './grower.ts';
import { applyLink, fillRow, leafOf } from './tree.ts';
import type { Trees } from './tree.ts';

/** `rows[from, to)` stop at `node`, for each leaf. */
export interface RowsByLeaf {
  rows: Int32Array;
  leaves: readonly LeafRows[];
}

/** Where rounding leaves less than this of a probability, its loss is this one's. A product of two is a number still. */
const LEAST_ODDS = 1e-150;

export interface Standing {
  /** (m×outputs) probabilities as of the last `settle`. */
  odds: Matrix;
  /** Makes odds of the scores and returns their mean log loss [nats], rows weighted. */
  settle(): number;
  /** Adds a lone tree's values to one output: of rows whose leaves are known, or of all rows, led down the tree. */
  addLeaves(tree: Trees, output: number, where: RowsByLeaf): void;
  addTree(tree: Trees, output: number): void;
}

/** Every row begins at `base` (outputs). */
export function standingOf(rows: LabelledExamples, base: Float64Array): Standing {
  const { size } = rows;
  const outputs = base.length;
  const scores = matrix(size, outputs);
  for (let i = 0; i < size; i++) scores.data.set(base, i * outputs);
  const odds = matrix(size, outputs);
  let values: Matrix | undefined;
  return {
    odds,
    settle() {
      if (outputs === 1) settleTwo(scores.data, odds.data);
      else {
        odds.data.set(scores.data);
        for (let i = 0; i < size; i++) applyLink('softmax', outputs, odds.data, i * outputs);
      }
      return meanLoss(rows, odds);
    },
    addLeaves(tree, output, { rows: order, leaves }) {
      for (const { node, from, to } of leaves) {
        const value = tree.value[node];
        for (let r = from; r < to; r++) scores.data[order[r] * outputs + output] += value;
      }
    },
    addTree(tree, output) {
      values ??= valuesOf(rows);
      const { columns, data } = values;
      for (let i = 0; i < size; i++)
        scores.data[i * outputs + output] += tree.value[leafOf(tree, 0, data, i * columns)];
    },
  };
}

/** The logistic of each score. */
function settleTwo(scores: Float64Array, odds: Float64Array): void {
  for (let i = 0; i < scores.length; i++) odds[i] = 1 / (1 + Math.exp(-scores[i]));
}

/** Mean log loss [nats], rows weighted. */
function meanLoss({ size, label, weight }: LabelledExamples, { columns: outputs, data }: Matrix): number {
  let sum = 0;
  let total = 0;
  // A logarithm costs as much as the rest: one of a product serves many rows.
  let product = 1;
  for (let i = 0; i < size; i++) {
    const p = outputs === 1 ? data[i] : data[i * outputs + label[i]];
    const happened = Math.max(outputs === 1 && label[i] === 0 ? 1 - p : p, LEAST_ODDS);
    const w = weight ? weight[i] : 1;
    total += w;
    if (weight) sum -= w * Math.log(happened);
    else product *= happened;
    if (product > LEAST_ODDS) continue;
    sum -= Math.log(product);
    product = 1;
  }
  return (sum - Math.log(product)) / total;
}

/** (m×columns) */
function valuesOf(rows: LabelledExamples): Matrix {
  const out = matrix(rows.size, rows.numeric.columns + rows.fields.length);
  for (let i = 0; i < rows.size; i++) fillRow(rows, i, out.data, i * out.columns);
  return out;
}
