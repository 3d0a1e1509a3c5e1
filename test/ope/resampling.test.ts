/** What the bootstrap is drawn with: binomial numbers against their exact probabilities, equal rows, groups of rows. */
import { describe, expect, test } from 'vitest';
import { matrix } from '../../src/core/matrix.ts';
import { logGamma } from '../../src/core/quantiles.ts';
import { randomFrom } from '../../src/core/random.ts';
import { binomial } from '../../src/ope/intervals/binomial.ts';
import { equalRows } from '../../src/ope/intervals/equal-rows.ts';
import { addToGroups, GROUPS, mergeGroups, rowGroups } from '../../src/ope/intervals/groups.ts';

/** Distance of χ² from its expectation, in its standard deviations. */
function chiSquareScore(observed: readonly number[], expected: readonly number[]): number {
  const statistic = observed.reduce((sum, count, j) => sum + (count - expected[j]) ** 2 / expected[j], 0);
  const degrees = observed.length - 1;
  return (statistic - degrees) / Math.sqrt(2 * degrees);
}

describe('binomial numbers', () => {
  // The walk, rejection at its smallest and in the middle, either side of one half, and a block among a thousand.
  test.each([
    [40, 0.1],
    [25, 0.42],
    [1000, 0.3],
    [300, 0.8],
    [1_000_000, 1024 / 1_000_000],
  ])('of %d trials at %d have their probabilities', (n, p) => {
    const draws = 200_000;
    const luck = randomFrom('binomial').stream(n).sequence();
    const counts = new Map<number, number>();
    for (let i = 0; i < draws; i++) {
      const k = binomial(n, p, () => luck.uniform());
      counts.set(k, (counts.get(k) ?? 0) + 1);
    }
    const probability = (k: number): number =>
      Math.exp(logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1) + k * Math.log(p) + (n - k) * Math.log1p(-p));
    const observed: number[] = [];
    const expected: number[] = [];
    const spread = Math.sqrt(n * p * (1 - p));
    for (let k = Math.max(0, Math.floor(n * p - 6 * spread)); k <= Math.min(n, n * p + 6 * spread); k++) {
      if (draws * probability(k) < 10) continue;
      observed.push(counts.get(k) ?? 0);
      expected.push(draws * probability(k));
    }
    observed.push(draws - observed.reduce((a, b) => a + b, 0));
    expected.push(draws - expected.reduce((a, b) => a + b, 0));
    // α ≈ 10⁻⁴ a case: χ² is a little skewed.
    expect(Math.abs(chiSquareScore(observed, expected))).toBeLessThan(4.5);
  });

  test('certain ones', () => {
    const never = (): number => {
      throw new Error('drew');
    };
    expect([binomial(0, 0.3, never), binomial(9, 0, never), binomial(9, 1, never)]).toEqual([0, 0, 9]);
  });
});

test('equal rows are told apart from the rest, and none is lost', () => {
  const rows = matrix(5000, 2);
  for (let i = 0; i < 5000; i++) rows.data.set(i % 3 === 0 ? [1, 2] : i % 3 === 1 ? [0, 2] : [i, 2], 2 * i);
  const { values, counts, rest } = equalRows(rows);
  expect([...values.data]).toEqual([1, 2, 0, 2]);
  expect([...counts]).toEqual([1667, 1667]);
  expect(rest.rows).toBe(1666);
  expect(rest.data.filter((_, at) => at % 2 === 0)).toEqual(Float64Array.from({ length: 1666 }, (_, j) => 3 * j + 2));
});

describe('groups of rows', () => {
  const m = 300_000;
  const random = randomFrom('groups');
  const rows = matrix(
    m,
    1,
    Float64Array.from({ length: m }, (_, i) => i),
  );

  test('every group is as likely for every row', () => {
    const groups = rowGroups(1);
    addToGroups(groups, rows, 0, random);
    expect(groups.counts.reduce((a, b) => a + b, 0)).toBe(m);
    const expected = Array.from({ length: GROUPS }, () => m / GROUPS);
    expect(Math.abs(chiSquareScore([...groups.counts], expected))).toBeLessThan(4.5);
  });

  test('blocks of any size and shards give the same groups', () => {
    const whole = rowGroups(1);
    addToGroups(whole, rows, 0, random);
    const merged = rowGroups(1);
    for (const [from, to] of [
      [0, 1000],
      [1000, 70_001],
      [70_001, m],
    ]) {
      const part = rowGroups(1);
      addToGroups(part, { ...rows, data: rows.data.subarray(from), rows: to - from }, from, random);
      mergeGroups(merged, part);
    }
    expect(merged).toEqual(whole);
  });
});
