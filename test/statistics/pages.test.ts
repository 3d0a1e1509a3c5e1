/** Pages and sessions of a real market: what slate estimators say of another policy, beside the truth of the same rows. */
import { beforeAll, expect, test } from 'vitest';
import { uniform } from '../../src/agents/context-free/uniform.ts';
import { TERMINATED } from '../../src/core/contracts.ts';
import type { Policy } from '../../src/core/contracts.ts';
import { impressionLog } from '../../src/core/log.ts';
import { randomFrom } from '../../src/core/random.ts';
import { createEpisodeEstimators, evaluateEpisodes } from '../../src/ope/sequential/evaluate.ts';
import { longest } from '../../src/ope/sequential/episodes.ts';
import { sessionEpisodes } from '../../src/ope/sequential/session-log.ts';
import { createSlateEstimators, evaluateSlates } from '../../src/ope/slates/evaluate.ts';
import { pageMarginals, pageOdds, slateEvidence } from '../../src/ope/slates/page-log.ts';
import { enumerateSlates } from '../../src/ope/slates/pseudo-inverse-weights.ts';
import { playEpisode } from '../../src/runner/episode.ts';
import { worldOf } from '../env/play.ts';

const [L, REQUESTS] = [3, 60_000];
const environment = worldOf({
  users: 2000,
  categories: 4,
  baseCtr: 0.15,
  page: { slots: L, examination: 'cascade' },
});
const K = environment.spec.actions.length;
const log = impressionLog(environment.spec);
const behaviour = uniform(K);

/** How much it wants ad a: the third and last least, ad 1 most, and once that stands on the page, ad 0. */
const wish = (a: number, above: readonly number[]): number =>
  a >= 2 ? (a === 2 ? 1 : 0.4) : a === (above.includes(1) ? 0 : 1) ? 8 : 1;

const wanted: Policy = {
  name: 'wanted',
  distribution({ size, eligible }, out, page) {
    for (let i = 0; i < size; i++) {
      const above = page ? [...page.action.subarray(i * L, i * L + page.slot)] : [];
      let sum = 0;
      for (let a = 0; a < K; a++) sum += out.data[i * K + a] = eligible[i * K + a] * wish(a, above);
      for (let a = 0; a < K; a++) out.data[i * K + a] /= sum || 1;
    }
  },
};

/** Odds of a page under `wanted`. */
function odds(page: readonly number[]): number {
  let product = 1;
  const left = new Set(Array.from({ length: K }, (_, a) => a));
  for (const [l, a] of page.entries()) {
    const above = page.slice(0, l);
    product *= wish(a, above) / [...left].reduce((sum, b) => sum + wish(b, above), 0);
    left.delete(a);
  }
  return product;
}

let truth = 0;

beforeAll(() => {
  const slates = enumerateSlates(K, L);
  const pages = Array.from({ length: slates.length / L }, (_, s) => [...slates.subarray(s * L, s * L + L)]);
  const likely = pages.map(odds);
  const { lanes } = environment.spec;
  const [action, value] = [new Int32Array(lanes * L), new Float64Array(lanes)];
  let total = 0;
  playEpisode({
    environment,
    agent: behaviour,
    seed: '1',
    requests: REQUESTS,
    random: randomFrom('pages'),
    onTick({ requests, decisions, outcomes, valueOf }) {
      log.append(requests, decisions, outcomes);
      pages.forEach((page, s) => {
        for (let i = 0; i < requests.size; i++) action.set(page, i * L);
        valueOf(action, value);
        for (let i = 0; i < requests.size; i++) total += likely[s] * value[i];
      });
    },
  });
  log.close();
  truth = total / log.size;
});

test('where users read from the top, SIPS and RIPS find the truth of the same rows', () => {
  const evidence = slateEvidence(log, {
    evaluation: pageOdds(log, wanted),
    reward: log.outcomes.adReward.slice(0, log.size * L),
  });
  const names = ['sips', 'rips', 'snrips'];
  for (const { estimator, value, interval } of evaluateSlates(evidence, createSlateEstimators(names, L))) {
    const error = (interval[1] - interval[0]) / (2 * 1.959963984540054);
    // Four standard errors: α = 6e-5 each. The policies differ by seven and more.
    expect(Math.abs(value - truth) / error, `${estimator}: ${value} ± ${error}, not ${truth}`).toBeLessThan(4);
  }
});

test('clicks are what rewards are made of, and the log valued by its own policy gives its mean', () => {
  const own = { ...pageOdds(log, behaviour), ...pageMarginals(log, behaviour) };
  const evidence = slateEvidence(log, { evaluation: own, behaviour: { marginal: own.marginal } });
  const mean = log.outcomes.reward.subarray(0, log.size).reduce((a, b) => a + b, 0) / log.size;
  for (const { value } of evaluateSlates(evidence, createSlateEstimators(['sips', 'iips', 'rips', 'pi', 'wpi'], L))) {
    expect(value).toBeCloseTo(mean, 9);
  }
  expect(Math.abs(mean - truth)).toBeGreaterThan(0.03);
});

test('its sessions are episodes: all rows, in order, and the same mean', () => {
  const { given } = pageOdds(log, behaviour);
  const evaluation = Float64Array.from(
    { length: log.size },
    (_, i) => given[i * L] * given[i * L + 1] * given[i * L + 2],
  );
  const episodes = sessionEpisodes(log, { evaluation });
  expect(episodes.row.length).toBe(log.size);
  expect(new Set(episodes.row).size).toBe(log.size);
  const last = Array.from(
    { length: episodes.size },
    (_, i) => log.outcomes.ended[episodes.row[episodes.offset[i + 1] - 1]],
  );
  expect(episodes.cut).toBe(last.filter((ended) => ended !== TERMINATED).length);
  expect(last.filter((ended) => ended === TERMINATED).length).toBeGreaterThan(1000);
  const total = log.outcomes.reward.subarray(0, log.size).reduce((a, b) => a + b, 0);
  const names = ['tis', 'wis', 'pdis', 'wpdis'];
  for (const { value } of evaluateEpisodes(episodes, createEpisodeEstimators(names, longest(episodes)))) {
    expect(value).toBeCloseTo(total / episodes.size, 8);
  }
  for (let i = 0; i < episodes.size; i++) {
    const rows = episodes.row.subarray(episodes.offset[i], episodes.offset[i + 1]);
    expect(rows.every((r, t) => t === 0 || r > rows[t - 1])).toBe(true);
  }
});
