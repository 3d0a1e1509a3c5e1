/**
 * Pseudo-regret of classical bandits on two actions with click rates .9 and .8 over 5,000 requests, against reference
 * values (mean ± standard error over 2,000 runs). Passes within 4 combined standard errors: α = 6e-5 for each agent.
 */
import { describe, expect, it } from 'vitest';
import { decide } from '../../src/agents/decide.ts';
import { epsilonGreedy } from '../../src/agents/context-free/epsilon-greedy.ts';
import { klUcb } from '../../src/agents/context-free/kl-ucb.ts';
import { moss } from '../../src/agents/context-free/moss.ts';
import { thompson } from '../../src/agents/context-free/thompson.ts';
import { ucbTuned } from '../../src/agents/context-free/ucb-tuned.ts';
import { ucb1 } from '../../src/agents/context-free/ucb1.ts';
import type { Agent } from '../../src/core/contracts.ts';
import { matrix } from '../../src/core/matrix.ts';
import { randomFrom } from '../../src/core/random.ts';
import { tickOf } from './tick-of.ts';

const RATES = [0.9, 0.8];
const REQUESTS = 5000;

/** Σ best rate − rate of the action shown, one request per tick. */
function regretOf(agent: Agent, seed: string): number {
  const random = randomFrom(seed);
  const draws = random.stream('draws');
  const { requests, decisions, outcomes } = tickOf(2, [0], [0]);
  const scratch = matrix(1, 2);
  let regret = 0;
  for (let t = 0; t < REQUESTS; t++) {
    requests.impression[0] = t;
    decide(agent, requests, draws, decisions, scratch);
    const action = decisions.action[0];
    regret += RATES[0] - RATES[action];
    outcomes.reward[0] = random.uniform(t, action) < RATES[action] ? 1 : 0;
    agent.learn(requests, decisions, outcomes, requests);
  }
  return regret;
}

describe('published regret', () => {
  it.each<[string, number, number, number, () => Agent]>([
    ['UCB1 (Auer)', 300, 64.42, 0.27, () => ucb1(2)],
    ['UCB1 with half the bonus', 300, 24.87, 0.22, () => ucb1(2, { alpha: 0.5 })],
    ['UCB-tuned', 300, 15.72, 0.34, () => ucbTuned(2)],
    ['MOSS', 300, 24.48, 0.2, () => moss(2, REQUESTS)],
    ['KL-UCB', 300, 12.97, 0.16, () => klUcb(2)],
    ['ε-greedy, ε = 0.1', 300, 31.11, 0.32, () => epsilonGreedy(2, { epsilon: 0.1 })],
    ['Thompson sampling, exact odds', 25, 9.21, 0.25, () => thompson(2, randomFrom('thompson'))],
  ])(
    '%s over %d runs is %d ± %d',
    (name, runs, mean, error, make) => {
      const regrets = Array.from({ length: runs }, (_, run) => regretOf(make(), `${name} ${run}`));
      const ours = regrets.reduce((a, b) => a + b, 0) / runs;
      const variance = regrets.reduce((sum, r) => sum + (r - ours) * (r - ours), 0) / (runs - 1) / runs;
      const z = (ours - mean) / Math.sqrt(variance + error * error);
      console.info(
        `${name}: ${ours.toFixed(2)} ± ${Math.sqrt(variance).toFixed(2)} (reference ${mean} ± ${error}), z = ${z.toFixed(2)}`,
      );
      expect(Math.abs(z)).toBeLessThan(4);
    },
    120_000,
  );
});
