/** Estimators over episodes, by going through every episode of a tiny process (no chance), then on draws (α stated). */
import { describe, expect, test } from 'vitest';
import { matrixFrom } from '../../../src/core/matrix.ts';
import { randomFrom } from '../../../src/core/random.ts';
import { rowContributions } from '../../../src/ope/row-estimator.ts';
import type { RowEstimator } from '../../../src/ope/row-estimator.ts';
import { createEpisodeEstimators, EPISODE_ESTIMATORS, evaluateEpisodes } from '../../../src/ope/sequential/evaluate.ts';
import type { Episodes } from '../../../src/ope/sequential/episodes.ts';
import { horizonValue } from '../../../src/ope/sequential/markov.ts';
import { withTable } from '../../../src/ope/sequential/tabular.ts';
import type { TabularEpisodes } from '../../../src/ope/sequential/tabular.ts';
import { ACTIONS, behaviour, DISCOUNT, drawEpisodes, evaluation, everyEpisode, HORIZON, STATES, tiny } from './tiny.ts';

const { episodes, odds } = everyEpisode();
const { value: TRUTH, q: TRUE_Q } = horizonValue(tiny, evaluation, DISCOUNT, HORIZON);
const WRONG_Q = matrixFrom([
  [1, 0.3],
  [0.2, 0.9],
  [-0.5, 2],
]);

/** Q_t(s, a) in each row: what a perfect model would say. */
function withTruth(of: TabularEpisodes): TabularEpisodes {
  const [predicted, expected] = [new Float64Array(of.state.length), new Float64Array(of.state.length)];
  for (let i = 0; i < of.size; i++) {
    for (let at = of.offset[i]; at < of.offset[i + 1]; at++) {
      const cell = ((at - of.offset[i]) * STATES + of.state[at]) * ACTIONS;
      predicted[at] = TRUE_Q[cell + of.action[at]];
      for (let a = 0; a < ACTIONS; a++) expected[at] += evaluation.data[of.state[at] * ACTIONS + a] * TRUE_Q[cell + a];
    }
  }
  return { ...of, predicted, expected };
}

function expectation<E extends Episodes>(of: E, estimator: RowEstimator<E>): number {
  const { columns: c, data } = rowContributions(of, estimator);
  const sums = new Float64Array(c);
  odds.forEach((p, i) => sums.forEach((_, a) => (sums[a] += p * data[i * c + a])));
  return estimator.value(sums, 1);
}

function variance(of: TabularEpisodes, name: string): number {
  const [estimator] = createEpisodeEstimators([name], HORIZON);
  const { data } = rowContributions(of, estimator);
  return odds.reduce((sum, p, i) => sum + p * (data[i] - TRUTH) * (data[i] - TRUTH), 0);
}

describe('every episode of a tiny process', () => {
  test('their odds sum to 1, and some end early', () => {
    expect(odds.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    expect(new Set(episodes.offset.slice(1).map((end, i) => end - episodes.offset[i])).size).toBe(HORIZON);
  });

  test('whatever the model, the expected value of all but DM is the truth', () => {
    for (const name of EPISODE_ESTIMATORS.map((e) => e.name).filter((one) => one !== 'dm')) {
      const [estimator] = createEpisodeEstimators([name], HORIZON);
      const found = expectation(withTable(episodes, WRONG_Q), estimator);
      expect(Math.abs(found - TRUTH), `${name}: ${found}, not ${TRUTH}`).toBeLessThan(1e-12);
    }
  });

  test('DM is as right as its model', () => {
    const [dm] = createEpisodeEstimators(['dm'], HORIZON);
    expect(expectation(withTruth(episodes), dm)).toBeCloseTo(TRUTH, 12);
    expect(Math.abs(expectation(withTable(episodes, WRONG_Q), dm) - TRUTH)).toBeGreaterThan(0.1);
  });

  test('variances fall from TIS to PDIS to DR with a perfect model', () => {
    const [whole, stepwise, robust] = [
      variance(episodes, 'tis'),
      variance(episodes, 'pdis'),
      variance(withTruth(episodes), 'dr'),
    ];
    expect(stepwise).toBeLessThan(0.9 * whole);
    expect(robust).toBeLessThan(0.5 * stepwise);
  });

  test('the behaviour policy, valued on its own log, is worth the mean return', () => {
    const own = { ...withTable(episodes, WRONG_Q), evaluation: episodes.propensity, policy: behaviour };
    const [mean] = evaluateEpisodes(own, createEpisodeEstimators(['tis'], HORIZON));
    for (const { value } of evaluateEpisodes(own, createEpisodeEstimators(['wis', 'pdis', 'wpdis'], HORIZON))) {
      expect(value).toBeCloseTo(mean.value, 12);
    }
  });
});

test('intervals hold the truth about as often as they say', () => {
  // 400 logs of 400 episodes, 95 % each: hits are binomial(400, 0.95) if the interval is right. Outside [0.905, 0.985] they
  // fall with chance α = 1.3e-4 for each of four estimators (exact binomial tails).
  const names = ['pdis', 'wpdis', 'dr', 'wdr'];
  const hits = names.map(() => 0);
  for (let log = 0; log < 400; log++) {
    const drawn = withTable(drawEpisodes(400, randomFrom(`coverage ${log}`)), WRONG_Q);
    evaluateEpisodes(drawn, createEpisodeEstimators(names, HORIZON)).forEach(({ interval: [low, high] }, e) => {
      if (low <= TRUTH && TRUTH <= high) hits[e]++;
    });
  }
  for (const hit of hits) {
    expect(hit / 400).toBeGreaterThanOrEqual(0.905);
    expect(hit / 400).toBeLessThanOrEqual(0.985);
  }
});

test('bad episodes are refused, naming the step', () => {
  const refused = (change: Partial<Episodes>, message: string, name = 'pdis'): void =>
    expect(() => evaluateEpisodes({ ...episodes, ...change }, createEpisodeEstimators([name], HORIZON))).toThrow(
      message,
    );
  const { propensity, evaluation: wanted, reward, offset } = episodes;
  const third = offset[2] + 1;
  expect(offset[3] - offset[2]).toBeGreaterThan(1);
  refused({ propensity: propensity.with(third, 0) }, 'Episode 3, step 2: propensity 0 is not in (0, 1]');
  refused({ propensity: propensity.with(third, 1.1) }, 'propensity 1.1');
  refused({ evaluation: wanted.with(third, Number.NaN) }, 'Episode 3, step 2: evaluation NaN');
  refused({ reward: reward.with(0, Infinity) }, 'Episode 1, step 1: reward Infinity');
  refused({ reward: reward.subarray(1) }, 'the episodes have');
  refused({ offset: offset.with(1, 0) }, 'Episode 1 has no steps');
  refused({ discount: 1.01 }, 'discount 1.01');
  refused({ size: 0 }, 'no episodes');
  refused({}, 'dr needs a model', 'dr');
  refused({}, 'no episode estimator "gdr"', 'gdr');
});
