/** The file formats of launch decisions, A/B plans and checks are written down: every key of them. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { randomFrom } from '../src/core/random.ts';
import { abCheck } from '../src/ope/ab/check.ts';
import { abPlan } from '../src/ope/ab/plan.ts';
import { decideLaunch } from '../src/ope/launch/decide.ts';
import { VERDICT_CODES } from '../src/ope/launch/decision.ts';
import { evidenceOf } from './statistics/launch-worlds.ts';

const DOCUMENT = readFileSync(new URL('../docs/launch-verdict.md', import.meta.url), 'utf8');
const [FIRST, PLAN, CHECK] = DOCUMENT.split(/^## The (?=plan|check)/mu);

/** Every key at any depth. */
function keysOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(keysOf);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...keysOf(inner)]);
}

const unsaid = (value: unknown, text: string): string[] =>
  [...new Set(keysOf(value))].filter((key) => !new RegExp(`\`"?${key}"?\``, 'u').test(text));

test('nothing is left unsaid', async () => {
  const world = { logged: [0.4, 0.3, 0.2, 0.1], rates: [0.1, 0.15, 0.2, 0.3], rows: 4000 };
  const [evidence] = evidenceOf(world, [[0.2, 0.3, 0.3, 0.2]], randomFrom('document'));
  const index = new Int32Array(world.rows);
  const decision = await decideLaunch({
    candidates: [{ name: 'new', evidence, diagnosis: [{ kind: 'drift', message: 'it drifts', advice: 'look' }] }],
    baseline: 'behaviour',
    minLift: 0.05,
    risk: 0.05,
    segments: [{ column: 'device', names: ['phone'], index }],
    coverage: ({ level }) => ({ worlds: 100, level, actual: level, tooHigh: 0.05, tooLow: 0.05 }),
    random: randomFrom('bounds'),
  });
  expect(keysOf(decision)).toEqual(expect.arrayContaining(['stages', 'share', 'tooHigh', 'advice', 'column']));
  expect(unsaid(decision, FIRST)).toEqual([]);
  const plan = abPlan({ base: 0.1, minLift: 0.1, risk: 0.05, power: 0.8 });
  expect(unsaid(plan, PLAN)).toEqual([]);
  const arm = { rows: plan.rows.control, sum: 1000 };
  expect(unsaid(abCheck(plan, { control: arm, treatment: { ...arm, sum: 1200 } }, decision), CHECK)).toEqual([]);
  expect(unsaid({ surprise: 1 }, FIRST)).toEqual(['surprise']);
});

test('nor is an exit code', () => {
  const said = [...DOCUMENT.matchAll(/^\| (\d) \| `([a-z-]+)` \|/gmu)].map(([, code, verdict]) => [
    verdict,
    Number(code),
  ]);
  expect(Object.fromEntries(said)).toEqual(VERDICT_CODES);
});
