/** The parts of a launch decision against numbers worked out by hand. */
import { describe, expect, test } from 'vitest';
import { holm } from '../../../src/core/paired.ts';
import { holmByBounds } from '../../../src/ope/launch/holm.ts';
import { moreRows } from '../../../src/ope/launch/more-rows.ts';
import { trafficPlan } from '../../../src/ope/launch/traffic.ts';

describe('Holm by bounds', () => {
  test('decides what Holm decides by p-values', () => {
    const pValues = [0.01, 0.04, 0.03, 0.005, 0.2];
    for (const risk of [0.01, 0.025, 0.05, 0.1, 0.2, 0.5]) {
      const found = holmByBounds(pValues.length, risk, (i, at) => pValues[i] <= at);
      expect(found.map((at) => at !== undefined)).toEqual(holm(pValues).map((p) => p <= risk));
    }
    // 0.005 ≤ 0.05/5 and 0.01 ≤ 0.05/5 go first, at the same risk; then 0.03 > 0.05/3.
    expect(holmByBounds(5, 0.05, (i, at) => pValues[i] <= at)).toEqual([0.01, undefined, undefined, 0.01, undefined]);
  });
});

describe('more rows', () => {
  test('the half-width and the distance alone: with half a chance, (half / distance)² times the rows', () => {
    expect(moreRows(1000, 0.5, 1, 0.05, 0.5)).toBe(3000);
    expect(moreRows(1000, -0.5, 1, 0.05, 0.5)).toBe(3000);
  });

  test('power asks for more: ((1.6449 + 0.8416) / 1.6449)² times as many', () => {
    expect(moreRows(1000, 1, 1, 0.05, 0.8)).toBe(Math.ceil(1000 * (2.486475 / 1.644854) ** 2 - 1000));
  });

  test('never on the bar, and no more than a billion', () => {
    expect(moreRows(1000, 0, 1, 0.05, 0.8)).toBe('never');
    expect(moreRows(1000, 1e-9, 1, 0.05, 0.8)).toBe(1e9);
  });
});

describe('the traffic plan', () => {
  const options = {
    value: 0.02,
    variance: 0.0196,
    binary: true,
    harm: 0.01,
    risk: 0.05,
    power: 0.8,
    rowsPerDay: 1e6,
    most: 1,
  };

  test('each stage sees a harm that would cost one per cent of all reward', () => {
    const { stages } = trafficPlan(options);
    expect(stages.map(({ share }) => share)).toEqual([0.01, 0.05, 0.2, 0.5, 1]);
    expect(stages.map(({ detects }) => detects.toFixed(9))).toEqual(
      [0.5, 0.2, 0.05, 0.02, 0.01].map((h) => h.toFixed(9)),
    );
    // Half and half, 2 % against 1.96 %: ((z₀.₉₈₇₅ + z₀.₈)·√(4·0.0194…) / 0.0004)², z = 2.2414 and 0.8416.
    const byHand = (3.083024 * 3.083024 * 4 * 0.0198 * 0.9802) / (0.0004 * 0.0004);
    expect(Number(stages[3].requests) / byHand).toBeCloseTo(1, 3);
    expect(stages[3].days).toBeCloseTo(Number(stages[3].requests) / 1e6, 9);
    expect(stages[4]).toMatchObject({ requests: null, days: null });
    expect(stages.reduce((sum, { risk }) => sum + risk, 0)).toBeCloseTo(0.05, 12);
  });

  test('ends at the share that is safe', () => {
    expect(trafficPlan({ ...options, most: 0.13 }).stages.map(({ share }) => share)).toEqual([0.01, 0.05, 0.13]);
    expect(trafficPlan({ ...options, rowsPerDay: null }).stages.every(({ days }) => days === null)).toBe(true);
  });
});
