/** The value of a policy on a log that somebody brought, whole and streamed. */
import { describe, expect, it } from 'vitest';
import { matrix } from '../../../src/core/matrix.ts';
import { randomFrom } from '../../../src/core/random.ts';
import type { LogSource } from '../../../src/runner/logs/source.ts';
import { valueLog } from '../../../src/runner/ope/value-log.ts';
import type { ValueOptions } from '../../../src/runner/ope/value-log.ts';
import { openPolicy } from '../../../src/runner/policies/open-policy.ts';
import { broughtLog } from '../policies/brought-log.ts';

const LOGGED = [0.5, 0.3, 0.2];

/** More rows than two blocks; the odds of the logged action under another policy as a column, π_b whole. */
function longLog(rows: number, whole = false): LogSource {
  const draw = randomFrom('log').sequence();
  const action = Array.from({ length: rows }, () => {
    const u = draw.uniform();
    return u < 0.5 ? 0 : u < 0.8 ? 1 : 2;
  });
  const behaviour = matrix(rows, 3);
  for (let i = 0; i < rows; i++) behaviour.data.set(LOGGED, i * 3);
  return broughtLog({
    actions: ['a', 'b', 'c'],
    action,
    propensity: action.map((a) => LOGGED[a]),
    reward: action.map((a) => (draw.uniform() < 0.05 * (a + 1) ? 1 : 0)),
    columns: { mine: action.map((a) => [0.2, 0.3, 0.5][a]) },
    ...(whole ? { behaviour } : {}),
  });
}

async function value(source: LogSource, policy: string, options: Partial<ValueOptions> = {}) {
  const random = randomFrom('seed');
  const opened = await openPolicy(policy, source, { random: random.stream('policy') });
  const usual = { level: 0.95, coverage: 'off', model: 'means', folds: 2, random } as const;
  return valueLog(source, opened, { ...usual, ...options });
}

describe('valueLog', () => {
  it('says the same of a log that is held and of one that streams', async () => {
    const source = longLog(150_000);
    const words = { estimators: ['ips', 'snips'], coverage: 'quick' } as const;
    const held = await value(source, 'column:mine', words);
    const streamed = await value(source, 'column:mine', { ...words, mostCells: 1000 });
    expect(streamed).toEqual(held);
    expect(held.estimates[0].coverage).toBeGreaterThan(0.9);
  });

  it('the same seed, the same bytes; another, other made-up logs', async () => {
    const source = longLog(400);
    const text = async (seed: string) =>
      JSON.stringify(await value(source, 'uniform', { coverage: 'quick', random: randomFrom(seed) }));
    const one = await text('1');
    expect(await text('1')).toBe(one);
    expect(await text('2')).not.toBe(one);
  });

  it('gives the rule that is asked for, with its coverage unless that is off', async () => {
    const source = longLog(400);
    for (const coverage of ['off', 'quick'] as const) {
      // oxlint-disable-next-line no-await-in-loop
      const { estimates, measured } = await value(source, 'uniform', { coverage, rule: 'bootstrap-studentised' });
      expect(new Set(estimates.map(({ rule }) => rule))).toEqual(new Set(['bootstrap-studentised']));
      expect(measured === null).toBe(coverage === 'off');
      expect(estimates[0].coverage === undefined).toBe(coverage === 'off');
    }
  });

  it('leaves out what a policy of the logged action alone does not allow, and refuses it where it is named', async () => {
    const source = longLog(200);
    const { estimates, leftOut } = await value(source, 'column:mine');
    expect(estimates.map(({ estimator }) => estimator)).toEqual(['ips', 'snips']);
    expect(leftOut.map(({ estimator }) => estimator)).toEqual(['dm', 'dr', 'sndr', 'switch-dr', 'dros']);
    await expect(value(source, 'column:mine', { estimators: ['dr'] })).rejects.toThrow(/^--estimators: dr: it needs/u);
  });

  it('a streamed log without predictions has no model: what needs one is left out, or refused if asked for by name', async () => {
    const { estimates, leftOut } = await value(longLog(200), 'uniform', { mostCells: 10 });
    expect(estimates.map(({ estimator }) => estimator)).toEqual(['ips', 'snips']);
    expect(leftOut.map(({ estimator }) => estimator)).toEqual(['dm', 'dr', 'sndr', 'switch-dr', 'dros']);
    expect(leftOut[0].why).toMatch(
      /needs a reward model, and 200 rows are too many .*; give its predictions as columns/u,
    );
    await expect(value(longLog(200), 'uniform', { mostCells: 10, estimators: ['ips', 'dr'] })).rejects.toThrow(
      /^--estimators: dr: it needs a reward model, and 200 rows are too many to fit one to; leave it out, or give its/u,
    );
  });

  it('an interval that was measured to hold is not called too narrow beside few rewards', async () => {
    const { estimates } = await value(longLog(100), 'uniform', { coverage: 'quick', estimators: ['ips', 'snips'] });
    for (const { rule, coverage, warnings } of estimates) {
      const few = warnings.filter(({ kind }) => kind === 'few-rewards').map(({ advice }) => advice);
      expect(few).toEqual([
        expect.stringContaining(
          `this one (${rule}) held the truth in ${(100 * (coverage ?? NaN)).toFixed(0)} % of 400`,
        ),
      ]);
      expect(warnings.map(({ kind }) => kind)).not.toContain('coverage-falls-short');
    }
    const [unmeasured] = (await value(longLog(100), 'uniform', { estimators: ['ips'] })).estimates;
    expect(unmeasured.warnings.find(({ kind }) => kind === 'few-rewards')?.advice).toMatch(/likely too narrow/u);
  });

  it('a whole behaviour policy bounds the weights, so that rules for every log can be used', async () => {
    const { estimates } = await value(longLog(400, true), 'uniform', { rule: 'hoeffding', estimators: ['ips'] });
    const [low, high] = estimates[0].interval;
    // Rewards in [0, 1], weights up to (1/3)/0.2: the width is that of Hoeffding's inequality.
    expect((high - low) / 2).toBeCloseTo((1 / 3 / 0.2) * Math.sqrt(Math.log(2 / 0.05) / (2 * 400)), 9);
    await expect(value(longLog(400), 'uniform', { rule: 'hoeffding', estimators: ['ips'] })).rejects.toThrow(
      /^--rule hoeffding: it has no interval for ips/u,
    );
  });
});
