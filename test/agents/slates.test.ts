/** Pages: what is learned of which slot, and what the ads above change. */
import { describe, expect, it } from 'vitest';
import { decide } from '../../src/agents/decide.ts';
import { actionTotals } from '../../src/agents/context-free/totals.ts';
import { likeness, mmr } from '../../src/agents/slates/mmr.ts';
import { rankedBandits } from '../../src/agents/slates/ranked-bandits.ts';
import { slateQ } from '../../src/agents/slates/slate-q.ts';
import { discretiser } from '../../src/agents/sequential/session-state.ts';
import { decisionsOf, outcomesOf, requestsOf } from '../../src/core/batch.ts';
import { GOES_ON, TERMINATED } from '../../src/core/contracts.ts';
import type { Agent, Decisions, Outcomes, Requests } from '../../src/core/contracts.ts';
import { InputError } from '../../src/core/errors.ts';
import { matrix } from '../../src/core/matrix.ts';
import { randomFrom } from '../../src/core/random.ts';
import { toySetup } from './toy-source.ts';

/** One page: ads from the top, which of them were clicked, and the context. */
function page(
  k: number,
  ads: readonly number[],
  clicks: readonly number[],
  context: readonly number[] = [],
): { requests: Requests; decisions: Decisions; outcomes: Outcomes } {
  const shape = { rows: 1, context: context.length, actions: k, slots: ads.length };
  const [requests, decisions, outcomes] = [requestsOf(shape), decisionsOf(shape), outcomesOf(shape)];
  requests.size = 1;
  requests.eligible.fill(1);
  requests.context.data.set(context);
  decisions.action.set(ads);
  decisions.propensity.fill(1);
  ads.forEach((ad, l) => {
    outcomes.slot[l] = ad < 0 ? -1 : l;
    outcomes.click[l] = clicks[l];
    outcomes.adReward[l] = clicks[l];
  });
  outcomes.won[0] = 1;
  outcomes.reward[0] = clicks.reduce((a, b) => a + b, 0);
  return { requests, decisions, outcomes };
}

const teach = (agent: Agent, of: ReturnType<typeof page>): void =>
  agent.learn(of.requests, of.decisions, of.outcomes, of.requests);

/** The page that the agent fills. */
function filled(agent: Agent, k: number, slots: number, context: readonly number[] = []): number[] {
  const { requests, decisions } = page(
    k,
    Array.from({ length: slots }, () => 0),
    Array.from({ length: slots }, () => 0),
    context,
  );
  decide(agent, requests, randomFrom('page'), decisions, matrix(1, k));
  return [...decisions.action];
}

describe('cascades', () => {
  const totals = (ads: readonly number[], clicks: readonly number[]): [number[], number[]] => {
    const sums = actionTotals('cascade', 4, { low: 0, high: 1, cascade: true });
    const { decisions, outcomes } = page(4, ads, clicks);
    sums.add(1, decisions, outcomes);
    return [[...sums.count], [...sums.sum]];
  };

  it('teach down to the first click, and no further', () => {
    expect(totals([2, 0, 3], [0, 1, 0])).toEqual([
      [1, 0, 1, 0],
      [1, 0, 0, 0],
    ]);
    expect(totals([2, 0, 3], [0, 0, 0])[0]).toEqual([1, 0, 1, 1]);
    expect(totals([2, -1, 3], [0, 0, 1])).toEqual([
      [0, 0, 1, 1],
      [0, 0, 0, 1],
    ]);
  });

  it('go by places, where an auction has changed the order', () => {
    const sums = actionTotals('cascade', 4, { low: 0, high: 1, cascade: true });
    const { decisions, outcomes } = page(4, [0, 1], [0, 1]);
    outcomes.slot.set([1, 0]);
    sums.add(1, decisions, outcomes);
    expect([...sums.count]).toEqual([0, 1, 0, 0]);
  });

  it('a reward further down that is no number is refused', () => {
    const sums = actionTotals('cascade', 4, { low: 0, high: 1, cascade: true });
    const { decisions, outcomes } = page(4, [0, 1], [0, Number.NaN]);
    expect(() => sums.add(1, decisions, outcomes)).toThrow(InputError);
    expect(sums.all).toBe(0);
  });
});

it('ranked bandits: each slot learns of itself alone', () => {
  const agent = rankedBandits(3, 2);
  for (let t = 0; t < 200; t++)
    teach(agent, page(3, [t % 3, (t + 1) % 3], [t % 3 === 0 ? 1 : 0, (t + 1) % 3 === 2 ? 1 : 0]));
  expect(filled(agent, 3, 2)).toEqual([0, 2]);
});

describe('MMR', () => {
  const setup = toySetup(3);
  setup.actions.category = Int32Array.of(0, 0, 1);
  setup.actions.features = matrix(3, 1, Float64Array.of(1, 1, -2));
  const alike = likeness(setup.actions);
  const model = {
    range: [0, 1] as const,
    predict: (requests: Requests, means: Float64Array): void => {
      for (let i = 0; i < requests.size; i++) means.set([0.5, 0.45, 0.2], i * 3);
    },
    learn() {},
  };

  it('knows what is alike', () => {
    expect([...alike]).toEqual([1, 1, 0, 1, 1, 0, 0, 0, 1]);
  });

  it('fills the second slot with what differs, or with what is next best where likeness does not count', () => {
    const make = (relevance: number): Agent => mmr(3, alike, model, { relevance, epsilon: 0 });
    expect(filled(make(0.5), 3, 2, [0])).toEqual([0, 2]);
    expect(filled(make(1), 3, 2, [0])).toEqual([0, 1]);
  });
});

it('SlateQ prefers what a click leads to over what is clicked most', () => {
  // State 0: ad 0 is clicked often and ends the session; ad 1 seldom, and leads to state 1, where ad 2 pays.
  const states = discretiser(['at'], [{ index: 'at', size: 2 }]);
  const agent = slateQ(3, 1, states, {
    discount: 0.9,
    epsilon: 0,
    epsilonEnd: 0,
    epsilonRequests: 1,
    stepSize: 0.1,
    stepExponent: 0,
    initialValue: 0,
  });
  const luck = randomFrom('slate').sequence();
  const learn = (at: number, ad: number, rate: number, pays: number, leads: boolean): void => {
    const click = luck.uniform() < rate ? 1 : 0;
    const one = page(3, [ad], [click], [at]);
    one.outcomes.reward[0] = click * pays;
    const goesOn = leads && click === 1;
    one.outcomes.ended[0] = goesOn ? GOES_ON : TERMINATED;
    agent.learn(one.requests, one.decisions, one.outcomes, page(3, [0], [0], [1]).requests);
  };
  for (let t = 0; t < 6000; t++) {
    learn(0, 0, 0.5, 1, false);
    learn(0, 1, 0.3, 1, true);
    learn(1, 2, 0.8, 3, false);
  }
  expect(filled(agent, 3, 1, [0])).toEqual([1]);
  expect(filled(agent, 3, 1, [1])).toEqual([2]);
});
