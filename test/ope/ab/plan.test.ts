/** Sample sizes against published ones, and every number of a plan against its own formula. */
import { describe, expect, test } from 'vitest';
import { criticalValue } from '../../../src/ope/ab/always-valid.ts';
import { abPlan } from '../../../src/ope/ab/plan.ts';
import { meanArms, proportionArms, rowsNeeded } from '../../../src/ope/ab/sample-size.ts';
import { sampleRatioP } from '../../../src/ope/ab/sample-ratio.ts';

const TWO_SIDED = 1.959963984540054; // z₀.₉₇₅

describe('sample size', () => {
  test("20 % against 25 %, two-sided 5 %, power 80 %: R's power.prop.test says 1093.739 an arm", () => {
    expect(rowsNeeded(proportionArms(0.2, 0.25, 0.5), 0.05, TWO_SIDED, 0.8) / 2).toBeCloseTo(1093.739, 3);
    expect(abPlan({ base: 0.2, minLift: 0.25, risk: 0.05, sides: 2, power: 0.8 }).rows).toEqual({
      total: 2188,
      control: 1094,
      treatment: 1094,
    });
  });

  test("the same with the control's variance under the null is Evan Miller's 1030, unpooled 1091", () => {
    const pooled = proportionArms(0.2, 0.25, 0.5);
    const miller = rowsNeeded({ ...pooled, nullVariance: 0.2 * 0.8 }, 0.05, TWO_SIDED, 0.8) / 2;
    expect(Math.round(miller)).toBe(1030);
    const own = (pooled.controlVariance + pooled.treatmentVariance) / 2;
    expect(Math.ceil(rowsNeeded({ ...pooled, nullVariance: own }, 0.05, TWO_SIDED, 0.8) / 2)).toBe(1091);
  });

  test('two means half a standard deviation apart: the textbook 2·((1.96 + 0.84) / 0.5)² = 62.8 an arm', () => {
    expect(rowsNeeded(meanArms(1, 0.5), 0.5, TWO_SIDED, 0.8) / 2).toBeCloseTo(62.791, 2);
    const plan = abPlan({ base: 2, sd: 4, minLift: 1, risk: 0.05, sides: 2, power: 0.8 });
    expect(plan.rows.control).toBe(63);
  });

  test('an uneven split needs 1 / (4·a·(1 − a)) times the rows of an even one', () => {
    const even = rowsNeeded(meanArms(1, 0.5), 0.1, 1.6448536, 0.8);
    expect(rowsNeeded(meanArms(1, 0.1), 0.1, 1.6448536, 0.8) / even).toBeCloseTo(1 / (4 * 0.1 * 0.9), 9);
  });
});

describe('a plan', () => {
  const question = { base: 0.02, minLift: 0.05, risk: 0.05, power: 0.8, rowsPerDay: 50_000 } as const;

  test('at its own size it sees the lift that was asked for, at other sizes about √size as much', () => {
    const { rows, detectable, days } = abPlan(question);
    const [quarter, half, own, , fourfold] = detectable.map(({ lift }) => Number(lift));
    expect(own).toBeCloseTo(0.05, 6);
    expect(half).toBeGreaterThan(own);
    expect(quarter / own).toBeCloseTo(2, 1);
    expect(own / fourfold).toBeCloseTo(2, 1);
    expect(days).toBeCloseTo(rows.total / 50_000, 9);
  });

  test('a rate of 90 % cannot rise by 50 %: small tests see nothing', () => {
    const { detectable } = abPlan({ base: 0.9, minLift: 0.1, risk: 0.05, power: 0.8 });
    expect(detectable[0].lift).toBeNull();
  });

  test('looking every day costs about twice the rows, and the split is off beyond chance', () => {
    const daily = abPlan({ ...question, looks: 'any-day' });
    const { totals, rows, sampleRatio } = abPlan(question);
    expect(totals.once).toBe(rows.total);
    expect(totals['any-day']).toBe(daily.rows.total);
    expect(daily.rows.total / rows.total).toBeGreaterThan(1.8);
    expect(daily.rows.total / rows.total).toBeLessThan(2.3);
    const off = (gap: number): number => sampleRatioP(rows.total / 2 - gap, rows.total / 2 + gap, 0.5);
    expect(off(sampleRatio.tolerance)).toBeGreaterThan(0.001);
    expect(off(sampleRatio.tolerance + 1)).toBeLessThan(0.001);
  });

  test.each([
    [{ base: 2 }, '--base-rate: 2 is not in (0, 1); for a mean give --sd too'],
    [{ base: NaN }, '--base-rate: NaN is not in (0, 1)'],
    [{ base: -1, sd: 1 }, '--base-rate: a mean of -1 has no relative lift'],
    [{ sd: 0 }, '--sd: 0 is not above 0'],
    [{ minLift: 0 }, '--min-lift: 0 is not above 0'],
    [{ base: 0.9, minLift: 0.2 }, '--min-lift: 0.2 takes the rate 0.9 to 1 or beyond'],
    [{ risk: 0.5 }, '--risk: 0.5 is not in (0, 0.5)'],
    [{ power: 0.4 }, '--power: 0.4 is not in (0.5, 1)'],
    [{ allocation: 1 }, '--allocation: 1 is not in (0, 1)'],
    [{ rowsPerDay: 0 }, '--rows-per-day: 0 is not above 0'],
  ])('refuses %o', (given, message) => {
    expect(() => abPlan({ ...question, ...given })).toThrow(message);
  });
});

describe('the critical value', () => {
  test("one look is the normal's quantile", () => {
    expect(criticalValue('once', 10, 1000, 0.025)).toBeCloseTo(TWO_SIDED, 12);
  });

  test("any day is Robbins' mixture, and its ρ is the best one at the planned end", () => {
    const mixture = (ratio: number): number =>
      Math.sqrt((1 + 1 / ratio) * (Math.log(1 + ratio) + 2 * Math.log(1 / 0.1)));
    const best = Math.min(...Array.from({ length: 400 }, (_, i) => mixture(0.1 * (i + 1))));
    const ours = criticalValue('any-day', 1000, 1000, 0.05);
    expect(ours).toBeLessThanOrEqual(best);
    expect(ours).toBeGreaterThan(best - 1e-4);
    expect(criticalValue('any-day', 100, 1000, 0.05)).toBeGreaterThan(ours);
  });
});
