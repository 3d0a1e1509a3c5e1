/** Q-learning: the arithmetic of one step, the fixed point of a small decision process, and how contexts become states. */
import { describe, expect, it } from 'vitest';
import { decide } from '../../src/agents/decide.ts';
import { qLearning } from '../../src/agents/sequential/q-learning.ts';
import type { LearningOptions } from '../../src/agents/sequential/value-table.ts';
import { discretiser } from '../../src/agents/sequential/session-state.ts';
import { GOES_ON, TERMINATED, TRUNCATED } from '../../src/core/contracts.ts';
import { InputError } from '../../src/core/errors.ts';
import { matrix } from '../../src/core/matrix.ts';
import { randomFrom } from '../../src/core/random.ts';
import { tickOf } from './tick-of.ts';

const options: LearningOptions = {
  discount: 0.9,
  epsilon: 0,
  epsilonEnd: 0,
  epsilonRequests: 1,
  stepExponent: 1,
  initialValue: 0,
};
const twoStates = discretiser(['at'], [{ feature: 'at', edges: [0.5] }]);

describe('qLearning', () => {
  it.each([
    ['a terminated row has no future', TERMINATED, 1],
    ['a truncated row takes its future from finalContext, over all actions', TRUNCATED, 1 + 0.9 * 7],
    ['a row that goes on takes it from the next tick, over what is eligible', GOES_ON, 1 + 0.9 * 5],
  ])('%s', (_name, ended, target) => {
    const agent = qLearning(2, twoStates, options);
    agent.values.set([2, 3, 5, 7]);
    const now = tickOf(2, [0], [1], [[0]]);
    now.outcomes.ended[0] = ended;
    now.outcomes.finalContext.data[0] = 1;
    const next = tickOf(2, [0], [0], [[1]]).requests;
    next.eligible[1] = 0;
    // Were the wrong one read, the state would be 0.
    if (ended === TRUNCATED) next.context.data[0] = 0;
    if (ended === GOES_ON) now.outcomes.finalContext.data[0] = 0;
    agent.learn(now.requests, now.decisions, now.outcomes, next);
    expect([...agent.values]).toEqual([target, 3, 5, 7]);
    expect([...agent.visits]).toEqual([1, 0, 0, 0]);
  });

  it('learns nothing from a row that goes on where nothing follows', () => {
    const agent = qLearning(2, twoStates, options);
    const now = tickOf(2, [0, 1], [1, 1], [[0], [0]]);
    now.outcomes.ended[0] = TERMINATED;
    agent.learn(now.requests, now.decisions, now.outcomes, { ...now.requests, size: 1 });
    expect([...agent.visits]).toEqual([1, 0, 0, 0]);
  });

  it('the N-th visit moves the value by N^−ω', () => {
    const agent = qLearning(1, discretiser([]), { ...options, stepExponent: 0.5 });
    const now = tickOf(1, [0, 0, 0, 0], [0, 0, 0, 8]);
    now.outcomes.ended.fill(TERMINATED);
    agent.learn(now.requests, now.decisions, now.outcomes, now.requests);
    expect(agent.values[0]).toBeCloseTo(4, 12);
  });

  it('finds the value of looking ahead: a click now, or a longer session', () => {
    // State 0: action 0 pays 1 and ends; action 1 pays 0 and leads to state 1 with chance 0.8, else ends.
    // State 1: either action pays 2 and ends. So Q(0, 1) = 0.9·0.8·2 = 1.44 beats Q(0, 0) = 1.
    const lanes = 50;
    const agent = qLearning(2, twoStates, { ...options, epsilon: 0.3, epsilonEnd: 0.3, stepExponent: 0.8 });
    const random = randomFrom('chain');
    const zeros = Array.from({ length: lanes }, () => 0);
    let now = tickOf(
      2,
      zeros,
      zeros,
      zeros.map(() => [0]),
    );
    for (let t = 0; t < 1000; t++) {
      const next = tickOf(
        2,
        zeros,
        zeros,
        zeros.map(() => [0]),
      );
      next.requests.impression.forEach((_, i) => {
        next.requests.impression[i] = (t + 1) * lanes + i;
      });
      decide(agent, now.requests, random, now.decisions, matrix(lanes, 2));
      for (let i = 0; i < lanes; i++) {
        const second = now.requests.context.data[i] === 1;
        const patient = now.decisions.action[i] === 1;
        const stays = !second && patient && random.uniform(t, i + lanes) < 0.8;
        now.outcomes.reward[i] = second ? 2 : patient ? 0 : 1;
        now.outcomes.ended[i] = stays ? GOES_ON : TERMINATED;
        next.requests.context.data[i] = stays ? 1 : 0;
      }
      agent.learn(now.requests, now.decisions, now.outcomes, next.requests);
      now = next;
    }
    expect(agent.values[0]).toBe(1);
    expect(agent.values[2]).toBeCloseTo(2, 9);
    // 0.8 is learned from about 40,000 draws with weights that favour the last few thousand: sd about 0.02.
    expect(Math.abs(agent.values[1] - 1.44)).toBeLessThan(0.1);
  });

  it('explores less and less', () => {
    const agent = qLearning(2, twoStates, { ...options, epsilon: 0.4, epsilonEnd: 0.1, epsilonRequests: 8 });
    const odds = matrix(1, 2);
    const row = tickOf(2, [0], [1], [[0]]);
    row.outcomes.ended.fill(TERMINATED);
    agent.values.set([1, 0, 0, 0]);
    const explored = [0, 4, 8, 100].map((learned) => {
      while (agent.visits[0] < learned) agent.learn(row.requests, row.decisions, row.outcomes, row.requests);
      agent.distribution(row.requests, odds);
      return Math.round(2e9 * odds.data[1]) / 1e9;
    });
    expect(explored).toEqual([0.4, 0.25, 0.1, 0.1]);
  });
});

describe('discretiser', () => {
  const names = ['intercept', 'affinity-coat', 'affinity-boot', 'affinity-bag', 'session-annoyance'];
  const at = (values: number[], parts?: Parameters<typeof discretiser>[1]): number =>
    discretiser(names, parts).state(Float64Array.from([9, ...values]), 1);

  it('combines the greatest of a group and bins', () => {
    const parts = [{ argmax: 'affinity-*' }, { feature: 'session-annoyance', edges: [0.25, 0.5] }];
    expect(discretiser(names, parts).size).toBe(9);
    expect(at([1, 0.1, 0.9, 0.2, 0.3], parts)).toBe(4);
    expect(at([1, 0.5, 0.5, 0.2, 0.5], parts)).toBe(2);
    expect(at([1, 0, 0, 0.2, -1], parts)).toBe(6);
  });

  it('makes do with what a world shows', () => {
    expect(discretiser(names).size).toBe(12);
    expect(discretiser(names.slice(0, 4)).size).toBe(3);
    expect(discretiser(['intercept']).size).toBe(1);
    expect(discretiser([]).state(new Float64Array(0), 0)).toBe(0);
  });

  it.each([
    [[{ feature: 'mood', edges: [1] }], /no context column is called "mood"; there are: intercept, /],
    [[{ argmax: 'affinity:*' }], /no context column is called "affinity:\*"/],
    [[{ feature: 'session-annoyance', edges: [1, 1] }], /do not ascend/],
    [Array.from({ length: 13 }, () => ({ argmax: 'affinity*' })), /at most 1,000,000/],
  ])('refuses %j', (parts, message) => {
    expect(() => discretiser(names, parts)).toThrow(InputError);
    expect(() => discretiser(names, parts)).toThrow(message);
  });
});
