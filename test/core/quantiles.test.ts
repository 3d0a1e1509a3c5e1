import { describe, expect, it } from 'vitest';
import { betaCdf, logGamma, normalQuantile, studentQuantile } from '../../src/core/quantiles.ts';
import { wilson } from '../../src/core/intervals.ts';

/** Relative distance, absolute below 1. */
const distance = (a: number, b: number): number => Math.abs(a - b) / Math.max(1, Math.abs(b));

describe('normalQuantile', () => {
  // Wichura's own check values and scipy.stats.norm.ppf.
  it.each([
    [0.25, -0.6744897501960817],
    [0.001, -3.090232306167813],
    [1e-20, -9.262340089798408],
    [0.975, 1.959963984540054],
    [0.5, 0],
  ])('at %f', (p, z) => {
    expect(distance(normalQuantile(p), z)).toBeLessThan(1e-14);
  });

  it('refuses what is no probability', () => {
    expect(() => normalQuantile(1.1)).toThrow('1.1 is not a probability');
    expect(() => normalQuantile(Number.NaN)).toThrow('NaN');
  });
});

describe('studentQuantile', () => {
  // scipy.stats.t.ppf; one degree of freedom is tan(π(p − ½)).
  it.each([
    [0.975, 9, 2.262157162798205],
    [0.975, 1, 12.706204736174694],
    [0.995, 4, 4.604094871349992],
    [0.9, 99, 1.2901614420344854],
  ])('at %f with %i degrees', (p, degrees, t) => {
    expect(distance(studentQuantile(p, degrees), t)).toBeLessThan(1e-12);
    expect(distance(1 - 0.5 * betaCdf(degrees / (degrees + t * t), degrees / 2, 0.5), p)).toBeLessThan(1e-12);
    expect(studentQuantile(1 - p, degrees)).toBeCloseTo(-t, 10);
  });
});

describe('betaCdf and logGamma', () => {
  it('agree with closed forms', () => {
    expect(distance(logGamma(0.5), Math.log(Math.PI) / 2)).toBeLessThan(1e-14);
    expect(distance(logGamma(11), Math.log(3_628_800))).toBeLessThan(1e-14);
    expect(distance(betaCdf(0.3, 1, 1), 0.3)).toBeLessThan(1e-14);
    expect(distance(betaCdf(0.3, 2, 1), 0.09)).toBeLessThan(1e-14);
    expect(distance(betaCdf(0.3, 1, 5), 1 - 0.7 ** 5)).toBeLessThan(1e-14);
  });

  it('is symmetric', () => {
    for (const [x, a, b] of [
      [0.1, 3, 7],
      [0.02, 40, 2000],
      [0.9, 0.5, 0.5],
    ]) {
      expect(distance(betaCdf(x, a, b) + betaCdf(1 - x, b, a), 1)).toBeLessThan(1e-12);
    }
  });
});

describe('wilson', () => {
  it('equals the reference vector 108 of 400', () => {
    const [low, high] = wilson(108, 400);
    expect(distance(low, 0.2288327841)).toBeLessThan(1e-9);
    expect(distance(high, 0.3155428711)).toBeLessThan(1e-9);
  });

  it('stays inside [0, 1] and refuses the impossible', () => {
    expect(wilson(0, 10)[0]).toBe(0);
    expect(wilson(10, 10)[1]).toBe(1);
    expect(wilson(0, 0)).toEqual([0, 1]);
    expect(() => wilson(3, 2)).toThrow('3 hits in 2 trials');
  });
});
