import { expect, it } from 'vitest';
import { aggregateOffPolicy } from '../../src/runner/aggregate.ts';
import type { SeedResult } from '../../src/runner/seed.ts';

/** A seed in which one policy, worth `truth`, was estimated once. */
function seed(name: string, truth: number, value: number, interval: [number, number]): SeedResult {
  const estimate = { estimator: 'dr', value, interval, level: 0.95, rule: 'r', effectiveSampleSize: 9, warnings: [] };
  return { seed: name, offPolicy: [{ policy: 'p', truth, estimates: [estimate] }] } as unknown as SeedResult;
}

it('counts the intervals that hold the truth, and relates errors to it', () => {
  const [dr] = aggregateOffPolicy(0, [
    seed('in', 0.5, 0.6, [0.4, 0.8]),
    seed('above', 0.2, 0.4, [0.3, 0.5]),
    seed('below', 0.1, 0.05, [0.04, 0.06]),
  ]).estimators;
  expect(dr.covered).toBe(1);
  expect(dr.relativeError).toBeCloseTo(Math.sqrt((0.2 ** 2 + 1 ** 2 + 0.5 ** 2) / 3), 12);
  const [unknown] = aggregateOffPolicy(0, [
    seed('a', 0.5, 0.5, [0.4, 0.6]),
    seed('b', 0.5, NaN, [NaN, NaN]),
  ]).estimators;
  expect(unknown).toMatchObject({ covered: 1, relativeError: null });
  expect(unknown.seeds[1]).toMatchObject({ value: null, interval: null });
});
