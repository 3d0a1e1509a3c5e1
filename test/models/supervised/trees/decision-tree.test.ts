import { describe, expect, it } from 'vitest';
import { matrix } from '../../../../src/core/matrix.ts';
import { randomFrom } from '../../../../src/core/random.ts';
import { outputsOf } from '../../../../src/models/supervised/classifier.ts';
import type { LabelledExamples } from '../../../../src/models/supervised/examples.ts';
import { decisionTree } from '../../../../src/models/supervised/trees/decision-tree.ts';
import type { DecisionTreeSettings } from '../../../../src/models/supervised/trees/decision-tree.ts';
import { restoredTrees } from '../../../../src/models/supervised/trees/tree.ts';
import type { Trees } from '../../../../src/models/supervised/trees/tree.ts';
import { madeUp } from '../made-up.ts';
import { examplesOf, scikitLearn } from '../peer/scikit-learn.ts';

const PLAIN: DecisionTreeSettings = {
  kind: 'tree',
  impurity: 'gini',
  maxDepth: 6,
  minRowsPerLeaf: 5,
  pruning: 0,
  smoothing: 0,
};

async function fitted(
  train: LabelledExamples,
  settings: Partial<DecisionTreeSettings>,
  validation?: LabelledExamples,
): Promise<{
  tree: Trees;
  leaves: number;
  validationLoss: readonly number[];
  odds: (rows: LabelledExamples) => number[][];
}> {
  const model = decisionTree({ ...PLAIN, ...settings });
  const { steps, validationLoss } = await model.fit(train, randomFrom('fit'), validation);
  const odds = (rows: LabelledExamples): number[][] => {
    const outputs = outputsOf(train.classes);
    const out = matrix(rows.size, outputs);
    model.predict(rows, out);
    return Array.from({ length: rows.size }, (_, i) =>
      outputs === 1 ? [1 - out.data[i], out.data[i]] : [...out.data.subarray(i * outputs, (i + 1) * outputs)],
    );
  };
  return { tree: restoredTrees(model.save()), leaves: steps, validationLoss, odds };
}

function expectNear(actual: number[][], expected: number[][]): void {
  actual.forEach((row, i) => row.forEach((p, c) => expect(p).toBeCloseTo(expected[i][c], 9)));
}

const LARGER = { minRowsPerLeaf: 10, maxDepth: 5 };

describe('a tree is that of scikit-learn', () => {
  const { x, two, three, weight, fresh, trees } = scikitLearn;
  const strange = examplesOf(fresh, []);

  it.each([
    { name: 'gini', labels: two, settings: LARGER },
    { name: 'entropy', labels: two, settings: { ...LARGER, impurity: 'entropy' } },
    { name: 'three', labels: three, settings: LARGER },
  ] as const)('$name, whole and pruned at an α between two steps', async ({ name, labels, settings }) => {
    const golden = trees[name];
    const train = examplesOf(x, labels, weight);
    const whole = await fitted(train, settings);
    // Splits that save nothing are pruned at α = 0; scikit-learn prunes at α > 0 alone.
    expectNear(whole.odds(strange), golden.odds);
    const part = await fitted(train, {
      ...settings,
      // Entropy is in nats here and in bits there.
      pruning: golden.alpha * (name === 'entropy' ? Math.LN2 : 1),
    });
    expect(part.leaves).toBe(golden.prunedLeaves);
    expectNear(part.odds(strange), golden.prunedOdds);
  });
});

describe('a decision tree', () => {
  it('parts codes that lie apart in one split: {a, c} against {b, d}', async () => {
    const rows = madeUp(400, 2, 'codes');
    rows.numeric.data.fill(0);
    const codes = rows.fields[0].codes;
    rows.label = codes.map((code) => code % 2);
    const { tree, leaves } = await fitted(rows, {});
    expect(leaves).toBe(2);
    expect(tree.feature[0]).toBe(3);
    expect([0b01010, 0b10100]).toContain(tree.members[0] & 0b11110);
  });

  it('learns the side of missing numbers', async () => {
    const rows = madeUp(400, 2, 'holes');
    const d = rows.numeric.columns;
    rows.label = Int32Array.from({ length: 400 }, (_, i) => (i % 3 === 0 ? 1 : rows.numeric.data[i * d] > 0.5 ? 1 : 0));
    for (let i = 0; i < 400; i += 3) rows.numeric.data[i * d] = Number.NaN;
    for (let i = 0; i < 400; i++) rows.numeric.data.fill(0, i * d + 1, (i + 1) * d);
    rows.fields[0].codes.fill(1);
    const { tree, odds } = await fitted(rows, {});
    expect(tree.missingLeft[0]).toBe(0);
    expect(odds(rows).every(([, p], i) => p === rows.label[i])).toBe(true);
  });

  it('covers add up, and leaves say the smoothed shares of what they cover', async () => {
    const { tree } = await fitted(madeUp(500, 2, 'covers'), { smoothing: 2 });
    expect(tree.cover[0]).toBe(500);
    tree.feature.forEach((column, t) => {
      if (column < 0) return;
      const [left, right] = [tree.left[t], tree.right[t]];
      expect(left).toBeGreaterThan(t);
      expect(tree.cover[left] + tree.cover[right]).toBe(tree.cover[t]);
      const ones = (node: number): number => tree.value[node] * (tree.cover[node] + 2) - 2 * tree.value[0];
      expect(ones(left) + ones(right)).toBeCloseTo(ones(t), 9);
    });
  });

  it('prunes noise away on rows it did not see, and does better for it', async () => {
    const [train, other, test] = ['a', 'b', 'c'].map((seed) => madeUp(600, 2, seed));
    const settings = { maxDepth: 12, minRowsPerLeaf: 1, smoothing: 1 };
    const whole = await fitted(train, settings);
    const loss = (odds: number[][]): number =>
      odds.reduce((sum, row, i) => sum - Math.log(row[test.label[i]]), 0) / odds.length;
    for (const validation of [other, undefined]) {
      const pruned = await fitted(train, { ...settings, pruning: 'validation' }, validation);
      expect(pruned.leaves).toBeLessThan(whole.leaves / 3);
      expect(loss(pruned.odds(test))).toBeLessThan(loss(whole.odds(test)) - 0.1);
    }
  });

  it('chooses of its steps the one of the least loss on the rows given, exactly', async () => {
    const [train, other] = ['a', 'b'].map((seed) => madeUp(300, 2, seed));
    const { odds, validationLoss } = await fitted(train, { pruning: 'validation', smoothing: 1 }, other);
    const loss = odds(other).reduce((sum, row, i) => sum - Math.log(row[other.label[i]]), 0) / other.size;
    expect(loss).toBeCloseTo(Math.min(...validationLoss), 12);
  });
});
