/** The rounds of boosting: scores, gradients, trees, new scores; until rounds or patience end. */
import type { Matrix, Random } from '../../../core/contracts.ts';
import { outputsOf } from '../classifier.ts';
import type { LabelledExamples } from '../examples.ts';
import { binned } from './bins.ts';
import type { BoostingSettings } from './boosting.ts';
import { joinTrees, treeBuilder } from './builder.ts';
import { treeGrower } from './grower.ts';
import { newtonCriterion } from './newton-criterion.ts';
import { standingOf } from './standing.ts';
import type { RowsByLeaf } from './standing.ts';
import type { Trees } from './tree.ts';

export interface Boosted {
  trees: Trees;
  /** [nats] on the rows learned from, before each round; on those held out, after it. */
  loss: number[];
  validationLoss: number[];
}

/** Learns from `train`; on `held`, where it is given, it sees when to stop and which rounds to keep. */
export function boost(
  settings: BoostingSettings,
  train: LabelledExamples,
  held: LabelledExamples | undefined,
  random: Random,
): Boosted {
  const outputs = outputsOf(train.classes);
  const base = baseScores(train);
  const standing = standingOf(train, base);
  const heldStanding = held && standingOf(held, base);
  const growRound = roundGrower(settings, train, standing.odds, random);
  const trees: Trees[] = [];
  const loss: number[] = [];
  const validationLoss: number[] = [];
  let best = 0;
  for (let round = 0; round < settings.rounds; round++) {
    loss.push(standing.settle());
    growRound(round, (tree, output, part) => {
      trees.push(tree);
      if (part) standing.addLeaves(tree, output, part);
      else standing.addTree(tree, output);
      heldStanding?.addTree(tree, output);
    });
    if (!heldStanding) continue;
    validationLoss.push(heldStanding.settle());
    if (validationLoss[round] < validationLoss[best]) best = round;
    if (round - best >= settings.patience) break;
  }
  const kept = heldStanding ? trees.slice(0, (best + 1) * outputs) : trees;
  return { trees: joinTrees(kept, outputs === 1 ? 'logistic' : 'softmax', base), loss, validationLoss };
}

/** Where the rows of a tree ended; absent where it did not see them all. */
type Told = (tree: Trees, output: number, leaves?: RowsByLeaf) => void;

/** Grows a round's trees, one for each output, from the odds (m×outputs) where the rows stand. */
function roundGrower(
  settings: BoostingSettings,
  train: LabelledExamples,
  odds: Matrix,
  random: Random,
): (round: number, told: Told) => void {
  const data = binned(train);
  const gradient = new Float64Array(train.size);
  const curvature = new Float64Array(train.size);
  const grow = treeGrower(data, newtonCriterion(data, gradient, curvature, settings), {
    maxLeaves: settings.maxLeaves,
    maxDepth: settings.maxDepth ?? Infinity,
    next: settings.growth === 'leaf' ? 'best' : 'oldest',
  });
  const rowsOf = drawer(train.size, settings.rowFraction, random.stream('rows'));
  const columnsOf = drawer(data.first.length - 1, settings.columnFraction, random.stream('columns'));
  return (round, told) => {
    const columns = columnsOf(round);
    for (let output = 0; output < odds.columns; output++) {
      const rows = rowsOf(round);
      fillGradients(train, odds, output, gradient, curvature);
      const builder = treeBuilder(data.numbers, data.levels, 1);
      const leaves = grow(builder, rows, columns);
      told(builder.finish(), output, rows.length === train.size ? { rows, leaves } : undefined);
    }
  };
}

/** Draws a part of 0 … size − 1 for each round, ascending, without putting back; all of them where the part is whole. */
function drawer(size: number, fraction: number, random: Random): (round: number) => Int32Array {
  const all = Int32Array.from({ length: size }, (_, i) => i);
  const count = Math.max(1, Math.round(fraction * size));
  if (count >= size) {
    const copy = all.slice();
    return () => (copy.set(all), copy);
  }
  return (round) => random.stream(round).sequence().shuffle(all.slice()).subarray(0, count).sort();
}

/** (outputs) scores that give every row the classes' shares. */
function baseScores({ label, classes, weight, size }: LabelledExamples): Float64Array {
  const total = new Float64Array(classes);
  for (let i = 0; i < size; i++) total[label[i]] += weight ? weight[i] : 1;
  if (classes === 2) return Float64Array.of(Math.log(total[1] / total[0]));
  const sum = total.reduce((a, b) => a + b);
  // A class without rows is not ruled out.
  return total.map((one) => Math.log(Math.max(one / sum, 1e-6)));
}

/** Gradient and curvature of the log loss with respect to one score: p − y and p(1 − p), times the row's weight. */
function fillGradients(
  { label, weight, classes }: LabelledExamples,
  { rows, columns, data }: Matrix,
  output: number,
  gradient: Float64Array,
  curvature: Float64Array,
): void {
  const own = classes === 2 ? 1 : output;
  for (let i = 0; i < rows; i++) {
    const p = data[i * columns + output];
    gradient[i] = label[i] === own ? p - 1 : p;
    curvature[i] = p * (1 - p);
  }
  if (!weight) return;
  for (let i = 0; i < rows; i++) {
    gradient[i] *= weight[i];
    curvature[i] *= weight[i];
  }
}
