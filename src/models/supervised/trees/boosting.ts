/** Gradient-boosted trees: each takes a Newton step of the log loss from where those before it stand. */
import type { FitReport, Random, Warning } from '../../../core/contracts.ts';
import type { Classifier, SavedModel } from '../classifier.ts';
import { outputsOf } from '../classifier.ts';
import { checkLabelled } from '../examples.ts';
import type { LabelledExamples } from '../examples.ts';
import { heldOut } from '../held-out.ts';
import { boost } from './boost.ts';
import { predictTrees, restoredTrees, savedTrees } from './tree.ts';
import type { Trees } from './tree.ts';

export interface BoostingSettings {
  kind: 'gbdt';
  name?: string | undefined;
  /** Rounds at most: each adds a tree, or one for each of three and more classes. */
  rounds: number;
  /** In (0, 1]: part of Newton's step that a tree takes. */
  learningRate: number;
  maxLeaves: number;
  maxDepth?: number | undefined;
  /** Splits the leaf of the largest gain next, or level by level. */
  growth: 'leaf' | 'depth';
  minRowsPerLeaf: number;
  /** ≥ 0: penalty on what a leaf adds. */
  l2: number;
  /** In (0, 1]: part of the rows, and of the columns, that each round sees. */
  rowFraction: number;
  columnFraction: number;
  /** Stops after so many rounds without a better loss on rows not learned from; 0: never, and learns from all rows. */
  patience: number;
}

/**
 * Histogram trees of second order (Friedman 2001; Chen & Guestrin 2016; Ke et al. 2017). Missing values take the side that lowers
 * the loss; fields are parted by sets of codes. Reads no sequences.
 */
export function boostedTrees(settings: BoostingSettings, saved?: SavedModel): Classifier {
  const name = settings.name ?? settings.kind;
  let trees: Trees | undefined = saved && restoredTrees(saved);
  return {
    name,
    fit(train, random, validation) {
      checkLabelled(train, 'training rows');
      const report = learn(train, random, validation);
      return Promise.resolve(report);
    },
    predict(rows, out) {
      if (!trees) throw new Error(`${name}: predict before fit`);
      predictTrees(trees, rows, out);
    },
    save() {
      if (!trees) throw new Error(`${name}: save before fit`);
      const { settings: shape, arrays } = savedTrees(trees);
      return { kind: settings.kind, settings: { ...settings, ...shape }, arrays };
    },
  };

  function learn(all: LabelledExamples, random: Random, validation?: LabelledExamples): FitReport {
    const split = settings.patience === 0 || validation ? undefined : heldOut(all, random);
    const held = settings.patience === 0 ? undefined : (validation ?? split?.held);
    const train = split?.train ?? all;
    const result = boost(settings, train, held, random);
    trees = result.trees;
    const rounds = trees.root.length / outputsOf(train.classes);
    const { loss, validationLoss } = result;
    const warnings = settings.patience > 0 && !held ? [noValidation(name, settings.rounds)] : [];
    return { model: name, rows: train.size, steps: rounds, loss, validationLoss, warnings };
  }
}

function noValidation(name: string, rounds: number): Warning {
  return {
    kind: 'no-validation',
    message: `${name}: too few rows to hold some out, so nothing told when to stop; it ran ${rounds} rounds`,
    advice: 'bring more rows, or fewer rounds',
  };
}
