/** The exact truth, computed three ways; fitted Q and marginal ratios beside it. */
import { describe, expect, test } from 'vitest';
import { matrix, matrixFrom } from '../../../src/core/matrix.ts';
import type { Matrix } from '../../../src/core/matrix.ts';
import { randomFrom } from '../../../src/core/random.ts';
import { estimateRows, rowContributions } from '../../../src/ope/row-estimator.ts';
import { fittedLinearQ, fittedQ } from '../../../src/ope/sequential/fitted-q.ts';
import { marginalDr, marginalIs, marginalRatios, sope } from '../../../src/ope/sequential/marginal.ts';
import { discountedValue, horizonValue, stateValues, visits } from '../../../src/ope/sequential/markov.ts';
import type { MarkovProcess } from '../../../src/ope/sequential/markov.ts';
import { countedProcess } from '../../../src/ope/sequential/tabular.ts';
import type { TabularEpisodes } from '../../../src/ope/sequential/tabular.ts';
import { pdis } from '../../../src/ope/sequential/importance.ts';
import { finalRatios, returns } from '../../../src/ope/sequential/episodes.ts';
import {
  ACTIONS,
  behaviour,
  climbing,
  DISCOUNT,
  drawEpisodes,
  evaluation,
  everyEpisode,
  HORIZON,
  STATES,
  tiny,
} from './tiny.ts';

/** Of the estimates from 20,000 episodes about the truth, measured over 40 seeds: 0.0086 where they end, 0.0102 where cut. */
const SPREAD = 0.01;

const FOREVER = discountedValue(tiny, evaluation, DISCOUNT);

describe('the truth', () => {
  test('visits, Bellman’s equation and a long backward induction agree', () => {
    const byState = stateValues(tiny, evaluation, DISCOUNT);
    expect(tiny.start.reduce((sum, p, s) => sum + p * byState[s], 0)).toBeCloseTo(FOREVER, 12);
    expect(horizonValue(tiny, evaluation, DISCOUNT, 400).value).toBeCloseTo(FOREVER, 12);
    // Steps are lost with chance 0.1 at least, so even undiscounted values are finite.
    expect(horizonValue(tiny, evaluation, 1, 4000).value).toBeCloseTo(discountedValue(tiny, evaluation, 1), 10);
  });

  test('backward induction is the mean over every episode', () => {
    const { episodes, odds } = everyEpisode();
    const each = returns(episodes);
    const weights = finalRatios(episodes);
    const mean = odds.reduce((sum, p, i) => sum + p * weights[i] * each[i], 0);
    expect(horizonValue(tiny, evaluation, DISCOUNT, HORIZON).value).toBeCloseTo(mean, 12);
  });

  test('what never ends has no undiscounted value', () => {
    const endless = { ...tiny, transition: new Float64Array(STATES * ACTIONS * STATES).fill(1 / STATES) };
    expect(() => visits(endless, evaluation, 1)).toThrow('never end');
  });
});

describe('fitted Q', () => {
  const drawn = drawEpisodes(4000, randomFrom('fitted'), 200);

  test('in tables it is the value of the process as counted; T regressions value T steps', () => {
    const counted = countedProcess(drawn);
    const found = fittedQ(drawn);
    expect(found.value).toBeCloseTo(discountedValue(counted, evaluation, DISCOUNT), 10);
    expect(fittedQ(drawn, { iterations: 3 }).value).toBeCloseTo(
      horizonValue(counted, evaluation, DISCOUNT, 3).value,
      12,
    );
    // Near the truth: over 40 seeds the error of 4,000 episodes spreads 0.017, so 0.1 is nearly six of it (α < 1e-7).
    expect(Math.abs(found.value - FOREVER)).toBeLessThan(0.1);
  });

  test('features that name the cells give the table', () => {
    const rows = drawn.state.length;
    const [features, nextFeatures] = [matrix(rows, STATES * ACTIONS), matrix(rows, STATES * ACTIONS)];
    for (let i = 0; i < drawn.size; i++) {
      for (let at = drawn.offset[i]; at < drawn.offset[i + 1]; at++) {
        features.data[at * 6 + drawn.state[at] * ACTIONS + drawn.action[at]] = 1;
        if (at + 1 === drawn.offset[i + 1]) continue;
        const next = drawn.state[at + 1] * ACTIONS;
        for (let a = 0; a < ACTIONS; a++) nextFeatures.data[at * 6 + next + a] = evaluation.data[next + a];
      }
    }
    const given = { features, nextFeatures, reward: drawn.reward, discount: DISCOUNT };
    const beta = fittedLinearQ(given);
    fittedQ(drawn).q.data.forEach((q, cell) => expect(beta[cell]).toBeCloseTo(q, 10));
    expect(() => fittedLinearQ({ ...given, features: matrix(rows, 6) })).toThrow('depend on each other');
  });
});

describe('marginal ratios', () => {
  const ratioIn = (process: MarkovProcess): Matrix => {
    const [wanted, logged] = [evaluation, behaviour].map((policy) => {
      const flow = visits(process, policy, DISCOUNT);
      return policy.data.map((p, cell) => p * flow[Math.floor(cell / ACTIONS)]);
    });
    return matrix(
      STATES,
      ACTIONS,
      wanted.map((x, cell) => x / logged[cell]),
    );
  };
  const truth = ratioIn(tiny);

  test('with the exact ratio, expected values are the truth, for every window of SOPE', () => {
    const { episodes, odds } = everyEpisode(climbing);
    const wrong = matrixFrom([
      [1, 0.3],
      [0.2, 0.9],
      [-0.5, 2],
    ]);
    const given = { ratio: ratioIn(climbing), unsupported: 0 };
    const value = discountedValue(climbing, evaluation, DISCOUNT);
    const every = [marginalIs(given), marginalDr(given, wrong), sope(given, 0), sope(given, 1), sope(given, 3)];
    for (const estimator of every) {
      const { data } = rowContributions(episodes, estimator);
      const mean = odds.reduce((sum, p, i) => sum + p * data[i], 0);
      expect(Math.abs(mean - value), `${estimator.name}: ${mean}, not ${value}`).toBeLessThan(1e-12);
    }
  });

  test('SOPE goes from marginal to per-decision importance sampling', () => {
    const { episodes } = everyEpisode();
    const given = { ratio: truth, unsupported: 0 };
    const same = (a: Float64Array, b: Float64Array): number =>
      a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i])), 0);
    const of = (k: number): Float64Array => rowContributions(episodes, sope(given, k)).data;
    expect(same(of(0), rowContributions(episodes, marginalIs(given)).data)).toBeLessThan(1e-12);
    expect(same(of(HORIZON), rowContributions(episodes, pdis()).data)).toBeLessThan(1e-12);
    expect(same(of(1), of(2))).toBeGreaterThan(0.01);
  });

  test.each([
    ['end', 200, false],
    ['are cut', 6, true],
  ])('found from episodes that %s, they value the policy', (_, horizon, cut) => {
    const drawn = drawEpisodes(20_000, randomFrom('ratios'), horizon, cut);
    const found = marginalRatios(drawn);
    expect(found.unsupported).toBe(0);
    const [is, robust] = estimateRows(drawn, [marginalIs(found), marginalDr(found, fittedQ(drawn).q)]);
    // Five of it: α < 1e-6.
    expect(Math.abs(is.value - FOREVER)).toBeLessThan(5 * SPREAD);
    expect(Math.abs(robust.value - FOREVER)).toBeLessThan(5 * SPREAD);
  });

  test('found from episodes, they are near the exact ratio', () => {
    const { ratio } = marginalRatios(drawEpisodes(20_000, randomFrom('ratios'), 200));
    ratio.data.forEach((w, cell) => expect(Math.abs(w / truth.data[cell] - 1)).toBeLessThan(0.1));
  });

  test('without discount, weights that balance and fitted Q are two ways to one number', () => {
    const drawn: TabularEpisodes = { ...drawEpisodes(500, randomFrom('dual'), 200), discount: 1 };
    const [{ value }] = estimateRows(drawn, [marginalIs(marginalRatios(drawn))]);
    expect(value).toBeCloseTo(fittedQ(drawn).value, 9);
  });

  test('they balance what flows in and out of every cell of the data', () => {
    const drawn = drawEpisodes(200, randomFrom('balance'), 5, true);
    const { ratio } = marginalRatios(drawn);
    // E_n[Σ γ^t w (γ f(s', π) − f(s, a))] + E_n[f(s_0, π)] = 0 for f = the indicator of each cell.
    const left = new Float64Array(STATES * ACTIONS);
    const into = (s: number, weight: number): void => {
      if (s >= 0) for (let a = 0; a < ACTIONS; a++) left[s * ACTIONS + a] += weight * evaluation.data[s * ACTIONS + a];
    };
    for (let i = 0; i < drawn.size; i++) {
      into(drawn.state[drawn.offset[i]], 1);
      let gamma = 1;
      for (let at = drawn.offset[i]; at < drawn.offset[i + 1]; at++, gamma *= DISCOUNT) {
        const cell = drawn.state[at] * ACTIONS + drawn.action[at];
        const next = at + 1 < drawn.offset[i + 1] ? drawn.state[at + 1] : (drawn.finalState?.[i] ?? -1);
        left[cell] -= gamma * ratio.data[cell];
        into(next, gamma * DISCOUNT * ratio.data[cell]);
      }
    }
    for (const rest of left) expect(Math.abs(rest)).toBeLessThan(1e-9);
  });

  test('cells that the log never shows are counted', () => {
    const drawn = drawEpisodes(300, randomFrom('holes'));
    const action = drawn.action.map(() => 0);
    expect(marginalRatios({ ...drawn, action }).unsupported).toBeGreaterThan(0.2);
  });
});

test('tables that do not fit are refused', () => {
  const drawn = drawEpisodes(10, randomFrom('bad'));
  expect(() => fittedQ({ ...drawn, state: drawn.state.with(3, 7) })).toThrow('Row 4: state 7 is not one of the 3');
  expect(() => fittedQ({ ...drawn, action: drawn.action.with(0, -1) })).toThrow('Row 1: action -1');
  expect(() => fittedQ({ ...drawn, policy: matrix(2, 2) })).toThrow('2 states × 2 actions');
});
