/** Sarsa, expected Sarsa, double Q and Q(λ): the arithmetic of a step. What they learn, `adsim papers` holds against the book. */
import { describe, expect, it } from 'vitest';
import { doubleQ } from '../../src/agents/sequential/double-q.ts';
import { qLambda } from '../../src/agents/sequential/q-lambda.ts';
import { expectedSarsa } from '../../src/agents/sequential/q-learning.ts';
import { sarsa } from '../../src/agents/sequential/sarsa.ts';
import { discretiser } from '../../src/agents/sequential/session-state.ts';
import { GOES_ON, TERMINATED, TRUNCATED } from '../../src/core/contracts.ts';
import type { Agent } from '../../src/core/contracts.ts';
import { InputError } from '../../src/core/errors.ts';
import { matrix } from '../../src/core/matrix.ts';
import { randomFrom } from '../../src/core/random.ts';
import { tickOf } from './tick-of.ts';

const states = discretiser(['at'], [{ index: 'at', size: 3 }]);
const options = {
  discount: 0.5,
  epsilon: 0.2,
  epsilonEnd: 0.2,
  epsilonRequests: 1,
  stepSize: 1,
  stepExponent: 0,
  initialValue: 0,
};

/** One session through states 0, 1, 2 with these actions and rewards; `end` says how it ended, in state 0. */
function session(agent: Agent, actions: number[], rewards: number[], end: number): void {
  actions.forEach((action, t) => {
    const now = tickOf(2, [action], [rewards[t]], [[t]]);
    const last = t === actions.length - 1;
    now.outcomes.ended[0] = last ? end : GOES_ON;
    now.outcomes.finalContext.data[0] = 0;
    agent.learn(now.requests, now.decisions, now.outcomes, tickOf(2, [0], [0], [[last ? 0 : t + 1]]).requests);
  });
}

describe('sarsa', () => {
  it('learns from the pair that was then taken', () => {
    const agent = sarsa(2, states, options);
    agent.values.set([0, 0, 4, 8, 0, 0]);
    session(agent, [0, 0], [1, 10], TERMINATED);
    expect([...agent.values]).toEqual([1 + 0.5 * 4, 0, 10, 8, 0, 0]);
  });

  it('with two steps takes two rewards as they came', () => {
    const agent = sarsa(2, states, { ...options, steps: 2 });
    agent.values.set([0, 0, 4, 8, 16, 0]);
    session(agent, [0, 1, 0], [1, 2, 3], TERMINATED);
    expect([...agent.values]).toEqual([1 + 0.5 * 2 + 0.25 * 16, 0, 4, 2 + 0.5 * 3, 3, 0]);
  });

  it('with many steps is Monte Carlo; a truncated session ends with what its final context is worth', () => {
    const agent = sarsa(2, states, { ...options, steps: 100 });
    agent.values.set([2, 4, 0, 0, 0, 0]);
    session(agent, [1, 1], [1, 2], TRUNCATED);
    const end = 0.8 * 4 + 0.2 * 3;
    expect(agent.values[3]).toBeCloseTo(2 + 0.5 * end, 12);
    expect(agent.values[1]).toBeCloseTo(1 + 0.5 * (2 + 0.5 * end), 12);
  });

  it('does not join two sessions, nor what lies on either side of an empty slot', () => {
    const agent = sarsa(2, states, options);
    const now = tickOf(2, [0], [1], [[0]]);
    agent.learn(now.requests, now.decisions, now.outcomes, now.requests);
    const other = tickOf(2, [1], [5], [[1]]);
    other.requests.session[0] = 7;
    agent.learn(other.requests, other.decisions, other.outcomes, other.requests);
    expect([...agent.visits]).toEqual([0, 0, 0, 0, 0, 0]);
    const empty = tickOf(2, [-1], [0], [[1]]);
    empty.requests.session[0] = 7;
    agent.learn(empty.requests, empty.decisions, empty.outcomes, empty.requests);
    agent.learn(other.requests, other.decisions, other.outcomes, other.requests);
    expect([...agent.visits]).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

it('expected Sarsa values the next state under its own odds', () => {
  const agent = expectedSarsa(2, states, options);
  agent.values.set([0, 0, 4, 8, 0, 0]);
  session(agent, [0, 1], [1, 2], TERMINATED);
  expect(agent.values[0]).toBeCloseTo(1 + 0.5 * (0.8 * 8 + 0.2 * 6), 12);
});

describe('Q(λ)', () => {
  it('hands a surprise back along the session, faded by γλ', () => {
    const agent = qLambda(2, states, { ...options, lambda: 0.5 });
    session(agent, [0, 0, 0], [0, 0, 8], TERMINATED);
    expect([...agent.values]).toEqual([8 * 0.25 * 0.25, 0, 8 * 0.25, 0, 8, 0]);
  });

  it('cuts the trace where an action explored', () => {
    const agent = qLambda(2, states, { ...options, lambda: 1 });
    agent.values.set([0, 0, 0, 0, 0, 1]);
    session(agent, [0, 0, 0], [0, 0, 8], TERMINATED);
    // The first request still learns what the second was worth; nothing of the reward after the cut.
    expect(agent.values[0]).toBeCloseTo(0.25, 12);
    expect(agent.values[4]).toBe(8);
  });
});

it('double Q moves one table by the other’s value', () => {
  // Rewards of mean 0 in state 1, so what it is worth is 0; the maximum over 2 noisy cells is above it.
  const luck = randomFrom('noise').sequence();
  const slow = { ...options, stepSize: 0.1, discount: 1 };
  const agent = doubleQ(2, states, randomFrom('coins'), slow);
  let sum = 0;
  for (let n = 0; n < 4000; n++) {
    session(agent, [0, luck.integer(2)], [0, luck.normal()], TERMINATED);
    if (n < 1000) continue;
    const odds = matrix(1, 2);
    agent.distribution(tickOf(2, [0], [0], [[0]]).requests, odds);
    sum += odds.data[0];
  }
  expect(sum).toBeGreaterThan(0);
});

it('a state outside the table is refused, with its column', () => {
  const agent = sarsa(2, states, options);
  const now = tickOf(2, [0], [1], [[3]]);
  expect(() => agent.learn(now.requests, now.decisions, now.outcomes, now.requests)).toThrow(InputError);
  expect(() => agent.distribution(now.requests, matrix(1, 2))).toThrow(/state: at is 3, no whole number below 3/);
});
