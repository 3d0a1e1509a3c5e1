/**
 * Slate estimators by exact enumeration: every page of a tiny catalogue, weighted by its odds, with expected rewards. Each
 * estimator must hit the truth where its assumption holds, and must not where it doesn't (no chance, so no α).
 */
import { describe, expect, test } from 'vitest';
import { decisionsOf, outcomesOf, requestsOf } from '../../../src/core/batch.ts';
import type { ImpressionLog, Policy } from '../../../src/core/contracts.ts';
import { decide } from '../../../src/agents/decide.ts';
import { matrix } from '../../../src/core/matrix.ts';
import { randomFrom } from '../../../src/core/random.ts';
import { standardError } from '../../../src/ope/intervals/delta.ts';
import { addRows, moments } from '../../../src/ope/moments.ts';
import { estimateRows, rowContributions } from '../../../src/ope/row-estimator.ts';
import { createSlateEstimators, evaluateSlates, SLATE_ESTIMATORS } from '../../../src/ope/slates/evaluate.ts';
import type { SlateEvidence } from '../../../src/ope/slates/evidence.ts';
import { pageMarginals, pageOdds, slateEvidence } from '../../../src/ope/slates/page-log.ts';
import { positionBased } from '../../../src/ope/slates/position-based.ts';
import { enumerateSlates, pseudoInverseWeights } from '../../../src/ope/slates/pseudo-inverse-weights.ts';

const K = 4;
const L = 3;
const PAGES = enumerateSlates(K, L);
const COUNT = PAGES.length / L;

/** Fills pages by appeal; an ad gains where its neighbour stands above it, so that odds depend on the page. */
function pages(name: string, appeal: readonly number[]): Policy {
  return {
    name,
    distribution(requests, out, page) {
      for (let i = 0; i < requests.size; i++) {
        const above = page ? [...page.action.subarray(i * L, i * L + page.slot)] : [];
        const z = appeal.map((w, a) => w * requests.eligible[i * K + a] * (above.includes((a + 1) % K) ? 2 : 1));
        const sum = z.reduce((x, y) => x + y, 0);
        out.data.set(
          z.map((x) => (sum > 0 ? x / sum : 0)),
          i * K,
        );
      }
    },
  };
}

const logging = pages('behaviour', [1, 2, 3, 1.5]);
const wanted = pages('evaluation', [3, 1, 0.7, 2]);

/** A log with each page once, or with pages drawn by a policy. */
function logOf(rows: number): ImpressionLog {
  const shape = { rows, context: 0, actions: K, slots: L };
  const requests = { ...requestsOf(shape), size: rows };
  requests.eligible.fill(1);
  for (let i = 0; i < rows; i++) requests.impression[i] = i;
  const actions = Array.from({ length: K }, (_, a) => `ad ${a}`);
  const spec = { contextNames: [], actions, slots: L, rewardUnit: 'click', schemaVersion: 1 };
  return { size: rows, spec, requests, decisions: decisionsOf(shape), outcomes: outcomesOf(shape) };
}

const every = logOf(COUNT);
every.decisions.action.set(PAGES);
const ODDS = { behaviour: pageOdds(every, logging), evaluation: pageOdds(every, wanted) };
const product = (given: Float64Array): number[] =>
  Array.from({ length: COUNT }, (_, s) => given.subarray(s * L, s * L + L).reduce((x, y) => x * y, 1));
const LOGGED = product(ODDS.behaviour.given);
const WANTED = product(ODDS.evaluation.given);

type Reward = (page: readonly number[], l: number) => number;
const RATE = [0.1, 0.4, 0.25, 0.6];
const EXAMINATION = [1, 0.6, 0.3];
const WORLDS: Record<string, Reward> = {
  independent: (page, l) => RATE[page[l]] * [1, 0.7, 0.2][l] + 0.1 * page[l] * l,
  cascade: (page, l) => RATE[page[l]] * page.slice(0, l).reduce((left, a) => left * 0.8 * (1 - RATE[a]), 1),
  slate: (page, l) => RATE[page[l]] * (page.includes(3) ? 0.5 : 1) + 0.2 * page[L - 1] * page[0],
  examined: (page, l) => EXAMINATION[l] * RATE[page[l]],
};

function evidenceOf(reward: Reward): SlateEvidence {
  const page = (s: number): number[] => [...PAGES.subarray(s * L, s * L + L)];
  const rewards = Float64Array.from({ length: COUNT * L }, (_, cell) => reward(page(Math.floor(cell / L)), cell % L));
  return slateEvidence(every, {
    reward: rewards,
    behaviour: { given: ODDS.behaviour.given, ...pageMarginals(every, logging) },
    evaluation: { given: ODDS.evaluation.given, ...pageMarginals(every, wanted) },
  });
}

/** Any model will do for Cascade-DR: only what it costs depends on it. */
function withModel(evidence: SlateEvidence): SlateEvidence {
  const predicted = Float64Array.from(
    { length: COUNT * L * K },
    (_, at) => 0.3 * (at % K) - 0.1 * (Math.floor(at / K) % L),
  );
  const { distribution } = ODDS.evaluation;
  return { ...evidence, model: { actions: K, action: every.decisions.action, predicted, distribution } };
}

function truth(reward: Reward): number {
  let sum = 0;
  for (let s = 0; s < COUNT; s++) {
    const page = [...PAGES.subarray(s * L, s * L + L)];
    for (let l = 0; l < L; l++) sum += WANTED[s] * reward(page, l);
  }
  return sum;
}

/** What the estimator is expected to say: one column (a mean), or a function of expected columns. */
function expectation(name: string, evidence: SlateEvidence): number {
  const estimator = name === 'pbm' ? positionBased(EXAMINATION) : createSlateEstimators([name], L)[0];
  const rows = rowContributions(evidence, estimator);
  const sums = new Float64Array(estimator.columns);
  for (let s = 0; s < COUNT; s++) sums.forEach((_, c) => (sums[c] += LOGGED[s] * rows.data[s * estimator.columns + c]));
  return estimator.value(sums, 1);
}

describe('a slate estimator is right where its assumption holds, and only there', () => {
  const always = ['sips', 'snsips'];
  const additive = [...always, 'iips', 'sniips', 'rips', 'snrips', 'cascade-dr', 'pi', 'wpi'];
  const names = [...SLATE_ESTIMATORS.map((e) => e.name), 'pbm'];

  test.each([
    ['independent', additive],
    ['cascade', [...always, 'rips', 'snrips', 'cascade-dr']],
    ['slate', always],
    ['examined', [...additive, 'pbm']],
  ])('%s', (world, right) => {
    const reward = WORLDS[world];
    const pseudoInverse = pseudoInverseWeights(PAGES, L, K, LOGGED, WANTED);
    const evidence = { ...withModel(evidenceOf(reward)), pseudoInverse };
    const gaps = names.map((name) => [name, Math.abs(expectation(name, evidence) - truth(reward))] as const);
    const hits = gaps.filter(([, gap]) => gap < 1e-9).map(([name]) => name);
    const misses = gaps.filter(([, gap]) => gap > 1e-3).map(([name]) => name);
    expect(hits.toSorted()).toEqual(right.toSorted());
    expect(misses.length).toBe(names.length - right.length);
  });
});

test('the fewer slots a weight spans, the smaller the variance', () => {
  const reward = WORLDS['independent'];
  const evidence = evidenceOf(reward);
  const square = (name: string): number => {
    const rows = rowContributions(evidence, createSlateEstimators([name], L)[0]).data;
    return LOGGED.reduce((sum, p, s) => sum + p * rows[s] * rows[s], 0);
  };
  expect(square('iips')).toBeLessThan(square('rips'));
  expect(square('rips')).toBeLessThan(square('sips'));
});

test('where slots are drawn by themselves, enumeration gives the closed form', () => {
  const slates = enumerateSlates(3, 2, true);
  const b = [
    [0.2, 0.3, 0.5],
    [0.6, 0.3, 0.1],
  ];
  const e = [
    [0.7, 0.1, 0.2],
    [0.3, 0.3, 0.4],
  ];
  const each = (odds: number[][]): number[] =>
    Array.from({ length: 9 }, (_, s) => odds[0][slates[2 * s]] * odds[1][slates[2 * s + 1]]);
  const weights = pseudoInverseWeights(slates, 2, 3, each(b), each(e));
  weights.forEach((w, s) => {
    const [x, y] = [slates[2 * s], slates[2 * s + 1]];
    expect(w).toBeCloseTo(e[0][x] / b[0][x] + e[1][y] / b[1][y] - 1, 10);
  });
  expect(() => pseudoInverseWeights(slates, 2, 3, [1, 0, 0, 0, 0, 0, 0, 0, 0], each(e))).toThrow('cannot explain');
});

describe('pages from a log', () => {
  test('odds of what was drawn are the propensities that were written', () => {
    const log = logOf(3000);
    decide(logging, log.requests, randomFrom('pages'), log.decisions, matrix(log.size, K));
    const { given, distribution } = pageOdds(log, logging);
    expect([...given]).toEqual([...log.decisions.propensity]);
    expect(distribution.reduce((a, b) => a + b, 0)).toBeCloseTo(log.size * L, 8);
  });

  test('marginals are the sums over pages', () => {
    const { marginal, positions } = pageMarginals(every, logging);
    for (let cell = 0; cell < COUNT * L; cell++) {
      for (let j = 0; j < L; j++) {
        const sum = LOGGED.reduce((total, p, s) => total + (PAGES[s * L + j] === PAGES[cell] ? p : 0), 0);
        expect(positions[cell * L + j]).toBeCloseTo(sum, 12);
      }
      expect(marginal[cell]).toBe(positions[cell * L + (cell % L)]);
    }
  });

  test('a policy valued on its own log gives the mean, whatever the estimator', () => {
    const log = logOf(500);
    decide(logging, log.requests, randomFrom('own'), log.decisions, matrix(log.size, K));
    for (let i = 0; i < log.size * L; i++) log.outcomes.click[i] = (i * 7 + log.decisions.action[i]) % 5 === 0 ? 1 : 0;
    const mean = log.outcomes.click.reduce((a, b) => a + b, 0) / log.size;
    const own = { given: log.decisions.propensity, ...pageMarginals(log, logging) };
    const evidence = slateEvidence(log, { evaluation: own, behaviour: own });
    const names = ['sips', 'iips', 'rips', 'snsips', 'sniips', 'snrips', 'pi', 'wpi'];
    const found = evaluateSlates(evidence, [...createSlateEstimators(names, L), positionBased(EXAMINATION)]);
    for (const { value, effectiveSampleSize } of found) {
      expect(value).toBeCloseTo(mean, 10);
      expect(effectiveSampleSize).toBeCloseTo(500, 6);
    }
  });
});

test('many columns: the linearised standard error is that of all moments', () => {
  const log = logOf(2500);
  decide(logging, log.requests, randomFrom('wide'), log.decisions, matrix(log.size, K));
  for (let i = 0; i < log.size * L; i++) log.outcomes.click[i] = (i * 7 + log.decisions.action[i]) % 3 === 0 ? 1 : 0;
  const evidence = slateEvidence(log, { evaluation: pageOdds(log, wanted) });
  const [estimator] = createSlateEstimators(['snrips'], L);
  expect(estimator.columns).toBe(6);
  const all = moments(6);
  addRows(all, rowContributions(evidence, estimator));
  const [{ value, interval }] = estimateRows(evidence, [estimator], { level: 0.95 });
  expect(value).toBeCloseTo(estimator.value(all.sums, log.size), 12);
  expect((interval[1] - interval[0]) / (2 * 1.959963984540054 * standardError(estimator, all))).toBeCloseTo(1, 8);
});

test('bad evidence is refused, naming the slate', () => {
  const evidence = evidenceOf(WORLDS['cascade']);
  const spoilt = (column: Float64Array, at: number, value: number): Float64Array => column.with(at, value);
  const refused = (change: Partial<SlateEvidence>, message: string, names = ['rips']): void =>
    expect(() => evaluateSlates({ ...evidence, ...change }, createSlateEstimators(names, L))).toThrow(message);
  const { reward, behaviour } = evidence;
  refused({ reward: spoilt(reward, 4, Number.NaN) }, 'Slate 2, place 2 of 3: reward NaN is not a finite number');
  const given = behaviour.given ?? reward;
  refused({ behaviour: { given: spoilt(given, 3, 0) } }, 'Slate 2, place 1 of 3: behaviour.given 0 is not in (0, 1]');
  refused({ behaviour: { given: spoilt(given, 3, 1.5) } }, 'behaviour.given 1.5');
  refused({ behaviour: { given: given.subarray(1) } }, '71 numbers');
  refused({ behaviour: {} }, 'rips needs the odds of each slot');
  refused({}, 'cascade-dr needs a model', ['cascade-dr']);
  refused({ size: 0 }, 'no slates');
  refused({}, 'no slate estimator "dr"', ['dr']);
  expect(() => positionBased([1, 0, 1])).toThrow('above 0');
});
