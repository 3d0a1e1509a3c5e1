/** Agents made of agents, and agents that fall back on what is known. */
import { describe, expect, it } from 'vitest';
import { conservative } from '../../src/agents/composed/conservative.ts';
import { exp4 } from '../../src/agents/composed/exp4.ts';
import { mixture } from '../../src/agents/composed/mixture.ts';
import { patient } from '../../src/agents/composed/patient.ts';
import { fixed } from '../../src/agents/context-free/fixed.ts';
import { createAgent, withInner } from '../../src/agents/registry.ts';
import { spibb } from '../../src/agents/sequential/spibb.ts';
import { discretiser } from '../../src/agents/sequential/session-state.ts';
import { TERMINATED } from '../../src/core/contracts.ts';
import type { Agent } from '../../src/core/contracts.ts';
import { InputError } from '../../src/core/errors.ts';
import { impressionLog } from '../../src/core/log.ts';
import { matrix } from '../../src/core/matrix.ts';
import { randomFrom } from '../../src/core/random.ts';
import { tickOf } from './tick-of.ts';
import { toySetup } from './toy-source.ts';

function oddsOf(agent: Agent, k: number, context: readonly number[] = []): number[] {
  const out = matrix(1, k);
  agent.distribution(tickOf(k, [0], [0], [context]).requests, out);
  return [...out.data];
}

/** An agent that always shows one action and counts what it was taught. */
function counting(k: number, action: number): Agent & { taught: number[] } {
  const taught: number[] = [];
  return {
    ...fixed(k, action),
    taught,
    learn: (_requests, _decisions, outcomes) => void taught.push(...outcomes.reward),
  };
}

describe('a mixture', () => {
  it('adds up its members’ odds, and teaches them all', () => {
    const [a, b] = [counting(3, 0), counting(3, 2)];
    const both = mixture([a, b], [3, 1]);
    expect(oddsOf(both, 3)).toEqual([0.75, 0, 0.25]);
    const now = tickOf(3, [1], [7]);
    both.learn(now.requests, now.decisions, now.outcomes, now.requests);
    expect([a.taught, b.taught]).toEqual([[7], [7]]);
  });

  it('of no weight is refused', () => {
    expect(() => mixture([counting(2, 0)], [0])).toThrow(InputError);
  });

  it('is configured with agents inside, each of which is checked', () => {
    const agent = createAgent(
      { kind: 'mixture', of: [{ agent: { kind: 'fixed', action: 1 }, weight: 1 }] } as never,
      toySetup(3),
    );
    expect(oddsOf(agent, 3, [1, 0, 0, 0, 0])).toEqual([0, 1, 0]);
    const wrong = { kind: 'mixture', of: [{ agent: { kind: 'epsilon-greedy', epsilon: 2 } }] } as never;
    expect(() => createAgent(wrong, toySetup(3))).toThrow(/epsilon/);
  });
});

it('what lies inside an agent is found', () => {
  const agent = {
    kind: 'patient',
    agent: { kind: 'conservative', agent: { kind: 'cql' }, baseline: { kind: 'fixed' } },
  };
  expect(withInner(agent as never).map(({ kind }) => kind)).toEqual(['patient', 'conservative', 'cql', 'fixed']);
});

describe('conservative exploration', () => {
  /** Plays an agent worth `rate` against a baseline worth 0.5; returns whether the share was ever broken, and the reward. */
  function play(rate: number, loss: number, seed: string): { broken: boolean; explored: number } {
    const agent = conservative(counting(2, 1), counting(2, 0), { loss, confidence: 0.95 });
    const luck = randomFrom(seed);
    let sum = 0;
    let broken = false;
    let explored = 0;
    for (let t = 1; t <= 4000; t++) {
      const action = agent.explores() ? 1 : 0;
      explored += action;
      const reward = luck.uniform(t, 0) < (action === 1 ? rate : 0.5) ? 1 : 0;
      sum += action === 1 ? rate : 0.5;
      const now = tickOf(2, [action], [reward]);
      agent.learn(now.requests, now.decisions, now.outcomes, now.requests);
      if (sum < (1 - loss) * 0.5 * t - 1) broken = true;
    }
    return { broken, explored };
  }

  it('never earns less than the share, in nearly all runs, however bad the agent', () => {
    let broken = 0;
    for (let run = 0; run < 40; run++) if (play(0, 0.2, `run ${run}`).broken) broken++;
    // Bounds hold with 95 % at each of many looks; what is lost before they bite is small. A rule without them breaks it often.
    expect(broken).toBeLessThanOrEqual(8);
  });

  it('gives a better agent nearly all requests, and a useless one few', () => {
    expect(play(0.9, 0.1, 'good').explored).toBeGreaterThan(2500);
    expect(play(0, 0.1, 'bad').explored).toBeLessThan(700);
  });
});

describe('patience', () => {
  const spec = { ...toySetup(2).spec, contextNames: [], actions: ['a', 'b'], conversionWindowHours: 10 };

  it('teaches each tick when its time has come, with what came late', () => {
    const inner = counting(2, 0);
    const agent = patient(inner, spec, { waitHours: 10 });
    const learn = (hour: number, impression: number, late: { impression: number; reward: number }[]): void => {
      const now = tickOf(2, [0], [1]);
      now.requests.hour[0] = hour;
      now.requests.impression[0] = impression;
      now.outcomes.late = late.map((one) => ({ ...one, slot: 0, revenueUsd: one.reward, delayHours: 1 }));
      agent.learn(now.requests, now.decisions, now.outcomes, now.requests);
    };
    learn(0, 100, []);
    learn(5, 101, [{ impression: 100, reward: 20 }]);
    expect(inner.taught).toEqual([]);
    learn(10, 102, [{ impression: 101, reward: 30 }]);
    expect(inner.taught).toEqual([21]);
    learn(40, 103, [{ impression: 100, reward: 99 }]);
    expect(inner.taught).toEqual([21, 31, 1]);
  });

  it('without a wait teaches at once', () => {
    const inner = counting(2, 0);
    const agent = patient(inner, spec, { waitHours: 0 });
    const now = tickOf(2, [0], [3]);
    agent.learn(now.requests, now.decisions, now.outcomes, now.requests);
    expect(inner.taught).toEqual([3]);
  });
});

describe('EXP4', () => {
  it('one step is the paper’s', () => {
    const agent = exp4(2, [counting(2, 0), counting(2, 1)], { gamma: 0.2 });
    expect(oddsOf(agent, 2)).toEqual([0.5, 0.5]);
    const now = tickOf(2, [0], [1]);
    now.decisions.propensity[0] = 0.5;
    agent.learn(now.requests, now.decisions, now.outcomes, now.requests);
    // r̂ = 1 / 0.5; the first expert's weight grows by exp(0.2 / 2 · 2).
    expect(agent.weights[0] / agent.weights[1]).toBeCloseTo(Math.exp(0.2), 12);
  });

  it('comes to follow the best expert', () => {
    const agent = exp4(3, [counting(3, 0), counting(3, 2)], { gamma: 0.1 });
    const luck = randomFrom('exp4').sequence();
    for (let t = 0; t < 3000; t++) {
      const odds = oddsOf(agent, 3);
      const u = luck.uniform();
      const action = u < odds[0] ? 0 : u < odds[0] + odds[1] ? 1 : 2;
      const now = tickOf(3, [action], [luck.uniform() < [0.2, 0.5, 0.6][action] ? 1 : 0]);
      now.decisions.propensity[0] = odds[action];
      agent.learn(now.requests, now.decisions, now.outcomes, now.requests);
    }
    expect(agent.weights[1]).toBeGreaterThan(0.95);
  });
});

describe('SPIBB', () => {
  // One state; action 0 was shown often and pays 1 in 2, action 1 often and 1 in 4, action 2 twice and paid both times.
  const spec = { contextNames: [], actions: ['a', 'b', 'c'], slots: 1, rewardUnit: 'click', schemaVersion: 1 };
  const log = impressionLog(spec);
  [
    ...Array.from({ length: 60 }, (_, i) => [0, i % 2]),
    ...Array.from({ length: 38 }, (_, i) => [1, i % 4 === 0 ? 1 : 0]),
    [2, 1],
    [2, 1],
  ].forEach(([action, reward], i) => {
    const row = tickOf(3, [action], [reward]);
    row.requests.session[0] = i;
    row.outcomes.ended[0] = TERMINATED;
    log.append(row.requests, row.decisions, row.outcomes);
  });

  it('does as was done where little is known, and the best of the rest', () => {
    const agent = spibb(3, discretiser([]), log, { discount: 0.9, least: 10 });
    expect([...agent.behaviour]).toEqual([0.6, 0.38, 0.02]);
    expect(oddsOf(agent, 3)).toEqual([0.98, 0, 0.02]);
  });

  it('with no demands on what is known goes for the best, with all of them is the behaviour policy', () => {
    expect(oddsOf(spibb(3, discretiser([]), log, { discount: 0.9, least: 0 }), 3)).toEqual([0, 0, 1]);
    expect(oddsOf(spibb(3, discretiser([]), log, { discount: 0.9, least: 1e9 }), 3)).toEqual([0.6, 0.38, 0.02]);
  });

  it('keeps to what is eligible', () => {
    const agent = spibb(3, discretiser([]), log, { discount: 0.9, least: 10 });
    const { requests } = tickOf(3, [0], [0]);
    requests.eligible.set([0, 1, 0]);
    const out = matrix(1, 3);
    agent.distribution(requests, out);
    expect([...out.data]).toEqual([0, 1, 0]);
  });
});
