/** Sums that must not cancel, derivatives that must be right, and the intervals that follow. */
import { describe, expect, test } from 'vitest';
import type { Estimator } from '../../src/core/contracts.ts';
import { matrix } from '../../src/core/matrix.ts';
import { studentQuantile } from '../../src/core/quantiles.ts';
import { snips } from '../../src/ope/estimators/snips.ts';
import { deltaInterval, gradient, standardError } from '../../src/ope/intervals/delta.ts';
import { addRows, merge, moments } from '../../src/ope/moments.ts';
import type { Moments } from '../../src/ope/moments.ts';
import { lcg } from './lcg.ts';

function momentsOf(columns: number, rows: number, fill: (i: number, c: number) => number): Moments {
  const block = matrix(rows, columns);
  for (let i = 0; i < rows; i++) for (let c = 0; c < columns; c++) block.data[i * columns + c] = fill(i, c);
  const sums = moments(columns);
  addRows(sums, block);
  return sums;
}

/** A function of sums that is no estimator, to differentiate. */
function functionOf(columns: number, value: (means: number[]) => number): Estimator {
  return {
    name: 'function',
    needs: [],
    columns,
    contributions: () => {},
    value: (sums, m) => value([...sums].map((sum) => sum / m)),
    laws: { selfNormalised: false, exactOnPolicy: false },
  };
}

describe('moments', () => {
  test('a large offset does not drown a small spread', () => {
    const u = lcg(3);
    const draws = Array.from({ length: 4000 }, () => u());
    const calm = momentsOf(1, 4000, (i) => draws[i]);
    const lifted = momentsOf(1, 4000, (i) => draws[i] + 1e8);
    // Adding 1e8 rounds each draw to 1.5e-8; the naive Σx² − (Σx)²/n would be off by more than 1.
    expect(lifted.cross[0] / calm.cross[0]).toBeCloseTo(1, 7);
  });

  test('an outlier in front, which every other value is shifted by, costs few digits', () => {
    const u = lcg(4);
    const draws = [1e6, ...Array.from({ length: 1023 }, () => u())];
    const ahead = momentsOf(1, 1024, (i) => draws[i]);
    const behind = momentsOf(1, 1024, (i) => draws[1023 - i]);
    expect(Math.abs(ahead.cross[0] / behind.cross[0] - 1)).toBeLessThan(1e-11);
  });

  test('a column that never varies has no spread at all', () => {
    expect(momentsOf(1, 1000, () => 0.1).cross[0]).toBe(0);
  });

  test('nothing added or merged changes nothing; other columns are refused', () => {
    const sums = momentsOf(2, 10, (i, c) => i + c);
    const before = structuredClone(sums);
    addRows(sums, matrix(0, 2));
    merge(sums, moments(2));
    expect(sums).toEqual(before);
    expect(() => merge(sums, moments(1))).toThrow('1 columns into 2');
  });
});

describe('the delta method', () => {
  test('derivatives of smooth functions to 1e-10', () => {
    const u = lcg(5);
    const sums = momentsOf(3, 500, (_, c) => u() + c);
    const [x, y, z] = [...sums.sums].map((sum) => sum / 500);
    const f = functionOf(3, ([a, b, c]) => (a * b) / c + Math.exp(a));
    const expected = [y / z + Math.exp(x), x / z, (-x * y) / (z * z)];
    gradient(f, sums).forEach((slope, c) => expect(Math.abs(slope / expected[c] - 1)).toBeLessThan(1e-10));
  });

  test('SNIPS: the textbook formula, on weights of every size', () => {
    for (const scale of [1e-6, 1, 1e6]) {
      const u = lcg(6);
      const rows = Array.from({ length: 300 }, () => ({ w: (scale * 1) / (0.01 + u()), r: u() < 0.2 ? 1 : 0 }));
      const sums = momentsOf(2, 300, (i, c) => (c === 0 ? rows[i].w * rows[i].r : rows[i].w));
      const weight = rows.reduce((sum, { w }) => sum + w, 0);
      const value = rows.reduce((sum, { w, r }) => sum + w * r, 0) / weight;
      const squares = rows.reduce((sum, { w, r }) => sum + w * w * (r - value) * (r - value), 0);
      expect(Math.abs(standardError(snips(), sums) / (Math.sqrt(squares) / weight) - 1)).toBeLessThan(1e-10);
    }
  });

  test('no rewards, no spread: the interval is the value', () => {
    const sums = momentsOf(2, 50, (i, c) => (c === 0 ? 0 : 1 + i));
    expect(deltaInterval(snips(), sums, 0.95)).toEqual([0, 0]);
  });

  test("Student's t widens the interval of few rows", () => {
    const mean = functionOf(1, ([a]) => a);
    const sums = momentsOf(1, 5, (i) => i);
    const [low, high] = deltaInterval(mean, sums, 0.9, 'delta-t');
    // 0, 1, 2, 3, 4: mean 2, s² = 2.5.
    expect(high - low).toBeCloseTo(2 * studentQuantile(0.95, 4) * Math.sqrt(2.5 / 5), 10);
    expect((low + high) / 2).toBeCloseTo(2, 12);
  });
});
