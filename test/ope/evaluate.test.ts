/** Estimates, their doubts, and the evidence that is refused. */
import { describe, expect, test } from 'vitest';
import type { Embedding, Evidence } from '../../src/core/contracts.ts';
import { InputError } from '../../src/core/errors.ts';
import { impressionLog } from '../../src/core/log.ts';
import { matrix, matrixFrom } from '../../src/core/matrix.ts';
import { banditLog } from '../../src/ope/bandit-log.ts';
import { evaluate, tally } from '../../src/ope/evaluate.ts';
import { createEstimators, ESTIMATORS, opeSchema } from '../../src/ope/registry.ts';
import { lcg } from './lcg.ts';

const ALL = createEstimators(ESTIMATORS.map((e) => e.name));

/** Four rows of two actions; what is said replaces the columns. */
function small(said: { action?: number[]; propensity?: number[]; reward?: number[]; evaluation?: number[][] } = {}) {
  return {
    log: banditLog({
      actions: 2,
      action: said.action ?? [0, 1, 0, 1],
      propensity: said.propensity ?? [0.5, 0.5, 0.5, 0.5],
      reward: said.reward ?? [1, 0, 0, 1],
    }),
    evaluation: matrixFrom(said.evaluation ?? Array.from({ length: 4 }, () => [0.25, 0.75])),
    behaviour: matrixFrom(Array.from({ length: 4 }, () => [0.5, 0.5])),
    predicted: matrixFrom(Array.from({ length: 4 }, () => [0.5, 0.25])),
    embedding: oneCategory(said.action ?? [0, 1, 0, 1], 2),
  } satisfies Evidence;
}

/** One dimension in which every action has a category of its own: MIPS is IPS. */
function oneCategory(action: readonly number[], k: number): Embedding {
  const own = matrix(k, k);
  for (let a = 0; a < k; a++) own.data[a * k + a] = 1;
  return { seen: matrixFrom(action.map((a) => [Math.min(Math.max(a, 0), k - 1)])), given: [own] };
}

/** m rows of k actions, uniformly logged; clicks at a rate. */
function uniformLog(m: number, k: number, rate: number, odds: readonly number[]): Evidence {
  const u = lcg(7);
  const action = Array.from({ length: m }, () => Math.floor(u() * k));
  const log = banditLog({
    actions: k,
    action,
    propensity: action.map(() => 1 / k),
    reward: action.map(() => (u() < rate ? 1 : 0)),
  });
  const evaluation = matrixFrom(action.map(() => odds));
  const behaviour = matrixFrom(action.map(() => odds.map(() => 1 / k)));
  const predicted = matrixFrom(action.map(() => odds.map(() => rate)));
  return { log, evaluation, behaviour, predicted, embedding: oneCategory(action, k) };
}

function kinds(evidence: Evidence, name: string): string[] {
  return evaluate(evidence, createEstimators([name]))[0].warnings.map((w) => w.kind);
}

describe('estimates', () => {
  test('four rows by hand', () => {
    const byName = new Map(evaluate(small(), ALL).map((e) => [e.estimator, e]));
    // w = .5, 1.5, .5, 1.5; w·r = .5, 0, 0, 1.5; v̂ = .3125; w(r − q̂) = .25, −.375, −.25, 1.125
    expect(byName.get('ips')?.value).toBeCloseTo(0.5, 14);
    expect(byName.get('snips')?.value).toBeCloseTo(0.5, 14);
    expect(byName.get('dm')?.value).toBeCloseTo(0.3125, 14);
    expect(byName.get('dr')?.value).toBeCloseTo(0.5, 14);
    expect(byName.get('ips')?.effectiveSampleSize).toBeCloseTo(16 / 5, 14);
    // s² of w·r is (0 + .25 + .25 + 1) / 3 = .5, so the half-width is 1.959964 · √(.5 / 4).
    const half = 1.959963984540054 * Math.sqrt(0.125);
    expect(byName.get('ips')?.interval[0]).toBeCloseTo(0.5 - half, 12);
    expect(byName.get('ips')?.interval[1]).toBeCloseTo(0.5 + half, 12);
    expect(byName.get('ips')).toMatchObject({ level: 0.95, rule: 'delta-normal' });
  });

  test('blocks of any size give the same sums', () => {
    const evidence = uniformLog(5000, 4, 0.3, [0.1, 0.2, 0.3, 0.4]);
    const whole = tally(evidence, ALL, 5000);
    for (const block of [1, 7, 1024]) {
      const parts = tally(evidence, ALL, block);
      parts.moments.forEach(({ sums, cross }, e) => {
        const reference = whole.moments[e];
        sums.forEach((sum, c) => expect(sum / reference.sums[c]).toBeCloseTo(1, 12));
        cross.forEach((x, c) => expect(Math.abs(x - reference.cross[c])).toBeLessThan(1e-9 * (1 + reference.cross[0])));
      });
      expect(parts.diagnostics.logged).toEqual(whole.diagnostics.logged);
      expect(parts.diagnostics.weightSum).toBeCloseTo(whole.diagnostics.weightSum, 9);
    }
  });

  test('one row tells nothing of the spread', () => {
    const log = banditLog({ actions: 2, action: [0], propensity: [0.5], reward: [1] });
    const [estimate] = evaluate({ log, evaluation: matrixFrom([[1, 0]]) }, createEstimators(['ips']));
    expect(estimate.value).toBe(2);
    expect(estimate.interval).toEqual([-Infinity, Infinity]);
  });

  test('a log with room to grow is read up to its size, its own distribution too', () => {
    const { log: source, evaluation, predicted, embedding } = small();
    const log = impressionLog(source.spec, { capacity: 100, distribution: true });
    source.decisions.distribution = matrixFrom(Array.from({ length: 4 }, () => [0.5, 0.5]));
    log.append(source.requests, source.decisions, source.outcomes);
    const behaviour = log.decisions.distribution;
    expect(behaviour?.rows).toBe(100);
    const evidence: Evidence = { log, evaluation, predicted, embedding, ...(behaviour && { behaviour }) };
    expect(evaluate(evidence, ALL).map((e) => e.value)).toEqual(evaluate(small(), ALL).map((e) => e.value));
  });
});

describe('doubts', () => {
  test('a calm log raises none', () => {
    const evidence = uniformLog(5000, 4, 0.3, [0.1, 0.2, 0.3, 0.4]);
    const plain = createEstimators(['ips', 'snips', 'dm', 'dr', 'sndr', 'replay']);
    for (const { warnings } of evaluate(evidence, plain)) expect(warnings).toEqual([]);
    // What shrinks weights is biased on purpose, and says so.
    for (const { estimator, warnings } of evaluate(evidence, ALL)) {
      const shrinks = /^(?:clipped|switch|dros|sg)/u.test(estimator);
      expect(warnings.map(({ kind }) => kind)).toEqual(shrinks ? ['shrunk-weights'] : []);
    }
  });

  test('every kind is raised where it should be, with advice', () => {
    const rare = uniformLog(1000, 4, 0.01, [0.1, 0.2, 0.3, 0.4]);
    expect(kinds(rare, 'ips')).toEqual(['few-rewards']);
    expect(kinds(uniformLog(1000, 4, 0, [0.1, 0.2, 0.3, 0.4]), 'dr')).toEqual(['no-rewards']);
    // Uniform over 50 actions, evaluated on one of them: 20 rows in 1000 count.
    const peaked = uniformLog(1000, 50, 0.9, [1, ...Array.from({ length: 49 }, () => 0)]);
    expect(kinds(peaked, 'snips')).toContain('low-effective-sample-size');
    expect(kinds(small(), 'snips')).toContain('dominant-weight');
    expect(kinds(peaked, 'dm')).toEqual([]);
    const unsupported = small({ action: [0, 0, 0, 0] });
    expect(kinds(unsupported, 'dm')).toEqual(['no-support']);
    const missed = small({ action: [0, 0, 0, 0], evaluation: Array.from({ length: 4 }, () => [0, 1]) });
    expect(kinds(missed, 'ips')).toEqual(['no-support', 'no-overlap']);
    expect(evaluate(missed, createEstimators(['snips']))[0].value).toBeNaN();
    expect(kinds(small({ propensity: [0.5, 1e-4, 0.5, 0.5] }), 'ips')).toContain('small-propensity');
    // Propensities twice too large: the weights average a half.
    const wrong = uniformLog(2000, 4, 0.3, [0.1, 0.2, 0.3, 0.4]);
    wrong.log.decisions.propensity.fill(0.5);
    expect(kinds(wrong, 'ips')).toEqual(['mean-weight']);
    expect(kinds(rare, 'replay')).toEqual(['few-rewards']);
    rare.log.decisions.propensity[0] = 0.3;
    expect(kinds(rare, 'replay')).toContain('not-uniform');
    for (const { message, advice } of evaluate(peaked, ALL).flatMap((e) => e.warnings)) {
      expect(message).toMatch(/\d/);
      expect(advice.length).toBeGreaterThan(20);
    }
  });
});

describe('refusals', () => {
  const bad: readonly [string, () => unknown, RegExp][] = [
    ['propensity 0', () => evaluate(small({ propensity: [0.5, 0.5, 0, 0.5] }), ALL), /^Row 3 .*propensity 0 /],
    ['propensity < 0', () => evaluate(small({ propensity: [-0.5, 0.5, 1, 0.5] }), ALL), /^Row 1 .*propensity -0.5 /],
    ['propensity > 1', () => evaluate(small({ propensity: [0.5, 0.5, 1, 1.5] }), ALL), /^Row 4 .*propensity 1.5 /],
    ['propensity NaN', () => evaluate(small({ propensity: [0.5, NaN, 1, 1] }), ALL), /^Row 2 .*propensity NaN /],
    ['reward NaN', () => evaluate(small({ reward: [0, 0, NaN, 0] }), ALL), /^Row 3 .*reward NaN /],
    ['reward infinite', () => evaluate(small({ reward: [0, 0, 0, Infinity] }), ALL), /^Row 4 .*reward Infinity /],
    ['unknown action', () => evaluate(small({ action: [0, 2, 0, 1] }), ALL), /^Row 2 .*action 2 /],
    ['empty slot', () => evaluate(small({ action: [0, 1, -1, 1] }), ALL), /^Row 3 .*action -1 /],
    ['action NaN', () => small({ action: [0, 1, NaN, 1] }), /^Row 3 .*action NaN /],
    ['half an action', () => small({ action: [0, 0.5, 1, 1] }), /^Row 2 .*action 0.5 /],
    ['columns of unequal length', () => small({ reward: [0, 1] }), /column reward has 2 rows.* 4/],
    [
      'a distribution that does not sum to 1',
      () =>
        evaluate(
          small({
            evaluation: [
              [0.5, 0.5],
              [0.5, 0.5],
              [0.5, 0.5],
              [0.5, 0.51],
            ],
          }),
          ALL,
        ),
      /^Row 4 .*evaluation .*1.01/,
    ],
    [
      'a negative probability',
      () =>
        evaluate(
          small({
            evaluation: [
              [0.5, 0.5],
              [1.5, -0.5],
              [0.5, 0.5],
              [0.5, 0.5],
            ],
          }),
          ALL,
        ),
      /^Row 2 .*-0.5/,
    ],
    [
      'a probability NaN',
      () =>
        evaluate(
          small({
            evaluation: [
              [0.5, 0.5],
              [NaN, 1],
              [0.5, 0.5],
              [0.5, 0.5],
            ],
          }),
          ALL,
        ),
      /^Row 2 .*NaN/,
    ],
    [
      'an evaluation policy of another log',
      () => evaluate({ ...small(), evaluation: matrixFrom([[0.5, 0.5]]) }, ALL),
      /evaluation policy has 1 rows × 2 actions, the log 4 × 2/,
    ],
    [
      'predictions NaN',
      () => {
        const evidence = small();
        evidence.predicted.data[5] = NaN;
        return evaluate(evidence, ALL);
      },
      /^Row 3 .*predicted reward of action 1 is NaN/,
    ],
    [
      'no behaviour policy',
      () => evaluate({ log: small().log, evaluation: small().evaluation, predicted: small().predicted }, ALL),
      /switch needs the whole behaviour policy/,
    ],
    ['no model', () => evaluate({ log: small().log, evaluation: small().evaluation }, ALL), /dm needs a reward model/],
    [
      'an empty log',
      () =>
        evaluate(
          { log: banditLog({ actions: 2, action: [], propensity: [], reward: [] }), evaluation: matrix(0, 2) },
          ALL,
        ),
      /empty/,
    ],
    [
      'a parameter that is not there',
      () => createEstimators([{ kind: 'ips', max: 5 }]),
      /estimator ips: there is no "max"/,
    ],
    [
      'a parameter below its range',
      () => createEstimators([{ kind: 'dros', lambda: -1 }]),
      /dros: lambda -1 is below 0/,
    ],
    [
      'a parameter above its range',
      () => createEstimators([{ kind: 'sg-ips', lambda: 2 }]),
      /sg-ips: lambda 2 is above 1/,
    ],
    ['a parameter that is no number', () => createEstimators([{ kind: 'dros', lambda: NaN }]), /lambda NaN is below/],
    ['a misspelt estimator', () => createEstimators(['irps']), /"irps"; the estimators are: ips, /],
  ];

  test.each(bad)('%s', (_, act, sentence) => {
    expect(act).toThrow(InputError);
    expect(act).toThrow(sentence);
  });

  test('the row is named across blocks', () => {
    const evidence = uniformLog(3000, 4, 0.3, [0.1, 0.2, 0.3, 0.4]);
    evidence.log.outcomes.reward[2500] = NaN;
    expect(() => evaluate(evidence, ALL)).toThrow(/^Row 2501 /);
  });

  test('float32 policies pass', () => {
    const evaluation = Array.from({ length: 4 }, () => [Math.fround(0.1), Math.fround(0.9)]);
    expect(() => evaluate(small({ evaluation }), ALL)).not.toThrow();
  });
});

describe('config', () => {
  test('defaults', () => {
    expect(opeSchema.parse({})).toEqual({
      estimators: ['ips', 'snips', 'dm', 'dr'],
      level: 0.95,
      folds: 2,
      coverage: { worlds: 500, rows: 500 },
    });
    expect(opeSchema.parse({ coverage: false }).coverage).toBe(false);
    expect(() => opeSchema.parse({ levle: 0.9 })).toThrow(/levle/);
    expect(() => opeSchema.parse({ estimators: ['magic'] })).toThrow(/ips/);
  });
});
