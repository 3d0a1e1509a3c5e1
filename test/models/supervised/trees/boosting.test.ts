import { describe, expect, it } from 'vitest';
import { matrix } from '../../../../src/core/matrix.ts';
import { randomFrom } from '../../../../src/core/random.ts';
import { outputsOf } from '../../../../src/models/supervised/classifier.ts';
import type { Examples, LabelledExamples } from '../../../../src/models/supervised/examples.ts';
import { boostedTrees } from '../../../../src/models/supervised/trees/boosting.ts';
import type { BoostingSettings } from '../../../../src/models/supervised/trees/boosting.ts';
import { restoredTrees } from '../../../../src/models/supervised/trees/tree.ts';
import type { Trees } from '../../../../src/models/supervised/trees/tree.ts';
import { madeUp } from '../made-up.ts';
import { examplesOf, scikitLearn } from '../peer/scikit-learn.ts';

const PLAIN: BoostingSettings = {
  kind: 'gbdt',
  rounds: 30,
  learningRate: 0.1,
  maxLeaves: 31,
  growth: 'leaf',
  minRowsPerLeaf: 10,
  l2: 0,
  rowFraction: 1,
  columnFraction: 1,
  patience: 0,
};

interface Fitted {
  trees: Trees;
  loss: readonly number[];
  validationLoss: readonly number[];
  steps: number;
  odds: (rows: Examples) => number[][];
}

async function fitted(
  train: LabelledExamples,
  settings: Partial<BoostingSettings>,
  validation?: LabelledExamples,
): Promise<Fitted> {
  const model = boostedTrees({ ...PLAIN, ...settings });
  const { loss, validationLoss, steps } = await model.fit(train, randomFrom('fit'), validation);
  const odds = (rows: Examples): number[][] => {
    const outputs = outputsOf(train.classes);
    const out = matrix(rows.size, outputs);
    model.predict(rows, out);
    return Array.from({ length: rows.size }, (_, i) =>
      outputs === 1 ? [1 - out.data[i], out.data[i]] : [...out.data.subarray(i * outputs, (i + 1) * outputs)],
    );
  };
  return { trees: restoredTrees(model.save()), loss, validationLoss, steps, odds };
}

function lossOf(odds: number[][], { label }: LabelledExamples): number {
  return odds.reduce((sum, row, i) => sum - Math.log(row[label[i]]), 0) / odds.length;
}

describe('boosted trees are those of scikit-learn', () => {
  const { x, holes, two, three, weight, boosted } = scikitLearn;

  it.each([
    { name: 'leafWise', train: examplesOf(x, two), settings: { maxLeaves: 6, l2: 1 } },
    { name: 'deep', train: examplesOf(x, two), settings: { maxLeaves: 4096, maxDepth: 3, minRowsPerLeaf: 15 } },
    { name: 'missing', train: examplesOf(holes, two), settings: { maxLeaves: 6 } },
    { name: 'three', train: examplesOf(x, three), settings: { maxLeaves: 5 } },
    { name: 'weighted', train: examplesOf(x, two, weight), settings: { maxLeaves: 5 } },
  ] as const)('$name', async ({ name, train, settings }) => {
    const { odds } = await fitted(train, settings);
    // Gradients are of single precision there.
    odds(train).forEach((row, i) => row.forEach((p, c) => expect(p).toBeCloseTo(boosted[name][i][c], 5)));
  });

  it('level by level, where depth alone bounds them, they are the same', async () => {
    const train = examplesOf(x, two);
    const settings = { maxLeaves: 4096, maxDepth: 3 };
    const [leaf, depth] = [await fitted(train, settings), await fitted(train, { ...settings, growth: 'depth' })];
    depth.odds(train).forEach(([, p], i) => expect(p).toBeCloseTo(leaf.odds(train)[i][1], 12));
  });
});

describe('boosted trees', () => {
  it.each([2, 3])('reports the loss of where it stood before each round: %i classes', async (classes) => {
    const train = madeUp(500, classes, 'train');
    const { loss } = await fitted(train, { rounds: 12 });
    const { odds } = await fitted(train, { rounds: 11 });
    expect(loss).toHaveLength(12);
    expect(loss[11]).toBeCloseTo(lossOf(odds(train), train), 12);
    loss.slice(1).forEach((value, r) => expect(value).toBeLessThan(loss[r]));
  });

  it('stops where held-out loss does, and keeps the best round alone', async () => {
    const [train, held] = ['a', 'b'].map((seed) => madeUp(600, 2, seed));
    const { validationLoss, steps, odds, trees } = await fitted(train, { rounds: 500, patience: 7 }, held);
    const least = Math.min(...validationLoss);
    expect(validationLoss.length).toBe(steps + 7);
    expect(steps).toBe(validationLoss.indexOf(least) + 1);
    expect(trees.root).toHaveLength(steps);
    expect(lossOf(odds(held), held)).toBeCloseTo(least, 12);
  });

  it('sees a part of rows and columns, from named streams', async () => {
    const train = madeUp(600, 2, 'train');
    const settings = { rounds: 20, rowFraction: 0.5, columnFraction: 0.5 };
    const { trees, odds, loss } = await fitted(train, settings);
    const again = await fitted(train, settings);
    expect(again.odds(train)).toEqual(odds(train));
    trees.root.forEach((root) => expect(trees.cover[root]).toBe(300));
    const columnsOf = (t: number): Set<number> =>
      new Set(trees.feature.slice(trees.root[t], trees.root[t + 1]).filter((column) => column >= 0));
    for (let t = 0; t < 20; t++) expect(columnsOf(t).size).toBeLessThanOrEqual(2);
    // Rows out of a tree's sight are led down it: the loss is that of all rows.
    const before = await fitted(train, { ...settings, rounds: 19 });
    expect(loss[19]).toBeCloseTo(lossOf(before.odds(train), train), 12);
  });

  it('weights count as rows do', async () => {
    const train = madeUp(300, 2, 'train');
    const twice = await fitted({ ...train, weight: new Float64Array(300).fill(2) }, { l2: 2 });
    const once = await fitted(train, { l2: 1 });
    twice.odds(train).forEach(([, p], i) => expect(p).toBeCloseTo(once.odds(train)[i][1], 9));
  });
});
