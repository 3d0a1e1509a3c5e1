import { describe, expect, it } from 'vitest';
import type { Summary } from '../../src/core/statistics.ts';
import {
  DOLLARS,
  MISSING,
  PERCENT,
  confidence,
  counted,
  decimal,
  doubtDecimals,
  duration,
  interval,
  listed,
  percent,
  plusMinus,
  quantity,
  rateWithInterval,
  rewardUnit,
  signed,
  signedPlusMinus,
} from '../../src/report/format.ts';

const summary = (mean: number, half: number | null, count = 20): Summary => ({
  mean,
  interval: half === null ? null : [mean - half, mean + half],
  count,
  level: 0.95,
});
const plain = (text: string): string => text.replace(/\u202f/g, ' ').replace(/\u2212/g, '-');

describe('numbers with unit and doubt', () => {
  it.each([
    [summary(0.0214, 0.0008), PERCENT, '2.14 % ± 0.08'],
    [summary(0.0214, 0.00123), PERCENT, '2.14 % ± 0.12'],
    [summary(1204.4, 12.2), DOLLARS, '$1,204 ± 12'],
    [summary(0.04123, 0.00061), rewardUnit('click'), '0.0412 clicks ± 0.0006'],
    [summary(-85.2, 4.1), rewardUnit(''), '-85 ± 4'],
    [summary(-0.0004, 0.02), DOLLARS, '$0.000 ± 0.020'],
    [summary(0.0214, null, 1), PERCENT, '2.14 %'],
    [summary(0, 0), rewardUnit(''), '0 ± 0'],
    [summary(NaN, 1), PERCENT, MISSING],
    [summary(0, null, 0), PERCENT, MISSING],
    [summary(0.0412, 0.0006), rewardUnit('USD'), '$0.0412 ± 0.0006'],
  ])('writes %o', (value, unit, expected) => {
    expect(plain(plusMinus(value, unit))).toBe(expected);
  });

  it('keeps doubts as the Particle Data Group does', () => {
    // Their own examples: 0.827 ± 0.119 → 0.12, ± 0.367 → 0.4; and the carry from 0.0962 to 0.10.
    expect([0.119, 0.367, 0.0962, 0.354, 0.355, 123.4, 1e-20].map(doubtDecimals)).toEqual([2, 1, 2, 2, 1, 0, 12]);
    expect(plain(plusMinus(summary(0.827, 0.119)))).toBe('0.83 ± 0.12');
    expect(plain(plusMinus(summary(0.827, 0.367)))).toBe('0.8 ± 0.4');
    expect(plain(plusMinus(summary(1.2345, 0.0962)))).toBe('1.23 ± 0.10');
  });

  it('groups thousands, never writes -0, and says when there is no number', () => {
    expect(plain(decimal(-1234567.5, 1))).toBe('-1,234,567.5');
    expect(plain(decimal(-0.0001, 2))).toBe('0.00');
    expect(decimal(null)).toBe(MISSING);
    expect(percent(Infinity)).toBe(MISSING);
    expect(quantity(undefined)).toBe(MISSING);
    expect(interval([NaN, 1])).toBe('');
  });

  it('puts the sign of money in front', () => {
    expect(plain(quantity(-0.03124, DOLLARS))).toBe('-$0.0312');
    expect(quantity(999.96, DOLLARS)).toBe('$1,000');
    expect(quantity(12, DOLLARS, 2)).toBe('$12.00');
  });

  it('signs differences, except zero', () => {
    expect(plain(signed(0.032, PERCENT))).toBe('+3.20 %');
    expect(plain(signed(-0.032, PERCENT))).toBe('-3.20 %');
    expect(plain(signed(0, PERCENT))).toBe('0 %');
    expect(plain(signedPlusMinus(summary(0.032, 0.004), PERCENT))).toBe('+3.2 % ± 0.4');
    expect(plain(signedPlusMinus(summary(0.00001, 0.4)))).toBe('0.0 ± 0.4');
  });

  it('writes intervals that are not symmetric', () => {
    expect(plain(rateWithInterval(0.0214, [0.0206, 0.0223]))).toBe('2.14 % [2.06, 2.23]');
    expect(plain(rateWithInterval(0.5, [0.5, 0.5]))).toBe('50.0 % [50.0, 50.0]');
    expect(plain(interval([-0.2, 0.4]))).toBe('[-0.20, 0.40]');
  });

  it('speaks: durations, counts, lists, levels', () => {
    expect([0.52, 58.2, 200].map(duration)).toEqual(['0.5 s', '58 s', '3 min 20 s']);
    expect([counted(1, 'seed'), counted(8, 'seed'), counted(1200, 'row')]).toEqual([
      'one seed',
      '8 seeds',
      '1,200 rows',
    ]);
    expect([listed([]), listed(['a']), listed(['a', 'b']), listed(['a', 'b', 'c'])]).toEqual([
      '',
      'a',
      'a and b',
      'a, b and c',
    ]);
    expect([0.95, 1 - 0.05 / 6].map(confidence).map(plain)).toEqual(['95 %', '99.2 %']);
  });
});
