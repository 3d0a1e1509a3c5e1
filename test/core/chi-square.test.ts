/** Against scipy 1.17.1 (`scipy.special.gammaincc`), 1e-12 of the value or of 1, and closed forms. */
import { expect, test } from 'vitest';
import { chiSquareTail } from '../../src/core/chi-square.ts';
import { gammaTail } from '../../src/core/incomplete-gamma.ts';

test.each([
  [0.5, 0.1, 0.6547208460185768],
  [1, 2.5, 0.0820849986238988],
  [4.5, 15.65, 0.00026291515628673926],
  [16.5, 33, 0.0005589955535739345],
  [100, 90, 0.84177901081357],
  [100, 130, 0.002750408367306518],
  [1000, 1100, 0.0010593232539299773],
  [0.5, 20, 2.5396285894708634e-10],
  [3, 0.001, 0.9999999998334583],
  [200.5, 300, 4.1509713155771895e-10],
])('Q(%d, %d)', (a, x, q) => {
  expect(Math.abs(gammaTail(a, x) - q)).toBeLessThanOrEqual(1e-12 * Math.max(q, 1e-3));
  expect(chiSquareTail(2 * x, 2 * a)).toBe(gammaTail(a, x));
});

test('two degrees are an exponential, far out too; the ends are the ends', () => {
  for (const x of [0.3, 2, 3.9, 4.1, 60, 700]) {
    expect(Math.abs(chiSquareTail(x, 2) / Math.exp(-x / 2) - 1)).toBeLessThan(1e-12);
  }
  expect([chiSquareTail(-1, 3), chiSquareTail(0, 3), chiSquareTail(Infinity, 3)]).toEqual([1, 1, 0]);
  expect(chiSquareTail(Number.NaN, 3)).toBeNaN();
});
