/** Agents over models of the reward: the arithmetic of their odds, and models against plain regression. */
import { describe, expect, it } from 'vitest';
import { bagging, poisson } from '../../src/agents/contextual/bagging.ts';
import { addVotes, spread } from '../../src/agents/odds.ts';
import { cover } from '../../src/agents/contextual/cover.ts';
import type { Learner } from '../../src/agents/contextual/learners.ts';
import { learnerOf } from '../../src/agents/contextual/learners.ts';
import { linUcbHybrid } from '../../src/agents/contextual/lin-ucb-hybrid.ts';
import { createAgent } from '../../src/agents/registry.ts';
import { regCb } from '../../src/agents/contextual/reg-cb.ts';
import { squareCb } from '../../src/agents/contextual/square-cb.ts';
import { packedSize, solve } from '../../src/agents/contextual/symmetric.ts';
import type { Agent } from '../../src/core/contracts.ts';
import { InputError } from '../../src/core/errors.ts';
import { matrix } from '../../src/core/matrix.ts';
import { randomFrom } from '../../src/core/random.ts';
import { tickOf } from './tick-of.ts';
import { toySetup } from './toy-source.ts';

/** A model that knows fixed means and widths, and remembers what it was taught. */
function known(means: number[], widths: number[]): Learner & { taught: [number, number][] } {
  const taught: [number, number][] = [];
  return {
    range: [0, 1],
    taught,
    predict(requests, out, spreadOut) {
      for (let i = 0; i < requests.size; i++) {
        out.set(means, i * means.length);
        spreadOut?.set(widths, i * means.length);
      }
    },
    learn(requests, action, reward) {
      for (let i = 0; i < requests.size; i++) if (action[i] >= 0) taught.push([action[i], reward[i]]);
    },
  };
}

function oddsOf(agent: Agent, k: number): number[] {
  const out = matrix(1, k);
  agent.distribution(tickOf(k, [0], [0]).requests, out);
  return [...out.data];
}

/** Teaches so many impressions. */
function teach(agent: Agent, k: number, n: number): void {
  for (let t = 0; t < n; t++) {
    const now = tickOf(k, [0], [1]);
    agent.learn(now.requests, now.decisions, now.outcomes, now.requests);
  }
}

describe('SquareCB', () => {
  it('weighs by the inverse gap, γ growing with what was learned', () => {
    const agent = squareCb(3, known([0.5, 0.4, 0.1], []), { gammaScale: 10, gammaExponent: 0.5 });
    teach(agent, 3, 4);
    const [second, third] = [1 / (3 + 20 * 0.1), 1 / (3 + 20 * 0.4)];
    expect(oddsOf(agent, 3)).toEqual([expect.closeTo(1 - second - third, 12), second, third]);
  });
});

describe('RegCB', () => {
  const bounds = { low: 0, high: 1 };
  // radius √(1 · ln(3 · 4)) = 1.576
  const model = known([0.5, 0.45, 0.1], [0.01, 0.1, 0.1]);

  it('optimistic: the highest upper bound', () => {
    const agent = regCb(3, model, { variant: 'optimistic', mellowness: 1, ...bounds });
    teach(agent, 3, 4);
    expect(oddsOf(agent, 3)).toEqual([0, 1, 0]);
  });

  it('elimination: evenly among what may still be best', () => {
    const agent = regCb(3, model, { variant: 'elimination', mellowness: 1, ...bounds });
    teach(agent, 3, 4);
    expect(oddsOf(agent, 3)).toEqual([0.5, 0.5, 0]);
  });

  it('no bound leaves the range of rewards', () => {
    const wide = regCb(2, known([0.5, 0.4], [9, 9]), { variant: 'optimistic', mellowness: 1, ...bounds });
    teach(wide, 2, 4);
    expect(oddsOf(wide, 2)).toEqual([0.5, 0.5]);
  });
});

describe('bagging', () => {
  it('states the shares of the votes', () => {
    const models = [known([1, 0, 0], []), known([1, 0, 0], []), known([0, 1, 0], []), known([0, 1, 1], [])];
    const agent = bagging(3, models, randomFrom('bags'), { epsilon: 0.3 });
    const votes = [2, 1.5, 0.5].map((v) => 0.7 * (v / 4) + 0.1);
    oddsOf(agent, 3).forEach((p, a) => expect(p).toBeCloseTo(votes[a], 12));
  });

  it('teaches each model each row Poisson(1) times, the first once', () => {
    const models = [known([0, 0], []), known([0, 0], [])];
    const agent = bagging(2, models, randomFrom('bags'), { epsilon: 0 });
    const rows = 4000;
    const ones = Array.from({ length: rows }, () => 1);
    const now = tickOf(2, ones, ones);
    agent.learn(now.requests, now.decisions, now.outcomes, now.requests);
    expect(models[0].taught).toHaveLength(rows);
    expect(Math.abs(models[1].taught.length - rows)).toBeLessThan(4.5 * Math.sqrt(rows));
  });

  it('Poisson(1) has the right masses', () => {
    const counts = [0, 0, 0, 0, 0];
    for (let i = 0; i < 1000; i++) counts[Math.min(4, poisson((i + 0.5) / 1000))]++;
    [0.3679, 0.3679, 0.1839, 0.0613, 0.019].forEach((p, c) => expect(counts[c] / 1000).toBeCloseTo(p, 2));
  });

  it('a vote that is no number makes its row none', () => {
    const votes = matrix(1, 2);
    addVotes(Float64Array.of(Number.NaN, 1), tickOf(2, [0], [0]).requests, votes);
    expect(votes.data.every(Number.isNaN)).toBe(true);
    spread(votes, tickOf(2, [0], [0]).requests, 0.1);
    expect(votes.data.every(Number.isNaN)).toBe(true);
  });
});

it('cover pays later policies for what earlier ones leave out', () => {
  const models = [known([0.5, 0.2], []), known([0, 1], [])];
  const agent = cover(2, models, { psi: 1, uniform: false });
  expect(oddsOf(agent, 2)).toEqual([0.5, 0.5]);
  const now = tickOf(2, [1], [1]);
  now.decisions.propensity[0] = 0.5;
  agent.learn(now.requests, now.decisions, now.outcomes, now.requests);
  expect(models[0].taught).toEqual([[1, 1]]);
  // ε = ½ at first, so 1 − kε = 0 and every action gets ψ; the estimate of what was shown is doubly robust.
  expect(models[1].taught).toEqual([
    [0, 0.5 + 1],
    [1, 0.2 + (1 - 0.2) / 0.5 + 1],
  ]);
});

describe('hybrid LinUCB', () => {
  const [k, d, h] = [3, 2, 2];
  const shared = {
    h,
    fill: (requests: { context: { data: Float64Array } }, i: number, a: number, out: Float64Array): void => {
      out[0] = a - 1;
      out[1] = requests.context.data[i * d] * (a + 1);
    },
  };

  it('is the ridge regression on shared and own weights at once', () => {
    const lambda = 0.7;
    const agent = linUcbHybrid(k, d, shared, { alpha: 1, lambda, intercept: false });
    const luck = randomFrom('hybrid').sequence();
    const size = h + k * d;
    const gram = new Float64Array(packedSize(size));
    const moment = new Float64Array(size);
    const rowOf = (x: number[], a: number): number[] => {
      const row = Array.from({ length: size }, () => 0);
      row[0] = a - 1;
      row[1] = x[0] * (a + 1);
      x.forEach((value, j) => (row[h + a * d + j] = value));
      return row;
    };
    for (let i = 0, p = 0; i < size; p += size - i, i++) gram[p] = lambda;
    for (let t = 0; t < 40; t++) {
      const x = [luck.normal(), luck.normal()];
      const action = luck.integer(k);
      const reward = luck.normal();
      const now = tickOf(k, [action], [reward], [x]);
      agent.learn(now.requests, now.decisions, now.outcomes, now.requests);
      const row = rowOf(x, action);
      for (let i = 0, p = 0; i < size; i++) for (let j = i; j < size; j++) gram[p++] += row[i] * row[j];
      row.forEach((value, j) => (moment[j] += reward * value));
    }
    const x = [0.3, -1.2];
    const { requests } = tickOf(k, [0], [0], [x]);
    for (let a = 0; a < k; a++) {
      const row = Float64Array.from(rowOf(x, a));
      const direction = row.slice();
      solve(gram, 0, size, direction, new Float64Array(size * size));
      const mean = direction.reduce((sum, value, j) => sum + value * moment[j], 0);
      const variance = direction.reduce((sum, value, j) => sum + value * row[j], 0);
      const found = agent.predict(requests, 0, a);
      expect(found.mean).toBeCloseTo(mean, 10);
      expect(found.sd).toBeCloseTo(Math.sqrt(variance), 10);
    }
  });
});

it('a shared model scores a creative that was never shown by its features', () => {
  const setup = toySetup(3);
  setup.actions.features = matrix(3, 1, Float64Array.of(0, 1, 1));
  setup.actions.featureNames = ['bright'];
  const learner = learnerOf({ model: 'shared', lambda: 0.01 }, setup);
  const n = 200;
  const now = tickOf(
    3,
    Array.from({ length: n }, (_, i) => i % 2),
    Array.from({ length: n }, (_, i) => i % 2),
    Array.from({ length: n }, () => [1, 0, 0, 0, 0]),
  );
  learner.learn(now.requests, now.decisions.action, now.outcomes.reward);
  const means = new Float64Array(3);
  learner.predict({ ...now.requests, size: 1 }, means);
  expect(means[0]).toBeCloseTo(0, 2);
  expect(means[2]).toBeCloseTo(1, 2);
});

it('a click model refuses rewards that are no chances', () => {
  const agent = createAgent({ kind: 'epsilon-greedy', model: 'logistic' }, toySetup(2));
  const now = tickOf(2, [0], [2], [[1, 0, 0, 0, 0]]);
  expect(() => agent.learn(now.requests, now.decisions, now.outcomes, now.requests)).toThrow(InputError);
});
