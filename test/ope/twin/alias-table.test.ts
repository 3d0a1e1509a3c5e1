import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { aliasTable } from '../../../src/ope/twin/alias-table.ts';

test('cells come up as often as their chances say, exactly', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 10, noNaN: true }), { minLength: 1, maxLength: 50 }), (chance) => {
      const total = chance.reduce((a, b) => a + b, 0);
      fc.pre(total > 0);
      const { threshold, other } = aliasTable(chance);
      const share = chance.map(() => 0);
      threshold.forEach((keep, i) => {
        share[i] += keep / chance.length;
        share[other[i]] += (1 - keep) / chance.length;
      });
      share.forEach((p, i) => expect(p).toBeCloseTo(chance[i] / total, 12));
    }),
  );
});

test.each([[[]], [[0, 0]], [[1, NaN]], [[1, Infinity]]])('chances %j are refused', (chance) => {
  expect(() => aliasTable(chance)).toThrow(RangeError);
});
