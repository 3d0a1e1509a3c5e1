/** A decision tree: classification by CART, pruned on rows that it did not grow on. */
import type { FitReport, Matrix, Random } from '../../../core/contracts.ts';
import { matrix } from '../../../core/matrix.ts';
import { outputsOf } from '../classifier.ts';
import type { Classifier, SavedModel } from '../classifier.ts';
import { checkLabelled } from '../examples.ts';
import type { LabelledExamples } from '../examples.ts';
import { heldOut } from '../held-out.ts';
import { binned } from './bins.ts';
import { treeBuilder } from './builder.ts';
import { classCriterion, purity } from './class-criterion.ts';
import type { Impurity } from './class-criterion.ts';
import { treeGrower } from './grower.ts';
import { bestAlpha, lossByNode, prunedTree, pruningSteps } from './pruning.ts';
import type { PruningStep } from './pruning.ts';
import { predictTrees, restoredTrees, savedTrees } from './tree.ts';
import type { Trees } from './tree.ts';

export interface DecisionTreeSettings {
  kind: 'tree';
  name?: string | undefined;
  impurity: Impurity;
  maxDepth: number;
  minRowsPerLeaf: number;
  /** On held-out rows, or at a given α: impurity × share of the rows that a leaf must save (scikit-learn's ccp_alpha). */
  pruning: 'validation' | number;
  /** ≥ 0: so many rows of the whole's class shares are added to each leaf's. */
  smoothing: number;
}

/** CART (Breiman et al. 1984) on at most 255 bins of a number. Reads no sequences. A fit draws the rows it holds out. */
export function decisionTree(settings: DecisionTreeSettings, saved?: SavedModel): Classifier {
  const name = settings.name ?? settings.kind;
  let tree: Trees | undefined = saved && restoredTrees(saved);
  return {
    name,
    fit(train, random, validation) {
      checkLabelled(train, 'training rows');
      const { tree: grown, report } = learn(settings, train, random, validation);
      tree = grown;
      return Promise.resolve({ model: name, rows: train.size, loss: [], ...report });
    },
    predict(rows, out) {
      if (!tree) throw new Error(`${name}: predict before fit`);
      predictTrees(tree, rows, out);
    },
    save() {
      if (!tree) throw new Error(`${name}: save before fit`);
      const { settings: shape, arrays } = savedTrees(tree);
      return { kind: settings.kind, settings: { ...settings, ...shape }, arrays };
    },
  };
}

type Told = Pick<FitReport, 'steps' | 'validationLoss' | 'warnings'>;

/** Grows on all rows and prunes at the α that was given, or that did best on rows which no split had seen. */
function learn(
  settings: DecisionTreeSettings,
  all: LabelledExamples,
  random: Random,
  validation: LabelledExamples | undefined,
): { tree: Trees; report: Told } {
  const { pruning } = settings;
  const whole = grownTree(settings, all);
  if (pruning !== 'validation') return finished(whole, stepsOf(settings, whole), pruning, []);
  const split = validation ? { train: all, held: validation } : heldOut(all, random);
  if (!split) return finished(whole, stepsOf(settings, whole), 0, []);
  const part = validation ? whole : grownTree(settings, split.train);
  const partSteps = stepsOf(settings, part, split.held);
  const losses = partSteps.map(({ heldLoss }) => heldLoss / split.held.size);
  const steps = validation ? partSteps : stepsOf(settings, whole);
  return finished(whole, steps, bestAlpha(partSteps), losses);
}

interface Grown {
  tree: Trees;
  /** (nodes×classes) */
  odds: Matrix;
}

function finished(
  { tree, odds }: Grown,
  steps: readonly PruningStep[],
  alpha: number,
  validationLoss: number[],
): { tree: Trees; report: Told } {
  const outputs = outputsOf(odds.columns);
  const values =
    outputs > 1
      ? odds
      : matrix(
          odds.rows,
          1,
          odds.data.filter((_, c) => c % 2 === 1),
        );
  const left = prunedTree(tree, steps, alpha, values);
  const leaves = left.feature.reduce((count, column) => count + (column < 0 ? 1 : 0), 0);
  return { tree: left, report: { steps: leaves, validationLoss, warnings: [] } };
}

/** The tree as it grows, its leaves saying weights, and the odds these mean. */
function grownTree(settings: DecisionTreeSettings, train: LabelledExamples): Grown {
  const { impurity, maxDepth, minRowsPerLeaf, smoothing } = settings;
  const data = binned(train);
  const criterion = classCriterion(data, train, impurity, minRowsPerLeaf);
  const builder = treeBuilder(data.numbers, data.levels, train.classes);
  const grow = treeGrower(data, criterion, { maxLeaves: Infinity, maxDepth, next: 'newest' });
  const upTo = (n: number): Int32Array => Int32Array.from({ length: n }, (_, i) => i);
  grow(builder, upTo(train.size), upTo(data.first.length - 1));
  const tree = builder.finish();
  const { value, cover } = tree;
  const K = train.classes;
  const odds = matrix(cover.length, K);
  for (let c = 0; c < odds.data.length; c++) {
    const prior = value[c % K] / cover[0];
    odds.data[c] = (value[c] + smoothing * prior) / (cover[Math.floor(c / K)] + smoothing);
  }
  return { tree, odds };
}

/** Risk is impurity times the node's share of the rows. */
function stepsOf({ impurity }: DecisionTreeSettings, { tree, odds }: Grown, held?: LabelledExamples): PruningStep[] {
  const { value, cover, width } = tree;
  const risk = cover.map((weight, t) => {
    const pure = purity(impurity, value, t * width, width);
    return ((impurity === 'gini' ? weight : 0) - pure) / cover[0];
  });
  return pruningSteps(tree, risk, held ? lossByNode(tree, odds, held) : new Float64Array(cover.length));
}
