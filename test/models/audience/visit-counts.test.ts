/** Activity is recovered from the visits of those who came. */
import { expect, it } from 'vitest';
import { randomFrom } from '../../../src/core/random.ts';
import { kolmogorovSmirnov, totalVariation, wasserstein } from '../../../src/models/audience/distances.ts';
import { fitVisitCounts } from '../../../src/models/audience/visit-counts.ts';

it('recovers shape, means and how many were not seen; a plain mean does not', () => {
  const luck = randomFrom('visit-counts').sequence();
  const [users, mean] = [20_000, 2];
  // Shape 1: activity is exponential, counts are geometric.
  const counts = Array.from({ length: users }, () => Math.floor(Math.log(1 - luck.uniform()) / Math.log(2 / 3)));
  const seen = counts.filter((n) => n > 0);
  const fitted = fitVisitCounts(seen, new Int32Array(seen.length), 1);
  const [low, high] = fitted.interval as readonly [number, number];
  expect(low).toBeLessThan(1);
  expect(high).toBeGreaterThan(1);
  expect(high).toBeLessThan(1.3);
  expect(Math.abs(fitted.means[0] - mean)).toBeLessThan(0.15);
  expect(Math.abs(fitted.users[0] / users - 1)).toBeLessThan(0.05);
  expect(seen.reduce((a, b) => a + b, 0) / seen.length - mean).toBeGreaterThan(0.8);
});

it('refuses a user who never came', () => {
  expect(() => fitVisitCounts([1, 0], [0, 0], 1)).toThrow(/user 1 has 0 visits/);
});

it('measures distances by hand', () => {
  const [p, q] = [Float64Array.of(0.5, 0.5, 0), Float64Array.of(0, 0.5, 0.5)];
  expect(totalVariation(p, q)).toBeCloseTo(0.5, 12);
  expect(kolmogorovSmirnov(p, q)).toBeCloseTo(0.5, 12);
  expect(wasserstein(p, q)).toBeCloseTo(1, 12);
});
