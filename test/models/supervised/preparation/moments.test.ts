import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  addNumbers,
  deviationOf,
  mergeMoments,
  noMoments,
} from '../../../../src/models/supervised/preparation/moments.ts';

const numbers = fc.array(fc.oneof(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.constant(Number.NaN)));

it('of parts, merged, are those of the whole', () => {
  fc.assert(
    fc.property(numbers, numbers, (a, b) => {
      const [whole, left, right] = [noMoments(), noMoments(), noMoments()];
      addNumbers(whole, [...a, ...b]);
      addNumbers(left, a);
      addNumbers(right, b);
      mergeMoments(left, right);
      for (const key of ['count', 'missing', 'least', 'largest'] as const) expect(left[key]).toBe(whole[key]);
      expect(left.mean).toBeCloseTo(whole.mean, 6);
      expect(Math.abs(deviationOf(left) - deviationOf(whole))).toBeLessThan(1e-8 * (1 + deviationOf(whole)));
    }),
  );
});

it('lose no digits to a large mean, where a sum of squares would', () => {
  const moments = noMoments();
  addNumbers(moments, [1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16]);
  expect([moments.mean, deviationOf(moments)]).toEqual([1e9 + 10, Math.sqrt(30)]);
});
