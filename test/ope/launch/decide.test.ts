/** The verdict says launch, hold and no-go where the rows say so, and nothing where something is wrong with the log. */
import { describe, expect, test } from 'vitest';
import { randomFrom } from '../../../src/core/random.ts';
import { deltaInterval } from '../../../src/ope/intervals/delta.ts';
import { sliceEvidence } from '../../../src/ope/evidence.ts';
import type { IntervalRule } from '../../../src/ope/intervals/rule.ts';
import { decideLaunch } from '../../../src/ope/launch/decide.ts';
import type { LaunchInput } from '../../../src/ope/launch/decide.ts';
import type { LaunchDecision } from '../../../src/ope/launch/decision.ts';
import { DELTA_SKEW } from '../../../src/ope/launch/delta-skew.ts';
import { evidenceOf } from '../../statistics/launch-worlds.ts';

const LOGGED = [0.4, 0.3, 0.2, 0.1];
const RATES = [0.1, 0.15, 0.2, 0.3];
const BETTER = [0.2, 0.3, 0.3, 0.2]; // worth 0.185, the logged policy 0.155: a lift of 19 %
const WORSE = [0.7, 0.2, 0.05, 0.05]; // worth 0.125: a loss of 19 %

const [better, worse, same] = evidenceOf(
  { logged: LOGGED, rates: RATES, rows: 20_000 },
  [BETTER, WORSE, LOGGED],
  randomFrom('log'),
  true,
);

async function decided(given: Partial<LaunchInput> = {}): Promise<LaunchDecision> {
  return decideLaunch({
    candidates: [{ name: 'better', evidence: better }],
    baseline: 'behaviour',
    minLift: 0.05,
    risk: 0.05,
    random: randomFrom('bounds'),
    ...given,
  });
}

describe('the four verdicts', () => {
  test('launch: the lower bound reaches the bar', async () => {
    const found = await decided();
    const [one] = found.candidates;
    expect(found.verdict).toBe('launch');
    expect(one.interval?.[0]).toBeGreaterThan(0.05);
    expect(one.lift).toBeGreaterThan(0.15);
    expect(one.lift).toBeLessThan(0.25);
    expect([one.estimator, one.rule, one.moreRows, one.mixture?.share]).toEqual(['dr', 'delta-skew', null, 1]);
    expect(found.reasons[0]).toMatch(/^The lift is at least \+5 %: its lower bound is \+1\d/);
    expect(found.reasons.at(-1)).toMatch(/coverage of delta-skew was not measured/);
    expect(found.traffic?.stages.map(({ share }) => share)).toEqual([0.01, 0.05, 0.2, 0.5, 1]);
  });

  test('hold: the interval holds the bar; it says how many more rows would decide', async () => {
    const wanted = (await decided()).candidates[0].lift as number;
    const found = await decided({ minLift: wanted + 0.01 });
    expect(found.verdict).toBe('hold');
    expect(found.candidates[0].moreRows).toBeGreaterThan(1000);
    expect(found.reasons.join(' ')).toMatch(/About [\d,]+ more rows like these would decide.*second look/);
    const never = await decided({ minLift: wanted });
    expect([never.verdict, never.candidates[0].moreRows]).toEqual(['hold', 'never']);
    expect((await decided({ minLift: wanted + 1e-9 })).candidates[0].moreRows).toBe(1e9);
    // Divided among many looks, the risk of each is smaller and the bound lower.
    const often = await decided({ looks: 100 });
    expect(often.candidates[0].interval?.[0]).toBeLessThan((await decided()).candidates[0].interval?.[0] as number);
  });

  test('no-go: the upper bound stays below the bar, and harm is told from too little', async () => {
    const harm = await decided({ candidates: [{ name: 'worse', evidence: worse }] });
    expect([harm.verdict, harm.candidates[0].harmful]).toEqual(['no-go', true]);
    expect(harm.reasons[0]).toMatch(/^It does harm: the lift is at most −1\d/);
    expect(harm.traffic).toBeNull();
    const little = await decided({ minLift: 0.5 });
    expect([little.verdict, little.candidates[0].harmful]).toEqual(['no-go', false]);
    expect(little.reasons[0]).toMatch(
      /^It is better than the baseline, and by less than was asked: the lift is at most/,
    );
  });

  test("can't tell: too few rows, whatever the interval says", async () => {
    const [few] = evidenceOf({ logged: LOGGED, rates: RATES, rows: 150 }, [BETTER], randomFrom('few'));
    const found = await decided({ candidates: [{ name: 'few', evidence: few }], minLift: -10 });
    expect(found.verdict).toBe('cannot-tell');
    expect(found.candidates[0].blocking.map(({ kind }) => kind)).toContain('few-rewards');
    expect(found.candidates[0].mixture).toBeNull();
    expect(found.traffic).toBeNull();
    const { effectiveRewards } = found.candidates[0];
    const needed = Math.ceil((150 * 30) / effectiveRewards);
    expect(needed).toBeGreaterThan(150);
    expect(found.reasons).toContain(`A log of about ${needed} rows like these could be read.`);
  });
});

describe("can't tell, because something is wrong", () => {
  test('the candidate takes actions that the log never shows', async () => {
    const world = { logged: [0.5, 0.5, 0, 0], rates: RATES, rows: 20_000 };
    const [unseen] = evidenceOf(world, [[0.45, 0.45, 0.1, 0]], randomFrom('unseen'));
    const found = await decided({ candidates: [{ name: 'unseen', evidence: unseen }] });
    expect(found.verdict).toBe('cannot-tell');
    expect(found.reasons[0]).toMatch(/^The evaluation policy spends 10\.0 % .* never shows\.$/);
  });

  test('the propensities are wrong: weights do not average 1', async () => {
    const [one] = evidenceOf({ logged: LOGGED, rates: RATES, rows: 20_000 }, [BETTER], randomFrom('wrong'));
    const { decisions } = one.log;
    const halved = { ...one.log, decisions: { ...decisions, propensity: decisions.propensity.map((p) => 0.9 * p) } };
    const found = await decided({ candidates: [{ name: 'wrong', evidence: { ...one, log: halved } }] });
    expect(found.verdict).toBe('cannot-tell');
    expect(found.candidates[0].blocking.map(({ kind }) => kind)).toEqual(['mean-weight', 'estimates-disagree']);
  });

  test('two estimators contradict each other beyond chance', async () => {
    // Drawn 1.25, 1, 0.65 and 0.7 times as often as logged, so that this candidate's weights still average 1.
    const drawn = { logged: [0.5, 0.3, 0.13, 0.07], rates: RATES, rows: 20_000 };
    const [one] = evidenceOf(drawn, [[0.3, 0.45, 0, 0.25]], randomFrom('odd'), true);
    const propensity = one.log.decisions.propensity.map((_p, i) => LOGGED[one.log.decisions.action[i]]);
    const log = { ...one.log, decisions: { ...one.log.decisions, propensity } };
    const found = await decided({ candidates: [{ name: 'odd', evidence: { ...one, log } }] });
    expect(found.verdict).toBe('cannot-tell');
    expect(found.candidates[0].blocking.map(({ kind }) => kind)).toEqual(['estimates-disagree']);
  });

  test('the diagnosis found a mismatch of samples; other doubts are only noted', async () => {
    const warn = (kind: string) => ({ kind, message: `a ${kind}`, advice: 'look' });
    const ask = (kind: string) =>
      decided({ candidates: [{ name: 'better', evidence: better, diagnosis: [warn(kind)] }] });
    const blocked = await ask('sample-ratio-mismatch');
    expect([blocked.verdict, blocked.reasons[0]]).toEqual(['cannot-tell', 'A sample-ratio-mismatch.']);
    const noted = await ask('drift');
    expect(noted.verdict).toBe('launch');
    expect(noted.candidates[0].doubts.map(({ kind }) => kind)).toContain('drift');
  });

  test('what the diagnosis says of a kind is said once, and more fully', async () => {
    const diagnosis = [{ kind: 'few-rewards', message: 'few, by name', advice: 'look' }];
    const few = sliceEvidence(better, 0, 60);
    const found = await decided({ candidates: [{ name: 'few', evidence: few, diagnosis }] });
    const { blocking, doubts } = found.candidates[0];
    const told = [...blocking, ...doubts].filter(({ kind }) => kind === 'few-rewards');
    expect(told.map(({ message }) => message)).toEqual(['few, by name']);
  });

  test('beside an interval that was measured to hold, few rewards are not called too narrow', async () => {
    const few = sliceEvidence(better, 0, 60);
    const candidates = [{ name: 'few', evidence: few }];
    const adviceOf = (found: LaunchDecision): string | undefined =>
      found.candidates[0].blocking.find(({ kind }) => kind === 'few-rewards')?.advice;
    const coverage = () => ({ worlds: 400, level: 0.9, actual: 0.9 });
    expect(adviceOf(await decided({ candidates, coverage }))).toMatch(/delta-skew\) held the truth in 90 % of 400/);
    expect(adviceOf(await decided({ candidates }))).toMatch(/likely too narrow/);
  });

  test('a baseline of no value has no relative lift', async () => {
    const log = {
      ...better.log,
      outcomes: { ...better.log.outcomes, reward: better.log.outcomes.reward.map((r) => r - 0.155) },
    };
    const evidence = { ...better, log };
    const found = await decided({ candidates: [{ name: 'zero', evidence }] });
    expect(found.candidates[0].blocking.map(({ kind }) => kind)).toEqual(['baseline-near-zero']);
    const [one] = (await decided({ candidates: [{ name: 'zero', evidence }], measure: 'absolute', minLift: 0.01 }))
      .candidates;
    expect([one.verdict, one.blocking.length]).toEqual(['launch', 0]);
  });
});

describe("can't tell from hardly anything", () => {
  const log = (rows: number) => evidenceOf({ logged: LOGGED, rates: RATES, rows }, [BETTER], randomFrom('little'))[0];

  test.each([
    ['one row', log(1)],
    ['two rows', log(2)],
    ['no reward', evidenceOf({ logged: LOGGED, rates: [0, 0, 0, 0], rows: 500 }, [BETTER], randomFrom('none'))[0]],
    [
      'no overlap',
      evidenceOf({ logged: [0.5, 0.5, 0, 0], rates: RATES, rows: 500 }, [[0, 0, 1, 0]], randomFrom('no'))[0],
    ],
  ])('%s', async (_, evidence) => {
    const found = await decided({ candidates: [{ name: 'little', evidence }] });
    expect([found.verdict, found.traffic]).toEqual(['cannot-tell', null]);
    expect(found.reasons.length).toBeGreaterThan(0);
    expect(JSON.parse(JSON.stringify(found))).toEqual(found); // no NaN and no infinity
  });

  test('no row is refused', async () => {
    await expect(decided({ candidates: [{ name: 'none', evidence: log(0) }] })).rejects.toThrow('The log is empty');
  });
});

describe('rules and their measured coverage', () => {
  const NARROW: IntervalRule = {
    ...DELTA_SKEW,
    name: 'narrow',
    interval: ({ estimator, moments }) => deltaInterval(estimator, moments, 0.1),
  };
  const measured = (actual: Record<string, number>, sides: object = {}): Partial<LaunchInput> => ({
    rules: () => [NARROW, DELTA_SKEW],
    coverage: ({ rule, level }) => ({ worlds: 500, level, actual: actual[rule], ...sides }),
  });

  test('the first rule that was measured to hold decides', async () => {
    const found = await decided(measured({ narrow: 0.5, 'delta-skew': 0.9 }));
    expect(found.candidates[0]).toMatchObject({ verdict: 'launch', rule: 'delta-skew', coverage: { actual: 0.9 } });
    expect(found.reasons.join(' ')).not.toMatch(/not measured/);
  });

  test("where none holds, nobody can tell; one that wasn't measured is no way out", async () => {
    const none = await decided(measured({ narrow: 0.5, 'delta-skew': 0.8 }));
    expect([none.verdict, none.candidates[0].rule]).toEqual(['cannot-tell', null]);
    expect(none.reasons.join(' ')).toMatch(/No interval rule holds.*narrow: held the truth in 50\.0 % of 500 worlds/);
    const some = await decided({
      rules: () => [NARROW, DELTA_SKEW],
      coverage: ({ rule, level }) => (rule === 'narrow' ? { worlds: 500, level, actual: 0.5 } : undefined),
    });
    expect(some.verdict).toBe('cannot-tell');
  });

  test('a rule whose lower side alone holds may launch, and may not refuse', async () => {
    const ask = measured({ narrow: 0.5, 'delta-skew': 0.8 }, { tooHigh: 0.03, tooLow: 0.2 });
    expect((await decided({ ...ask, rules: () => [DELTA_SKEW] })).verdict).toBe('launch');
    const refused = await decided({
      ...ask,
      rules: () => [DELTA_SKEW],
      candidates: [{ name: 'worse', evidence: worse }],
    });
    expect(refused.verdict).toBe('cannot-tell');
    expect(refused.reasons[0]).toMatch(/a no-go cannot rest on it/);
  });
});

describe('several candidates, another baseline, segments', () => {
  const both = [
    { name: 'worse', evidence: worse },
    { name: 'better', evidence: better },
  ];

  test('the one that passes is named, and was held to half the risk', async () => {
    const found = await decided({ candidates: both });
    expect([found.verdict, found.candidate]).toEqual(['launch', 'better']);
    expect(found.candidates.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['worse', 'no-go'],
      ['better', 'launch'],
    ]);
    expect(found.candidates[1].boundRisk).toBe(0.025);
    expect(found.reasons[0]).toBe('Of 2 candidates better is the one to speak of; the others: worse no-go.');
  });

  test('against another policy, on the same rows', async () => {
    const found = await decided({ baseline: { name: 'worse', evidence: worse } });
    expect(found.verdict).toBe('launch');
    expect(found.candidates[0].lift).toBeGreaterThan(0.35); // 0.185 / 0.125 − 1 = 0.48
    expect(found.baseline.name).toBe('worse');
    // The logged policy as a baseline is the same as naming its odds.
    const [named, logged] = [await decided({ baseline: { name: 'logged', evidence: same } }), await decided()];
    expect(named.candidates[0].lift).toBeCloseTo(logged.candidates[0].lift as number, 12);
  });

  test('a segment that is harmed is named, one that is too small is not judged', async () => {
    // In the second half clicks are turned round: the candidate's favourites are the worst there.
    const outcomes = { ...better.log.outcomes, reward: better.log.outcomes.reward.slice() };
    const luck = randomFrom('turned').sequence();
    for (let i = 10_000; i < 20_000; i++)
      outcomes.reward[i] = luck.uniform() < RATES[3 - better.log.decisions.action[i]] ? 1 : 0;
    const evidence = { ...better, log: { ...better.log, outcomes } };
    const index = Int32Array.from({ length: 20_000 }, (_, i) => (i < 10 ? 2 : i < 10_000 ? 0 : 1));
    const segments = [{ column: 'device', names: ['desktop', 'phone', 'tv', 'none'], index }];
    const found = await decided({ candidates: [{ name: 'turned', evidence }], segments, minLift: -0.5 });
    expect(found.candidates[0].segments.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['phone', 'harmed'],
      ['desktop', 'gains'],
      ['tv', 'too-few'],
    ]);
    expect(found.verdict).toBe('launch');
    expect(found.reasons.join(' ')).toMatch(/It harms device phone: leave that segment/);
  });
});

test('the decision is plain JSON, the same every time', async () => {
  const found = await decided();
  expect(JSON.parse(JSON.stringify(found))).toEqual(found);
  expect(await decided()).toEqual(found);
});

test.each([
  [{ risk: 0 }, 'risk: 0 is not in (0, 0.5)'],
  [{ risk: NaN }, 'risk: NaN is not in (0, 0.5)'],
  [{ minLift: NaN }, 'min-lift: NaN is not a number'],
  [{ power: 1 }, 'power: 1 is not in (0, 1)'],
  [{ tolerance: -1 }, 'tolerance: -1 is not a number of at least 0'],
  [{ looks: 0 }, 'looks: 0 is not a whole number'],
  [{ candidates: [] }, 'There is no candidate'],
])('refuses %o in a sentence', async (given, message) => {
  await expect(decided(given)).rejects.toThrow(message);
});
