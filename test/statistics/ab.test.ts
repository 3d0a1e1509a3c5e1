/**
 * A/B tests over and over: how often a test without lift ends in a launch, looked at once and every day, and how often
 * one with the planned lift does. Seeded; α is that of 4 standard errors, 6·10⁻⁵ a comparison.
 */
import { afterAll, expect, test } from 'vitest';
import { randomFrom } from '../../src/core/random.ts';
import { abCheck } from '../../src/ope/ab/check.ts';
import type { AbTerms } from '../../src/ope/ab/check.ts';
import { abPlan } from '../../src/ope/ab/plan.ts';
import type { Looks } from '../../src/ope/ab/always-valid.ts';

const TESTS = 1000;
const RISK = 0.05;
const standardErrors = (rate: number, risk: number): number => (rate - risk) / Math.sqrt((risk * (1 - risk)) / TESTS);
const printed: string[] = [];
afterAll(() => console.info(`A/B tests, ${TESTS} each:\n${printed.join('\n')}`));

/** Share of tests that ever say launch, looked at `days` times; conversions of a day are normal about their mean. */
function launches(terms: AbTerms, rates: readonly [number, number], days: number, seed: string): number {
  const draw = randomFrom(seed).sequence();
  let launched = 0;
  for (let t = 0; t < TESTS; t++) {
    const sums = [0, 0];
    const perDay = Math.ceil(terms.rows.control / days);
    for (let day = 1; day <= days; day++) {
      rates.forEach((rate, arm) => {
        const drawn = perDay * rate + Math.sqrt(perDay * rate * (1 - rate)) * draw.normal();
        sums[arm] += Math.max(0, Math.round(drawn));
      });
      const [control, treatment] = sums.map((sum) => ({ rows: day * perDay, sum }));
      if (abCheck(terms, { control, treatment }).verdict !== 'launch') continue;
      launched++;
      break;
    }
  }
  return launched / TESTS;
}

const plan = (looks: Looks): AbTerms => abPlan({ base: 0.1, minLift: 0.1, risk: RISK, power: 0.8, looks });

test('without lift, a test of one look launches at the stated risk', () => {
  // The lift asked for is set low, so that only the risk decides, not how far the lift is from what was asked.
  const rate = launches({ ...plan('once'), minLift: 0 }, [0.1, 0.1], 1, 'null');
  printed.push(`no lift, one look: launch ${rate}`);
  expect(Math.abs(standardErrors(rate, RISK))).toBeLessThan(4);
});

test('without lift, a test that is looked at on each of 100 days launches at most at the risk', () => {
  const terms = { ...plan('any-day'), minLift: 0 };
  const rate = launches(terms, [0.1, 0.1], 100, 'daily');
  const naive = launches({ ...terms, looks: 'once', rows: { ...terms.rows, total: 1 } }, [0.1, 0.1], 100, 'daily');
  printed.push(`no lift, looked at on 100 days: launch ${rate}; with the bound for one look ${naive}`);
  expect(standardErrors(rate, RISK)).toBeLessThan(4);
  expect(naive).toBeGreaterThan(4 * RISK); // what the mixture is for
});

test.each([
  ['once', 1, 4],
  ['any-day', 50, Infinity], // the planned end is a last look among many
] as const)('with the planned lift, looked at %s, it launches with the planned power', (looks, days, most) => {
  const rate = launches(plan(looks), [0.1, 0.11], days, 'power');
  printed.push(`planned lift, ${looks}: launch ${rate}`);
  expect(standardErrors(rate, 0.8)).toBeGreaterThan(-4);
  expect(standardErrors(rate, 0.8)).toBeLessThan(most);
});
