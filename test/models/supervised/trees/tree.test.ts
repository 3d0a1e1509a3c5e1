import { describe, expect, it } from 'vitest';
import { matrix } from '../../../../src/core/matrix.ts';
import { joinTrees, treeBuilder } from '../../../../src/models/supervised/trees/builder.ts';
import {
  columnCount,
  fillScores,
  goesLeft,
  leafOf,
  predictTrees,
  restoredTrees,
  savedTrees,
} from '../../../../src/models/supervised/trees/tree.ts';
import type { Trees } from '../../../../src/models/supervised/trees/tree.ts';
import type { Examples } from '../../../../src/models/supervised/examples.ts';

/** x ≤ 2, missing right; left: colour in {0, 3, 33}, unseen left. */
function byHand(): Trees {
  const builder = treeBuilder(2, [40], 1);
  const root = builder.leaf([0], 10);
  const [inner, right] = [builder.leaf([1], 6), builder.leaf([2], 4)];
  builder.split(root, { column: 1, threshold: 2, missingLeft: false }, inner, right);
  const [a, b] = [builder.leaf([3], 5), builder.leaf([4], 1)];
  builder.split(inner, { column: 2, threshold: NaN, members: Int32Array.of(0b1001, 0b10), missingLeft: true }, a, b);
  return joinTrees([builder.finish()], 'identity', Float64Array.of(0.5));
}

describe('a tree', () => {
  const trees = byHand();

  it.each([
    { x: 3, code: 3, leaf: 2, why: 'above the threshold' },
    { x: NaN, code: 3, leaf: 2, why: 'a missing number goes to its side' },
    { x: 2, code: 3, leaf: 3, why: 'the threshold itself goes left; its code is in the set' },
    { x: 2, code: 33, leaf: 3, why: 'a code of the second word' },
    { x: 2, code: 1, leaf: 4, why: 'a code outside the set' },
    { x: 2, code: 32, leaf: 4, why: 'a code outside the set, second word' },
    { x: 2, code: 40, leaf: 3, why: 'a code that did not exist' },
    { x: 2, code: -1, leaf: 3, why: 'no code at all' },
  ])('leads x = $x, code $code to leaf $leaf: $why', ({ x, code, leaf }) => {
    const row = Float64Array.of(-7, x, code);
    expect(columnCount(trees)).toBe(3);
    expect(leafOf(trees, 0, row)).toBe(leaf);
    let node = 0;
    while (trees.feature[node] >= 0) {
      node = goesLeft(trees, node, row[trees.feature[node]]) ? trees.left[node] : trees.right[node];
    }
    expect(node).toBe(leaf);
    const out = new Float64Array(2);
    fillScores(trees, row, out, 1);
    expect([...out]).toEqual([0, 0.5 + trees.value[leaf]]);
  });

  it('comes back from what was saved', () => {
    const { settings, arrays } = savedTrees(trees);
    expect(restoredTrees({ settings: JSON.parse(JSON.stringify(settings)), arrays })).toEqual(trees);
  });

  it('refuses rows with other columns', () => {
    const rows: Examples = { size: 1, numeric: matrix(1, 3), numericNames: ['a', 'b', 'c'], fields: [], sequences: [] };
    expect(() => predictTrees(trees, rows, matrix(1, 1))).toThrow('3 numbers and 0 fields, not 2 and 1');
  });
});

/** x ≤ 0.5 or not. */
function stump(low: number, high: number): Trees {
  const builder = treeBuilder(1, [], 1);
  const root = builder.leaf([0], 2);
  const [left, right] = [builder.leaf([low], 1), builder.leaf([high], 1)];
  builder.split(root, { column: 0, threshold: 0.5, missingLeft: true }, left, right);
  return builder.finish();
}

describe('an ensemble', () => {
  const rows: Examples = { size: 1, numeric: matrix(1, 1), numericNames: ['x'], fields: [], sequences: [] };

  it('lets trees take turns over the outputs, and softmax makes odds of the sums', () => {
    const lone = [1, 2, 3, 10, 20].map((value) => stump(Math.log(value), Math.log(2 * value)));
    const trees = joinTrees(lone, 'softmax', Float64Array.of(0, 0, Math.log(2)));
    const out = matrix(2, 3);
    predictTrees(trees, { ...rows, size: 2, numeric: matrix(2, 1, Float64Array.of(0, 1)) }, out);
    [10, 40, 6, 40, 160, 12].forEach((odds, o) => expect(out.data[o]).toBeCloseTo(odds / (o < 3 ? 56 : 212), 12));
  });

  it('makes one probability of one score', () => {
    const out = matrix(1, 1);
    predictTrees(joinTrees([stump(Math.log(3), 0)], 'logistic', new Float64Array(1)), rows, out);
    expect(out.data[0]).toBeCloseTo(0.75, 12);
  });

  it('moves sets and children of the trees behind the first', () => {
    const trees = joinTrees([byHand(), byHand()], 'identity', new Float64Array(1));
    const out = new Float64Array(1);
    for (const [x, code] of [
      [3, 3],
      [2, 33],
      [2, 1],
    ]) {
      fillScores(trees, Float64Array.of(0, x, code), out, 0);
      expect(out[0]).toBe(2 * byHand().value[leafOf(byHand(), 0, Float64Array.of(0, x, code))]);
    }
    expect(() => joinTrees([], 'identity', new Float64Array(1))).toThrow('no trees');
  });
});
