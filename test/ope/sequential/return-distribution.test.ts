/** The spread of returns: exact where every episode is weighted by its odds, then by hand. */
import { expect, test } from 'vitest';
import { randomFrom } from '../../../src/core/random.ts';
import { createEpisodeEstimators, evaluateEpisodes } from '../../../src/ope/sequential/evaluate.ts';
import { finalRatios, returns } from '../../../src/ope/sequential/episodes.ts';
import {
  conditionalValueAtRisk,
  returnDistribution,
  returnQuantile,
  weightedDistribution,
} from '../../../src/ope/sequential/return-distribution.ts';
import { drawEpisodes, everyEpisode } from './tiny.ts';

test('every episode, weighted: the distribution of returns under the evaluation policy', () => {
  const { episodes, odds } = everyEpisode();
  const each = returns(episodes);
  const rho = finalRatios(episodes);
  const wanted = odds.map((p, i) => p * rho[i]); // the odds under the evaluation policy
  const found = weightedDistribution(each, wanted);
  for (let j = 0; j < found.returns.length; j += 5) {
    const share = wanted.reduce((sum, p, i) => sum + (each[i] <= found.returns[j] ? p : 0), 0);
    expect(found.cumulative[j]).toBeCloseTo(share, 10);
  }
  // The worst tenth, by going up until its mass is reached.
  const order = [...each.keys()].sort((a, b) => each[a] - each[b]);
  let [left, sum] = [0.1, 0];
  for (const i of order) {
    const part = Math.min(left, wanted[i]);
    [left, sum] = [left - part, sum + part * each[i]];
  }
  expect(conditionalValueAtRisk(found, 0.1)).toBeCloseTo(sum / 0.1, 10);
});

test('the mean of all of it is weighted importance sampling', () => {
  const episodes = drawEpisodes(300, randomFrom('spread'));
  const [{ value }] = evaluateEpisodes(episodes, createEpisodeEstimators(['wis'], 4));
  expect(conditionalValueAtRisk(returnDistribution(episodes), 1)).toBeCloseTo(value, 10);
});

test('by hand: ties, weights below and above 1, and bounds', () => {
  const values = Float64Array.of(3, 1, 2, 1);
  const found = weightedDistribution(values, Float64Array.of(1, 2, 0, 1));
  expect([...found.returns]).toEqual([1, 2, 3]);
  expect([...found.cumulative]).toEqual([0.75, 0.75, 1]);
  expect([0.5, 0.75, 0.76, 1].map((p) => returnQuantile(found, p))).toEqual([1, 1, 3, 3]);
  expect(conditionalValueAtRisk(found, 0.5)).toBe(1);
  expect(conditionalValueAtRisk(found, 1)).toBe(1.5);
  // Not divided by the mean weight, shares are clipped at 1, and what is missing lies at the top.
  expect([...weightedDistribution(values, Float64Array.of(1, 4, 2, 1), false).cumulative]).toEqual([1, 1, 1]);
  expect([...weightedDistribution(values, Float64Array.of(0, 1, 1, 0), false).cumulative]).toEqual([0.25, 0.5, 1]);
  expect(() => weightedDistribution(values, new Float64Array(4))).toThrow('Every weight is 0');
  expect(() => returnQuantile(found, 0)).toThrow('not in (0, 1]');
  expect(() => conditionalValueAtRisk(found, Number.NaN)).toThrow('not in (0, 1]');
});
