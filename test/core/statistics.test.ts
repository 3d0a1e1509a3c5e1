import { describe, expect, it } from 'vitest';
import { clusteredRate, disjoint, summarise } from '../../src/core/statistics.ts';
import { distinctWarnings } from '../../src/core/warnings.ts';

describe('summarise', () => {
  it('gives the mean with Student’s interval', () => {
    const { mean, interval, count } = summarise([1, 2, 3, 4]);
    expect(mean).toBe(2.5);
    expect(count).toBe(4);
    // 2.5 ∓ t(.975, 3) · sd/√4 = 2.5 ∓ 3.182446305 · 0.645497224
    expect(interval?.[0]).toBeCloseTo(2.5 - 3.182446305 * 0.645497224, 8);
    expect(interval?.[1]).toBeCloseTo(2.5 + 3.182446305 * 0.645497224, 8);
  });

  it('does not pretend to know the spread of one number', () => {
    expect(summarise([3])).toEqual({ mean: 3, interval: null, count: 1, level: 0.95 });
  });

  it('refuses nothing at all', () => {
    expect(() => summarise([])).toThrow('no values');
  });
});

describe('clusteredRate', () => {
  it('equals the ratio estimator worked out by hand', () => {
    // r = 6/30 = 0.2; residuals 2 − 2, 4 − 2, 0 − 2: squares 8; half = t(.975, 2)·√(3/2·8)/30 = 4.302652730·3.464101615/30
    const { rate, interval } = clusteredRate([2, 4, 0], [10, 10, 10]) ?? { rate: NaN, interval: null };
    expect(rate).toBeCloseTo(0.2, 12);
    expect(interval?.[0]).toBe(0); // 0.2 − 0.4968 is cut at 0
    expect(interval?.[1]).toBeCloseTo(0.2 + (4.30265273 * 3.464101615) / 30, 8);
  });

  it('is summarise where every cluster holds as many', () => {
    const hits = [31, 28, 40, 35];
    const expected = summarise(hits.map((h) => h / 100));
    const { rate, interval } = clusteredRate(hits, [100, 100, 100, 100]) ?? { rate: NaN, interval: null };
    expect(rate).toBeCloseTo(expected.mean, 12);
    expect(interval?.[0]).toBeCloseTo(expected.interval?.[0] ?? NaN, 12);
  });

  it('does not pretend: one cluster has no spread, no trials no rate', () => {
    expect(clusteredRate([3], [10])).toEqual({ rate: 0.3, interval: null });
    expect(clusteredRate([0, 0], [0, 0])).toBeNull();
  });
});

it('disjoint intervals share no point', () => {
  expect(disjoint([0, 1], [1, 2])).toBe(false);
  expect(disjoint([0, 1], [1.1, 2])).toBe(true);
});

it('distinctWarnings keeps the first of equals', () => {
  const warning = { kind: 'k', message: 'm', advice: 'a' };
  expect(distinctWarnings([warning, { ...warning }, { ...warning, message: 'n' }])).toHaveLength(2);
});
