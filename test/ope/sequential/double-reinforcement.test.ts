/** Double reinforcement learning: right on average, narrower than what multiplies weights, and honest about its spread. */
import { expect, test } from 'vitest';
import { randomFrom } from '../../../src/core/random.ts';
import { estimateRows } from '../../../src/ope/row-estimator.ts';
import { doubleReinforcement, stepTables } from '../../../src/ope/sequential/double-reinforcement.ts';
import { pdis } from '../../../src/ope/sequential/importance.ts';
import { horizonValue } from '../../../src/ope/sequential/markov.ts';
import { ACTIONS, behaviour, DISCOUNT, drawEpisodes, evaluation, HORIZON, STATES, tiny } from './tiny.ts';

test('200 logs of 300 episodes', () => {
  const { value: truth } = horizonValue(tiny, evaluation, DISCOUNT, HORIZON);
  const found = Array.from({ length: 200 }, (_, log) => {
    const random = randomFrom(`drl ${log}`);
    const episodes = drawEpisodes(300, random.stream('episodes'));
    const estimators = [doubleReinforcement(episodes, random.stream('folds')), pdis()];
    return estimateRows(episodes, estimators).map(({ value, interval }) => ({ gap: value - truth, interval }));
  });
  const [own, weighted] = [0, 1].map((e) => found.map((pair) => pair[e]));
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const square = (gaps: typeof own): number => mean(gaps.map(({ gap }) => gap * gap));
  expect(square(own)).toBeLessThan(0.3 * square(weighted)); // measured: 0.10
  // The mean of 200 lies within 4 of its standard errors: α = 6e-5.
  expect(Math.abs(mean(own.map(({ gap }) => gap)))).toBeLessThan(4 * Math.sqrt(square(own) / 200));
  // Binomial(200, 0.95) falls below 176 with chance α = 3e-5.
  const hits = own.filter(({ interval: [low, high] }) => low <= truth && truth <= high).length;
  expect(hits).toBeGreaterThanOrEqual(176);
});

test('each table by itself: one that is wrong would be made up for by the other', () => {
  const { ratio, q } = stepTables(drawEpisodes(40_000, randomFrom('tables')), () => true);
  const { q: truth } = horizonValue(tiny, evaluation, DISCOUNT, HORIZON);
  // Steps 0 to 2 have 1,000 rows a cell at least: relative errors of a few per cent.
  let flows = [evaluation, behaviour].map((policy) => ({ policy, visit: Float64Array.from(tiny.start) }));
  for (let t = 0; t < 3; t++) {
    const marginals = flows.map(({ policy, visit }) => policy.data.map((p, c) => p * visit[Math.floor(c / ACTIONS)]));
    marginals[0].forEach((x, c) => {
      const cell = t * STATES * ACTIONS + c;
      expect(Math.abs((ratio[cell] * marginals[1][c]) / x - 1)).toBeLessThan(0.15);
      expect(Math.abs(q[cell] - truth[cell])).toBeLessThan(0.15);
    });
    flows = flows.map(({ policy }, f) => {
      const visit = new Float64Array(STATES);
      marginals[f].forEach((x, c) => visit.forEach((_, s) => (visit[s] += x * tiny.transition[c * STATES + s])));
      return { policy, visit };
    });
  }
});

test('nothing is taken from an episode to value it', () => {
  const drawn = drawEpisodes(40, randomFrom('strangers'));
  // Two episodes of one step, in states that the other never saw: tables from the other know nothing of them.
  const alone = {
    ...drawn,
    size: 2,
    offset: Int32Array.of(0, 1, 2),
    state: Int32Array.of(0, 1),
    action: Int32Array.of(0, 1),
    reward: Float64Array.of(5, 7),
    propensity: Float64Array.of(0.5, 0.3),
    evaluation: Float64Array.of(0.8, 0.8),
  };
  const [{ value }] = estimateRows(alone, [doubleReinforcement(alone, randomFrom('strangers'))]);
  expect(value).toBe(0);
});

test('one episode a fold at least', () => {
  const episodes = drawEpisodes(3, randomFrom('few'));
  expect(() => doubleReinforcement(episodes, randomFrom('few'), 4)).toThrow('4 folds of 3 episodes');
  expect(() => doubleReinforcement(episodes, randomFrom('few'), 1)).toThrow('1 folds');
});
