import { array, assert, double, property, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gaussianContest } from '../../src/agents/context-free/best-gaussian.ts';
import { normalCdf } from '../../src/core/normal.ts';
import { randomFrom } from '../../src/core/random.ts';

function best(mean: number[], sd: number[]): number[] {
  const out = new Float64Array(mean.length);
  gaussianContest(mean, sd, out);
  return [...out];
}

describe('the greatest of several normal variables', () => {
  it('of two is known: Φ((μ₁ − μ₂) / √(σ₁² + σ₂²)), however unlike their widths', () => {
    for (const sd of [
      [1, 1],
      [0.5, 2],
      [1e-3, 1],
      [1e-5, 1e-5],
    ]) {
      for (const z of [0, 0.3, -1.5, 4]) {
        const spread = Math.hypot(sd[0], sd[1]);
        const [first] = best([7 + z * spread, 7], sd);
        expect(Math.abs(first - normalCdf(z))).toBeLessThan(1e-11);
      }
    }
  });

  it('of equals is an even chance', () => {
    for (const p of best(Array<number>(6).fill(-3), Array<number>(6).fill(0.2))) expect(p).toBeCloseTo(1 / 6, 12);
  });

  it('adds up to 1 and does not hang on the order', () => {
    const arm = tuple(double({ min: -2, max: 2, noNaN: true }), double({ min: 0.01, max: 1, noNaN: true }));
    assert(
      property(array(arm, { minLength: 1, maxLength: 6 }), (arms) => {
        const forward = best(
          arms.map(([mean]) => mean),
          arms.map(([, sd]) => sd),
        );
        const backward = best(
          arms.map(([mean]) => mean).toReversed(),
          arms.map(([, sd]) => sd).toReversed(),
        ).toReversed();
        expect(forward.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
        forward.forEach((p, j) => expect(Math.abs(p - backward[j])).toBeLessThan(1e-11));
      }),
      { numRuns: 100, endOnFailure: true },
    );
  });

  it('ends where values are as good as known, far out, or no numbers', () => {
    expect(best([3e9, 1, 3e9], [1e-9, 1e-9, 1e-9]).map((p) => p.toFixed(6))).toEqual([
      '0.500000',
      '0.000000',
      '0.500000',
    ]);
    expect(best([0, 0], [0, 0])).toEqual([0.5, 0.5]);
    for (const bad of [Number.NaN, Infinity]) {
      expect(best([0, bad], [1, 1])).toEqual([Number.NaN, Number.NaN]);
      expect(best([0, 1], [1, bad])).toEqual([Number.NaN, Number.NaN]);
    }
  });

  it('is what draws say', () => {
    const [mean, sd] = [
      [0, 0.2, -0.5, 0.1],
      [0.3, 0.1, 1, 0.2],
    ];
    const luck = randomFrom('contest').sequence();
    const wins = new Float64Array(4);
    for (let draw = 0; draw < 100_000; draw++) {
      const values = mean.map((m, j) => m + sd[j] * luck.normal());
      wins[values.indexOf(Math.max(...values))]++;
    }
    best(mean, sd).forEach((p, j) => {
      expect(Math.abs(wins[j] / 100_000 - p) / Math.sqrt((p * (1 - p)) / 100_000)).toBeLessThan(4.5);
    });
  });
});
