/** What an A/B result is read as, and how a promise is held against it. */
import { describe, expect, test } from 'vitest';
import { abCheck } from '../../../src/ope/ab/check.ts';
import type { AbResult, DecisionToCheck } from '../../../src/ope/ab/check.ts';
import { abPlan } from '../../../src/ope/ab/plan.ts';

const PLAN = abPlan({ base: 0.1, minLift: 0.1, risk: 0.05, power: 0.8 });
const N = PLAN.rows.control;
const result = (control: number, treatment: number, rows = N): AbResult => ({
  control: { rows, sum: Math.round(control * rows) },
  treatment: { rows, sum: Math.round(treatment * rows) },
});

describe('the verdict', () => {
  test.each([
    ['launch', 0.1, 0.112, /better than the control: \+12/],
    ['no-go', 0.1, 0.08, /does harm: −20/],
    ['no-go', 0.1, 0.1, /below the lift asked for, \+10 %/],
    ['cannot-tell', 0.1, 0.104, /ended as planned without an answer/],
  ])('%s: %d against %d', (verdict, control, treatment, reason) => {
    const found = abCheck(PLAN, result(control, treatment));
    expect(found.verdict).toBe(verdict);
    expect(found.reasons[0]).toMatch(reason);
  });

  test('better, and less than was asked for, is no launch', () => {
    const plan = { ...PLAN, minLift: 0.2 };
    const found = abCheck(plan, result(0.1, 0.11, 40_000));
    expect([found.verdict, found.reasons[0]]).toEqual([
      'no-go',
      expect.stringMatching(/is better than the control, and below/),
    ]);
  });

  test('a test of one look is not read before its end; one of any day is', () => {
    const early = result(0.1, 0.14, Math.floor(N / 2));
    expect(abCheck(PLAN, early)).toMatchObject({ verdict: 'hold' });
    expect(abCheck({ ...PLAN, looks: 'any-day' }, early)).toMatchObject({ verdict: 'launch' });
    expect(abCheck({ ...PLAN, looks: 'any-day' }, result(0.1, 0.104, 1000))).toMatchObject({ verdict: 'hold' });
  });

  test('a split that was not planned comes before everything', () => {
    const { control, treatment } = result(0.1, 0.13);
    const found = abCheck(PLAN, { control, treatment: { ...treatment, rows: Math.round(1.1 * treatment.rows) } });
    expect(found).toMatchObject({ verdict: 'cannot-tell', lift: null, sampleRatio: { mismatch: true } });
    expect(found.reasons[0]).toMatch(/^The split is not the planned one/);
  });

  test('too few conversions give no interval; no conversions of the treatment do', () => {
    const few = abCheck(PLAN, { control: { rows: N, sum: 9 }, treatment: { rows: N, sum: 5 } });
    expect(few).toMatchObject({ verdict: 'cannot-tell', interval: null });
    const none = abCheck(PLAN, { control: { rows: N, sum: 500 }, treatment: { rows: N, sum: 0 } });
    expect(none).toMatchObject({ verdict: 'no-go', lift: -1 });
    const nothing = { rows: 100, sum: 0, squares: 0 };
    expect(abCheck(PLAN, { control: nothing, treatment: { rows: 100, sum: 50, squares: 50 } }).verdict).toBe(
      'cannot-tell',
    );
  });
});

describe('the interval', () => {
  test('of two rates, by hand', () => {
    const { interval, lift } = abCheck({ ...PLAN, rows: { ...PLAN.rows, total: 2000 } }, result(0.2, 0.25, 1000));
    // ln(250.5/200.5) ± 1.64485·√(1/250.5 − 1/1000.5 + 1/200.5 − 1/1000.5)
    const half = 1.6448536 * Math.sqrt(1 / 250.5 + 1 / 200.5 - 2 / 1000.5);
    expect(lift).toBeCloseTo(0.25, 12);
    expect(interval?.[0]).toBeCloseTo((250.5 / 200.5) * Math.exp(-half) - 1, 6);
    expect(interval?.[1]).toBeCloseTo((250.5 / 200.5) * Math.exp(half) - 1, 6);
  });

  test('of two means, nearly that of the same rates', () => {
    const rows = { ...PLAN.rows, total: 2000 };
    const { control, treatment } = result(0.2, 0.25, 1000);
    const asMeans = {
      control: { ...control, squares: control.sum },
      treatment: { ...treatment, squares: treatment.sum },
    };
    const [rates, means] = [abCheck({ ...PLAN, rows }, { control, treatment }), abCheck({ ...PLAN, rows }, asMeans)];
    expect(means.standardError).toBeCloseTo(Number(rates.standardError), 2);
    expect(means.lift).toBeCloseTo(0.25, 12);
    const s = Math.sqrt((0.25 * 0.75) / 999 + (1.25 * 1.25 * 0.2 * 0.8) / 999) / 0.2;
    expect(means.standardError).toBeCloseTo(s, 12);
  });
});

describe('held against the launch decision', () => {
  const decision = (lift: number): DecisionToCheck => ({
    verdict: 'launch',
    candidate: 'new',
    measure: 'relative',
    baseline: { value: 0.1 },
    candidates: [{ name: 'new', lift, interval: [lift - 0.05, lift + 0.05], standardError: 0.03 }],
  });

  test('inside what was promised', () => {
    const { promised, reasons } = abCheck(PLAN, result(0.1, 0.112), decision(0.1));
    expect(promised).toMatchObject({ inside: true, agrees: true, lift: 0.1 });
    expect(reasons[1]).toMatch(
      /^The log had promised \+10 % \(\+5 % to \+15 %\) for new \(launch\). The test lies inside/,
    );
  });

  test('outside it by more than chance', () => {
    const { promised, reasons } = abCheck(PLAN, result(0.1, 0.1), decision(0.5));
    expect(promised).toMatchObject({ inside: false, agrees: false });
    expect(reasons[1]).toMatch(/did not measure the same thing/);
  });

  test('a difference is put in relation to the baseline', () => {
    const absolute: DecisionToCheck = {
      ...decision(0.1),
      measure: 'absolute',
      candidates: [{ name: 'new', lift: 0.01, interval: [0.005, 0.015], standardError: 0.003 }],
    };
    expect(abCheck(PLAN, result(0.1, 0.112), absolute).promised?.lift).toBeCloseTo(0.1, 12);
  });
});

test.each([
  [{ rows: 0, sum: 0 }, 'control: 0 rows'],
  [{ rows: 10, sum: 11 }, 'control: 11 conversions in 10 rows'],
  [{ rows: 10, sum: 1.5 }, 'control: 1.5 conversions'],
  [{ rows: NaN, sum: 1 }, 'control: NaN rows'],
])('refuses %o', (control, message) => {
  expect(() => abCheck(PLAN, { control, treatment: { rows: 10, sum: 1 } })).toThrow(message);
});
