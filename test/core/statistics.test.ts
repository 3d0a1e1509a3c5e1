import { describe, expect, it } from 'vitest';
import { disjoint, summarise } from '../../src/core/statistics.ts';
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

it('disjoint intervals share no point', () => {
  expect(disjoint([0, 1], [1, 2])).toBe(false);
  expect(disjoint([0, 1], [1.1, 2])).toBe(true);
});

it('distinctWarnings keeps the first of equals', () => {
  const warning = { kind: 'k', message: 'm', advice: 'a' };
  expect(distinctWarnings([warning, { ...warning }, { ...warning, message: 'n' }])).toHaveLength(2);
});
