/** No row, no group and no future on both sides of a fold, whatever the rows. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../../src/core/random.ts';
import {
  kFolds,
  testedBy,
  timeFolds,
  timeSplit,
  withValidation,
} from '../../../../src/models/supervised/validation/folds.ts';
import type { Fold, FoldRows } from '../../../../src/models/supervised/validation/folds.ts';

const SIZE = 80;
const rows = fc.record({
  label: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: SIZE, maxLength: SIZE }),
  group: fc.array(fc.integer({ min: 0, max: 30 }), { minLength: SIZE, maxLength: SIZE }),
  time: fc.array(fc.integer({ min: 0, max: 99 }), { minLength: SIZE, maxLength: SIZE }),
  k: fc.integer({ min: 2, max: 4 }),
  seed: fc.string({ maxLength: 3 }),
});

const of = (label: number[]): FoldRows => ({ size: label.length, label: Int32Array.from(label), classes: 3 });

function sides({ train, validation, test }: Fold): Int32Array[] {
  return validation ? [train, validation, test] : [train, test];
}

function disjoint(parts: readonly Iterable<number>[]): boolean {
  const sets = parts.map((part) => new Set(part));
  return sets.reduce((sum, set) => sum + set.size, 0) === new Set(sets.flatMap((set) => [...set])).size;
}

describe('kFolds', () => {
  it('tests every row once, and no row is on two sides', () => {
    fc.assert(
      fc.property(rows, ({ label, k, seed }) => {
        const folds = withValidation(of(label), kFolds(of(label), k, randomFrom(seed)), 0.25, randomFrom(seed));
        expect(testedBy(folds, SIZE).every((fold) => fold >= 0)).toBe(true);
        for (const fold of folds.folds) {
          expect(disjoint(sides(fold))).toBe(true);
          expect(sides(fold).reduce((sum, side) => sum + side.length, 0)).toBe(SIZE);
        }
      }),
    );
  });

  it('spreads classes evenly: their counts differ by one at most', () => {
    fc.assert(
      fc.property(rows, ({ label, k, seed }) => {
        const { folds } = kFolds(of(label), k, randomFrom(seed));
        for (let c = 0; c < 3; c++) {
          const counts = folds.map(({ test }) => test.filter((i) => label[i] === c).length);
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('no group is in two folds, nor on two sides of one', () => {
    fc.assert(
      fc.property(rows, ({ label, group, k, seed }) => {
        fc.pre(new Set(group).size > 4 * k);
        const grouped = { ...of(label), group: Int32Array.from(group) };
        const folds = withValidation(grouped, kFolds(grouped, k, randomFrom(seed)), 0.25, randomFrom(seed));
        const groups = (side: Int32Array): Set<number> => new Set([...side].map((i) => group[i]));
        for (const fold of folds.folds) expect(disjoint(sides(fold).map(groups))).toBe(true);
        expect(disjoint(folds.folds.map(({ test }) => groups(test)))).toBe(true);
        expect(testedBy(folds, SIZE).every((fold) => fold >= 0)).toBe(true);
      }),
    );
  });

  it('spreads classes of groups about evenly too', () => {
    const draw = randomFrom('groups').sequence();
    const group = Array.from({ length: 3000 }, () => draw.integer(200));
    const label = group.map((g): number => (draw.uniform() < (g % 10) / 20 ? 1 : 0));
    const { folds } = kFolds({ ...of(label), classes: 2, group: Int32Array.from(group) }, 5, randomFrom('1'));
    for (const { test } of folds) {
      expect(test.length).toBeGreaterThan(560);
      expect(test.length).toBeLessThan(640);
      const rate = test.filter((i) => label[i] === 1).length / test.length;
      expect(Math.abs(rate - label.reduce((a, b) => a + b) / 3000)).toBeLessThan(0.02);
    }
  });

  it('are the same for the same seed, and others for another', () => {
    const label = Array.from({ length: SIZE }, (_, i) => i % 2);
    const [a, b, c] = ['1', '1', '2'].map((seed) => kFolds(of(label), 4, randomFrom(seed)).folds[0].test);
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
  });

  it('refuses what cannot be split', () => {
    const few = { size: 6, label: Int32Array.of(0, 0, 0, 0, 0, 1), classes: 2 };
    expect(() => kFolds(few, 3, randomFrom('1'))).toThrow(
      '1 rows of a class cannot be split into 3 folds; use fewer folds, or bring more rows',
    );
    expect(() => kFolds({ ...few, group: new Int32Array(6) }, 3, randomFrom('1'))).toThrow('1 groups cannot be split');
  });
});

describe('timeFolds', () => {
  it('no future in what is learned from: all of it is strictly before all of the test', () => {
    fc.assert(
      fc.property(rows, ({ label, time, k, seed }) => {
        // Where half of the rows are of one moment, there is nothing to split: refused, as below.
        const most = Math.max(...[...new Set(time)].map((at) => time.filter((other) => other === at).length));
        fc.pre(most < 8);
        const timed = { ...of(label), time: Float64Array.from(time) };
        const folds = withValidation(timed, timeFolds(timed, k), 0.25, randomFrom(seed));
        const [earliest, latest] = [Math.min, Math.max].map(
          (pick) =>
            (side: ArrayLike<number>): number =>
              pick(...Array.from(side, (i) => time[i])),
        );
        for (const { train, validation, test } of folds.folds) {
          expect(latest(train)).toBeLessThan(earliest(validation as Int32Array));
          expect(latest(validation as Int32Array)).toBeLessThan(earliest(test));
        }
        for (const [f, { test }] of folds.folds.slice(1).entries()) {
          expect(latest(folds.folds[f].test)).toBeLessThan(earliest(test));
        }
        expect(latest(folds.folds[k - 1].test)).toBe(Math.max(...time));
      }),
    );
  });

  it('one split has the last share of the rows as its test', () => {
    const timed = {
      ...of(Array.from({ length: 100 }, () => 0)),
      time: Float64Array.from({ length: 100 }, (_, i) => -i),
    };
    const { train, test } = timeSplit(timed, 0.2);
    expect([train.length, test.length, test[0]]).toEqual([80, 20, 0]);
  });

  it('refuses rows without time, and too few moments', () => {
    const label = Array.from({ length: SIZE }, () => 0);
    expect(() => timeFolds(of(label), 2)).toThrow('splits by time need a time; name its column with --time');
    expect(() => timeFolds({ ...of(label), time: new Float64Array(SIZE) }, 2)).toThrow(
      'are too few to be split into 3',
    );
    expect(() => timeFolds({ ...of(label), time: new Float64Array(SIZE).fill(Number.NaN) }, 2)).toThrow(
      'row 1 has no time',
    );
  });
});
