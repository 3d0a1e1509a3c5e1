/**
 * A model in a few sentences: a shallow tree that learns what the model predicts, how well it does so on rows it did not grow on,
 * and each of its leaves as a rule. (Craven & Shavlik 1996, Extracting tree-structured representations of trained networks.)
 */
import { wilson } from '../../core/intervals.ts';
import { clusteredRate } from '../../core/statistics.ts';
import { meanInfluence, measured } from '../metrics/influence.ts';
import type { Measured } from '../metrics/influence.ts';
import type { Examples, LabelledExamples } from '../supervised/examples.ts';
import { binned } from '../supervised/trees/bins.ts';
import { treeBuilder } from '../supervised/trees/builder.ts';
import { treeGrower } from '../supervised/trees/grower.ts';
import { newtonCriterion } from '../supervised/trees/newton-criterion.ts';
import { columnCount, fillRow, leafOf } from '../supervised/trees/tree.ts';
import type { Trees } from '../supervised/trees/tree.ts';
import { conditionsAt, conditionWords } from './conditions.ts';

export interface Rule {
  /** `PageValues is above 12 and Month is Nov`; empty where the tree is one leaf. */
  where: string;
  /** Held-out rows there, and the share of them that have the class. */
  rows: number;
  observed: Measured;
  /** Mean of what the model says there. */
  predicted: number;
}

export interface Surrogate {
  tree: Trees;
  /** On the held-out rows: the share of the predictions' variance that the tree has (R²). */
  fidelity: Measured;
  /** On the same rows: how often tree and model lie on the same side of the mean prediction. */
  agreement: Measured;
  heldOut: number;
  /** The highest prediction first. */
  rules: Rule[];
}

export interface SurrogateOptions {
  maxLeaves?: number;
  maxDepth?: number;
  minRowsPerLeaf?: number;
  level?: number;
}

/** The tree of least squares that the predictions (m) of the rows grow. Throws RangeError where the rows have no columns. */
export function surrogateTree(
  rows: Examples,
  predicted: Float64Array,
  { maxLeaves = 8, maxDepth = 3, minRowsPerLeaf = 50 }: SurrogateOptions = {},
): Trees {
  const data = binned(rows);
  // One Newton step of the squared error, from 0, is the mean.
  const gradient = predicted.map((value) => -value);
  const curvature = new Float64Array(rows.size).fill(1);
  const criterion = newtonCriterion(data, gradient, curvature, { l2: 0, learningRate: 1, minRowsPerLeaf });
  const builder = treeBuilder(data.numbers, data.levels, 1);
  const grow = treeGrower(data, criterion, { maxLeaves, maxDepth, next: 'best' });
  const upTo = (n: number): Int32Array => Int32Array.from({ length: n }, (_, i) => i);
  grow(builder, upTo(rows.size), upTo(data.first.length - 1));
  return builder.finish();
}

/** How a tree and a model's predictions (m) of held-out rows go together, and the leaves in words. `c`: the class spoken of. */
export function surrogateOn(
  tree: Trees,
  rows: LabelledExamples,
  predicted: Float64Array,
  { c = 1, level = 0.95 }: { c?: number; level?: number } = {},
): Surrogate {
  const row = new Float64Array(columnCount(tree));
  const leaf = Int32Array.from({ length: rows.size }, (_, i) => {
    fillRow(rows, i, row);
    return leafOf(tree, tree.root[0], row);
  });
  const { group, size } = rows;
  const mean = predicted.reduce((sum, p) => sum + p / size, 0);
  const agrees = Float64Array.from(leaf, (at, i) => (tree.value[at] > mean === predicted[i] > mean ? 1 : 0));
  const rules = [...new Set(leaf)].map((at) => ruleOf(tree, at, { rows, leaf, predicted, c, level }));
  return {
    tree,
    fidelity: measured(
      explained(
        predicted,
        Float64Array.from(leaf, (at) => tree.value[at]),
      ),
      { group, level },
    ),
    agreement: measured(meanInfluence(agrees), { group, level, bounds: [0, 1] }),
    heldOut: size,
    rules: rules.sort((a, b) => b.predicted - a.predicted),
  };
}

interface Leaves {
  rows: LabelledExamples;
  leaf: Int32Array;
  predicted: Float64Array;
  c: number;
  level: number;
}

function ruleOf(tree: Trees, at: number, { rows, leaf, predicted, c, level }: Leaves): Rule {
  const inside = Array.from(leaf.keys()).filter((i) => leaf[i] === at);
  const hits = inside.filter((i) => rows.label[i] === c).length;
  return {
    where: conditionWords(conditionsAt(tree, at, rows)),
    rows: inside.length,
    observed: {
      value: hits / inside.length,
      interval: shareInterval(rows, inside, c, level) ?? wilson(hits, inside.length, level),
    },
    predicted: inside.reduce((sum, i) => sum + predicted[i] / inside.length, 0),
  };
}

/** Over groups, where there are groups. */
function shareInterval(
  { group, label }: LabelledExamples,
  inside: readonly number[],
  c: number,
  level: number,
): readonly [number, number] | null {
  if (!group) return null;
  const hits = new Map<number, number>();
  const trials = new Map<number, number>();
  for (const i of inside) {
    trials.set(group[i], (trials.get(group[i]) ?? 0) + 1);
    hits.set(group[i], (hits.get(group[i]) ?? 0) + (label[i] === c ? 1 : 0));
  }
  if (trials.size === inside.length) return null;
  return clusteredRate([...hits.values()], [...trials.values()], level)?.interval ?? null;
}

/** 1 − Σ(y − ŷ)²/Σ(y − ȳ)², and how each row moves it. */
function explained(y: Float64Array, fitted: Float64Array): { value: number; influence: Float64Array } {
  const m = y.length;
  const mean = y.reduce((sum, one) => sum + one / m, 0);
  let [left, all] = [0, 0];
  for (let i = 0; i < m; i++) {
    left += (y[i] - fitted[i]) ** 2 / m;
    all += (y[i] - mean) ** 2 / m;
  }
  const influence = Float64Array.from(y, (one, i) => ((left / all) * (one - mean) ** 2 - (one - fitted[i]) ** 2) / all);
  return { value: 1 - left / all, influence };
}
