/** What context-free agents do by hand: forgetting, decay, exponential weights, horizons, and what they refuse. */
import { describe, expect, it } from 'vitest';
import { epsilonGreedy } from '../../src/agents/context-free/epsilon-greedy.ts';
import { exp3, exp3Ix } from '../../src/agents/context-free/exp3.ts';
import { fixed } from '../../src/agents/context-free/fixed.ts';
import { gaussianThompson } from '../../src/agents/context-free/gaussian-thompson.ts';
import { klUcb } from '../../src/agents/context-free/kl-ucb.ts';
import { agentSchema, createAgent } from '../../src/agents/registry.ts';
import { inverseGapWeights } from '../../src/agents/contextual/square-cb.ts';
import { thompson } from '../../src/agents/context-free/thompson.ts';
import { randomFrom } from '../../src/core/random.ts';
import { actionTotals } from '../../src/agents/context-free/totals.ts';
import { ucb1, ucb1Index } from '../../src/agents/context-free/ucb1.ts';
import type { Agent } from '../../src/core/contracts.ts';
import { InputError } from '../../src/core/errors.ts';
import { matrix } from '../../src/core/matrix.ts';
import { tickOf } from './tick-of.ts';
import { toySetup } from './toy-source.ts';

const K = 3;

/** Teaches one impression after the other, with the propensity it was drawn with. */
function teach(agent: Agent, actions: number[], rewards: number[], propensity = 1): void {
  actions.forEach((action, i) => {
    const { requests, decisions, outcomes } = tickOf(K, [action], [rewards[i]]);
    decisions.propensity.fill(propensity);
    agent.learn(requests, decisions, outcomes, requests);
  });
}

function oddsOf(agent: Agent, eligible = [1, 1, 1]): number[] {
  const { requests } = tickOf(K, [0], [0]);
  requests.eligible.set(eligible);
  const odds = matrix(1, K);
  agent.distribution(requests, odds);
  return [...odds.data];
}

/** Largest difference; two infinities do not differ. */
function gap(ours: ArrayLike<number>, expected: number[]): number {
  if (ours.length !== expected.length) return Infinity;
  return Math.max(...expected.map((value, j) => (ours[j] === value ? 0 : Math.abs(ours[j] - value))));
}

describe('forgetting', () => {
  const actions = [0, 1, 1, 2, 0, 1, 2, 2];
  const rewards = [1, 0, 1, 0.5, 0, 1, 1, 0];

  it('keeps the last impressions of a window, whatever ticks they came in', () => {
    for (const window of [1, 3, 8, 100]) {
      const kept = actions.map((action, i) => [action, rewards[i]]).slice(-window);
      for (const size of [1, 3, 8]) {
        const totals = actionTotals('window', K, { window });
        for (let i = 0; i < actions.length; i += size) {
          const { decisions, outcomes } = tickOf(K, actions.slice(i, i + size), rewards.slice(i, i + size));
          totals.add(Math.min(size, actions.length - i), decisions, outcomes);
        }
        const own = (j: number): number[] => kept.filter(([a]) => a === j).map(([, reward]) => reward);
        expect(
          gap(
            totals.count,
            [0, 1, 2].map((j) => own(j).length),
          ),
        ).toBeLessThan(1e-12);
        expect(
          gap(
            totals.sum,
            [0, 1, 2].map((j) => own(j).reduce((a, b) => a + b, 0)),
          ),
        ).toBeLessThan(1e-12);
        expect(
          gap(
            totals.squares,
            [0, 1, 2].map((j) => own(j).reduce((a, b) => a + b * b, 0)),
          ),
        ).toBeLessThan(1e-12);
        expect(totals.all).toBe(kept.length);
      }
    }
  });

  it('lets each impression count less after every other', () => {
    const totals = actionTotals('discount', K, { discount: 0.9 });
    const { decisions, outcomes } = tickOf(K, actions, rewards);
    totals.add(actions.length, decisions, outcomes);
    const weight = actions.map((_, i) => 0.9 ** (actions.length - 1 - i));
    const own = (j: number, of: (i: number) => number): number =>
      actions.reduce((sum, a, i) => sum + (a === j ? weight[i] * of(i) : 0), 0);
    expect(
      gap(
        totals.count,
        [0, 1, 2].map((j) => own(j, () => 1)),
      ),
    ).toBeLessThan(1e-12);
    expect(
      gap(
        totals.sum,
        [0, 1, 2].map((j) => own(j, (i) => rewards[i])),
      ),
    ).toBeLessThan(1e-12);
    expect(totals.all).toBeCloseTo(
      weight.reduce((a, b) => a + b),
      12,
    );
  });

  it('is what sliding-window and discounted agents go by', () => {
    const window = ucb1(K, { window: 3 });
    teach(window, actions, rewards);
    expect(gap(window.indices, [Infinity, ucb1Index(1, 1, 3), ucb1Index(0.5, 2, 3)])).toBeLessThan(1e-12);
    const beta = thompson(K, randomFrom('thompson'), { window: 3 });
    teach(beta, actions, rewards);
    expect(gap(beta.alpha, [1, 2, 2])).toBeLessThan(1e-12);
    expect(gap(beta.beta, [1, 1, 2])).toBeLessThan(1e-12);
    const faded = thompson(K, randomFrom('thompson'), { discount: 0.9 });
    teach(faded, [1, 1], [1, 0]);
    expect(gap([faded.alpha[1], faded.beta[1]], [1.9, 2])).toBeLessThan(1e-12);
  });
});

describe('odds by hand', () => {
  it('ε decays like 1 / (1 + δ t)', () => {
    const agent = epsilonGreedy(K, { epsilon: 0.3, decay: 0.5 });
    teach(agent, [0, 1, 2, 0], [1, 0, 0, 1]);
    expect(gap(oddsOf(agent), [0.9 + 0.1 / 3, 0.1 / 3, 0.1 / 3])).toBeLessThan(1e-12);
  });

  it('EXP3 weighs gains by the propensity they were drawn with', () => {
    const agent = exp3(K, 0.3);
    teach(agent, [0, 1], [1, 0.5], 0.25);
    expect(gap(agent.estimates, [4, 2, 0])).toBeLessThan(1e-12);
    const weights = [4, 2, 0].map((gain) => Math.exp(0.1 * gain));
    const sum = weights.reduce((a, b) => a + b);
    expect(
      gap(
        oddsOf(agent),
        weights.map((w) => 0.7 * (w / sum) + 0.1),
      ),
    ).toBeLessThan(1e-12);
    const two = weights[0] + weights[2];
    expect(
      gap(oddsOf(agent, [1, 0, 1]), [0.7 * (weights[0] / two) + 0.15, 0, 0.7 * (weights[2] / two) + 0.15]),
    ).toBeLessThan(1e-12);
  });

  it('EXP3-IX weighs losses by a propensity made larger', () => {
    const agent = exp3Ix(K);
    const rate = (t: number): number => Math.sqrt((2 * Math.log(K)) / (K * t));
    teach(agent, [0, 1], [1, 0.25], 0.5);
    expect(gap(agent.estimates, [0, 0.75 / (0.5 + rate(2) / 2), 0])).toBeLessThan(1e-12);
    const low = Math.exp(-rate(2) * agent.estimates[1]);
    expect(gap(oddsOf(agent), [1 / (2 + low), low / (2 + low), 1 / (2 + low)])).toBeLessThan(1e-12);
  });

  it('Gaussian Thompson sampling has the posterior N(Σr / (n + 1), 1 / (n + 1))', () => {
    const agent = gaussianThompson(K);
    teach(agent, [0, 0, 0, 1], [1, 2, 3, -1]);
    expect(gap(agent.mean, [6 / 4, -1 / 2, 0])).toBeLessThan(1e-12);
    expect(gap(agent.sd, [0.5, Math.SQRT1_2, 1])).toBeLessThan(1e-12);
  });

  it('SquareCB weighs by the inverse of the gap to the best', () => {
    const odds = new Float64Array(4);
    inverseGapWeights(Float64Array.of(9, 0.3, 0.1, 0.5, 0.5), 1, 4, Uint8Array.of(1, 1, 0, 1), 20, odds, 0);
    const first = 1 / (3 + 20 * 0.2);
    // Scores 0.3, 0.1, (0.5), 0.5: the third may not be shown, the fourth is the best.
    expect(gap(odds, [first, 1 / (3 + 20 * 0.4), 0, 1 - first - 1 / (3 + 20 * 0.4)])).toBeLessThan(1e-12);
  });

  it('a fixed agent shows its action while it may, then any other', () => {
    expect(gap(oddsOf(fixed(K, 1)), [0, 1, 0])).toBeLessThan(1e-12);
    expect(gap(oddsOf(fixed(K, 1), [1, 0, 1]), [0.5, 0, 0.5])).toBeLessThan(1e-12);
  });

  it('index agents scale rewards of other bounds', () => {
    const [unit, wide] = [klUcb(K), klUcb(K, { low: -2, high: 6 })];
    const rewards = [1, 0, 0.5, 1, 0, 0];
    teach(unit, [0, 1, 2, 0, 1, 2], rewards);
    teach(
      wide,
      [0, 1, 2, 0, 1, 2],
      rewards.map((r) => 8 * r - 2),
    );
    expect(gap(wide.indices, [...unit.indices])).toBeLessThan(1e-12);
  });
});

describe('refusals', () => {
  it.each([
    [{ kind: 'fixed', action: 'nobody' }, /there is no action nobody; give one of creative 0/],
    [{ kind: 'fixed', action: 7 }, /there is no action 7/],
  ])('%j', (config, message) => {
    const make = (): Agent => createAgent(agentSchema.parse(config), toySetup(K));
    expect(make).toThrow(InputError);
    expect(make).toThrow(message);
  });

  it.each(['moss', 'exp3'])('%s wants a horizon', (kind) => {
    const { requests: _requests, ...setup } = toySetup(K);
    expect(() => createAgent(agentSchema.parse({ kind }), setup)).toThrow(
      /how many requests there will be is not known/,
    );
  });

  it.each(['kl-ucb', 'ucb-tuned', 'exp3', 'exp3-ix', 'popularity'])('%s refuses a reward below its bounds', (kind) => {
    const agent = createAgent(agentSchema.parse({ kind }), toySetup(K));
    expect(() => teach(agent, [0], [-0.5])).toThrow(/outside \[0, /);
  });
});
