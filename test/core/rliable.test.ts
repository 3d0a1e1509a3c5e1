/** Statistics of few runs: known values, symmetries, and intervals that hold what they should. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holm, pairedDifference } from '../../src/core/paired.ts';
import { randomFrom } from '../../src/core/random.ts';
import {
  interquartileMean,
  optimalityGap,
  performanceProfile,
  probabilityOfImprovement,
  stratifiedBootstrap,
} from '../../src/core/rliable.ts';

const scores = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 12 });

describe('interquartileMean', () => {
  it.each([
    [[1, 2, 3, 4, 5, 6, 7, 100, 0.5, 9], 4.5],
    [[7], 7],
    [[1, 2, 3], 2],
    [[-1000, 1, 3, 1000], 2],
  ])('of %j is %d', (values, expected) => {
    expect(interquartileMean(values)).toBeCloseTo(expected, 12);
  });

  it('does not move with an outlier', () => {
    expect(interquartileMean([1, 2, 3, 4, 1e9])).toBe(3);
  });
});

describe('probabilityOfImprovement', () => {
  it('is antisymmetric about a half, and a half of itself', () => {
    fc.assert(
      fc.property(scores, scores, (x, y) => {
        expect(probabilityOfImprovement([x], [y]) + probabilityOfImprovement([y], [x])).toBeCloseTo(1, 12);
        expect(probabilityOfImprovement([x], [x])).toBeCloseTo(0.5, 12);
      }),
    );
  });

  it('averages over tasks, not over runs', () => {
    expect(probabilityOfImprovement([[1], [0, 0, 0]], [[0], [1, 1, 1]])).toBe(0.5);
  });
});

it('a performance profile falls from 1 to 0', () => {
  expect(performanceProfile([[1, 2], [3]], [0, 1.5, 2.5, 3])).toEqual([1, 0.75, 0.5, 0]);
});

it('the optimality gap counts only what is missing', () => {
  expect(optimalityGap([0.5, 1.5], 1)).toBe(0.25);
});

describe('stratifiedBootstrap', () => {
  const mean = ([[runs]]: readonly (readonly (readonly number[])[])[]): number =>
    runs.reduce((sum, run) => sum + run, 0) / runs.length;

  /** Of 300 samples of 30, those whose 95 % interval held the true mean, 0. */
  function coverage(level: number): number {
    let hits = 0;
    for (let world = 0; world < 300; world++) {
      const luck = randomFrom(`world ${world}`).sequence();
      const runs = Array.from({ length: 30 }, () => luck.normal());
      const random = randomFrom(`bootstrap ${world}`);
      const [low, high] = stratifiedBootstrap([[runs]], mean, { random, resamples: 300, level });
      if (low <= 0 && 0 <= high) hits++;
    }
    return hits / 300;
  }

  it('holds the truth about as often as it says; a level of 80 % is told apart', () => {
    // 95 % less the small-sample shortfall of the percentile bootstrap at 30; 4 standard errors are 5 points.
    expect(coverage(0.95)).toBeGreaterThan(0.88);
    expect(coverage(0.8)).toBeLessThan(0.88);
  });

  it('keeps the tasks apart', () => {
    const sum = ([[a, b]]: readonly (readonly (readonly number[])[])[]): number => a[0] + b[0];
    expect(stratifiedBootstrap([[[1], [10]]], sum, { random: randomFrom('tasks'), resamples: 20 })).toEqual([11, 11]);
  });
});

describe('pairedDifference', () => {
  it('agrees with a t-test worked out elsewhere', () => {
    // scipy.stats.ttest_rel([5.1, 4.9, 6.2, 5.7, 5.9], [4.8, 5.0, 5.5, 5.1, 5.6]): t = 2.5714, p = 0.0619
    const found = pairedDifference([5.1, 4.9, 6.2, 5.7, 5.9], [4.8, 5.0, 5.5, 5.1, 5.6]);
    expect(found?.mean).toBeCloseTo(0.36, 12);
    expect(found?.pValue).toBeCloseTo(0.06188, 4);
    expect(found?.moreSeeds).toBeGreaterThan(0);
  });

  it('asks for no more seeds where the answer is in, and for none that would help where there is no difference', () => {
    const up = Array.from({ length: 10 }, (_, i) => 10 + (i % 3));
    const down = up.map((value) => value - 5 + (value % 2) / 10);
    expect(pairedDifference(up, down)?.moreSeeds).toBe(0);
    const alternating = up.map((value, i) => value + (i % 2 === 0 ? 1 : -1));
    expect(pairedDifference(up, alternating)).toMatchObject({ mean: 0, moreSeeds: null, pValue: 1 });
    expect(pairedDifference([1], [2])).toBeNull();
  });

  it('foresees how many seeds settle a difference of half a standard deviation', () => {
    // (1.96 + 0.84)² / 0.25 = 31.4 pairs; a little more for Student's t.
    const luck = randomFrom('power');
    const pairs = Array.from({ length: 8 }, (_, i) => luck.normal(i, 0));
    const mean = pairs.reduce((sum, x) => sum + x, 0) / 8;
    const sd = Math.sqrt(pairs.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 7);
    const scaled = pairs.map((x) => (x - mean) / sd + 0.5);
    const more = pairedDifference(
      scaled,
      scaled.map(() => 0),
    )?.moreSeeds;
    expect(more).toBeGreaterThan(20);
    expect(more).toBeLessThan(30);
  });
});

describe('holm', () => {
  it('corrects step by step', () => {
    expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]);
  });

  it('never lowers a p-value, and keeps their order', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 8 }), (p) => {
        const corrected = holm(p);
        p.forEach((value, i) => expect(corrected[i]).toBeGreaterThanOrEqual(value));
        const order = p.map((_, i) => i).sort((a, b) => p[a] - p[b]);
        order.forEach((i, rank) => {
          expect(corrected[i]).toBeGreaterThanOrEqual(rank === 0 ? 0 : corrected[order[rank - 1]]);
        });
      }),
    );
  });
});
