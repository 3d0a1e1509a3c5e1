/**
 * Cost-complexity pruning (Breiman et al. 1984, CART, ch. 3): the split whose removal costs least risk per leaf saved goes first,
 * then the next; what each step does to the loss on held-out rows is known without growing or leading anything again.
 */
import type { Matrix } from '../../../core/contracts.ts';
import type { LabelledExamples } from '../examples.ts';
import { treeBuilder } from './builder.ts';
import { columnCount, fillRow, goesLeft } from './tree.ts';
import type { Trees } from './tree.ts';

/** A step of pruning. */
export interface PruningStep {
  /** What becomes a leaf; −1 at the beginning, where nothing does. */
  node: number;
  /** Risk per leaf saved; steps ascend in it. */
  alpha: number;
  /** Summed loss on the held-out rows of the tree that is left. */
  heldLoss: number;
}

/**
 * The whole sequence, from the tree as it grew to its root alone. `risk` (nodes) is what a node costs as a leaf; `heldLoss`
 * (nodes) is the same on other rows.
 */
export function pruningSteps(tree: Trees, risk: Float64Array, heldLoss: Float64Array): PruningStep[] {
  const { feature, left, right } = tree;
  const nodes = feature.length;
  const parent = new Int32Array(nodes).fill(-1);
  // Of the tree below each node, as it is pruned so far.
  const leaves = new Int32Array(nodes).fill(1);
  const below = risk.slice();
  const heldBelow = heldLoss.slice();
  const inner: number[] = [];
  for (let t = nodes - 1; t >= 0; t--) {
    if (feature[t] < 0) continue;
    inner.push(t);
    parent[left[t]] = parent[right[t]] = t;
    leaves[t] = leaves[left[t]] + leaves[right[t]];
    below[t] = below[left[t]] + below[right[t]];
    heldBelow[t] = heldBelow[left[t]] + heldBelow[right[t]];
  }
  const steps: PruningStep[] = [{ node: -1, alpha: 0, heldLoss: heldBelow[0] }];
  while (leaves[0] > 1) {
    let weakest = -1;
    let alpha = Infinity;
    for (const t of inner) {
      if (leaves[t] === 1) continue;
      const cost = (risk[t] - below[t]) / (leaves[t] - 1);
      if (cost >= alpha) continue;
      alpha = cost;
      weakest = t;
    }
    const saved = leaves[weakest] - 1;
    const more = risk[weakest] - below[weakest];
    const heldMore = heldLoss[weakest] - heldBelow[weakest];
    for (let t = weakest; t >= 0; t = parent[t]) {
      leaves[t] -= saved;
      below[t] += more;
      heldBelow[t] += heldMore;
    }
    // What lies below is gone with it: each split is asked once more only if a leaf is left beneath.
    const gone = [left[weakest], right[weakest]];
    for (let t = gone.pop(); t !== undefined; t = gone.pop()) {
      leaves[t] = 1;
      if (feature[t] >= 0) gone.push(left[t], right[t]);
    }
    steps.push({ node: weakest, alpha: Math.max(alpha, steps[steps.length - 1].alpha), heldLoss: heldBelow[0] });
  }
  return steps;
}

/**
 * The α under which the held-out loss is lowest, of equal ones that of the smallest tree: halfway (in logarithms) to the step
 * after, as a tree grown on more rows has other steps.
 */
export function bestAlpha(steps: readonly PruningStep[]): number {
  let best = 0;
  for (let s = 1; s < steps.length; s++) if (steps[s].heldLoss <= steps[best].heldLoss) best = s;
  const [from, to] = [steps[best].alpha, steps[best + 1]?.alpha ?? Infinity];
  return to === Infinity ? from : Math.sqrt(from * to);
}

/** The tree without the splits that α does not pay for, its nodes saying `values` (nodes×columns) of their old numbers. */
export function prunedTree(tree: Trees, steps: readonly PruningStep[], alpha: number, values: Matrix): Trees {
  const cut = new Set(steps.filter((step) => step.alpha <= alpha).map(({ node }) => node));
  const { columns, data } = values;
  const builder = treeBuilder(tree.numbers, tree.levels, columns);
  const add = (t: number): number => builder.leaf(data.subarray(t * columns, (t + 1) * columns), tree.cover[t]);
  const open: [from: number, to: number][] = [[0, add(0)]];
  for (let next = open.pop(); next; next = open.pop()) {
    const [t, to] = next;
    if (tree.feature[t] < 0 || cut.has(t)) continue;
    const [left, right] = [add(tree.left[t]), add(tree.right[t])];
    const column = tree.feature[t];
    const set = tree.set[t];
    const words = set < 0 ? 0 : Math.ceil(tree.levels[column - tree.numbers] / 32);
    const members = set < 0 ? undefined : tree.members.subarray(set, set + words);
    builder.split(
      to,
      { column, threshold: tree.threshold[t], members, missingLeft: tree.missingLeft[t] === 1 },
      left,
      right,
    );
    open.push([tree.right[t], right], [tree.left[t], left]);
  }
  return builder.finish();
}

/** (nodes) summed loss [nats] of the rows that come through, where nodes say `values` (nodes×classes). */
export function lossByNode(tree: Trees, values: Matrix, rows: LabelledExamples): Float64Array {
  const { label, weight } = rows;
  const loss = new Float64Array(tree.feature.length);
  const row = new Float64Array(columnCount(tree));
  for (let i = 0; i < rows.size; i++) {
    fillRow(rows, i, row);
    for (let t = 0; t >= 0;) {
      loss[t] -= (weight ? weight[i] : 1) * Math.log(Math.max(values.data[t * values.columns + label[i]], 1e-15));
      const column = tree.feature[t];
      t = column < 0 ? -1 : goesLeft(tree, t, row[column]) ? tree.left[t] : tree.right[t];
    }
  }
  return loss;
}
