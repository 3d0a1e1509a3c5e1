import { describe, expect, it } from 'vitest';
import { matrix } from '../../../../src/core/matrix.ts';
import { treeBuilder } from '../../../../src/models/supervised/trees/builder.ts';
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
  builder.plant();
  const root = builder.leaf([0], 10);
  const [inner, right] = [builder.leaf([1], 6), builder.leaf([2], 4)];
  builder.split(root, { column: 1, threshold: 2, missingLeft: false }, inner, right);
  const [a, b] = [builder.leaf([3], 5), builder.leaf([4], 1)];
  builder.split(inner, { column: 2, threshold: NaN, members: Int32Array.of(0b1001, 0b10), missingLeft: true }, a, b);
  return builder.finish('identity', Float64Array.of(0.5), 1);
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

describe('an ensemble', () => {
  const rows: Examples = { size: 1, numeric: matrix(1, 1), numericNames: ['x'], fields: [], sequences: [] };

  it('lets trees take turns over the outputs, and softmax makes odds of the sums', () => {
    const builder = treeBuilder(1, [], 1);
    for (const value of [1, 2, 3, 10, 20, 30]) {
      builder.plant();
      builder.leaf([Math.log(value)], 1);
    }
    builder.keep(5);
    builder.keep(9);
    const trees = builder.finish('softmax', Float64Array.of(0, 0, Math.log(2)), 3);
    const out = matrix(1, 3);
    predictTrees(trees, rows, out);
    [10, 40, 6].forEach((odds, o) => expect(out.data[o]).toBeCloseTo(odds / 56, 12));
  });

  it('makes one probability of one score', () => {
    const builder = treeBuilder(1, [], 1);
    builder.plant();
    builder.leaf([Math.log(3)], 1);
    const out = matrix(1, 1);
    predictTrees(builder.finish('logistic', new Float64Array(1), 1), rows, out);
    expect(out.data[0]).toBeCloseTo(0.75, 12);
  });
});
