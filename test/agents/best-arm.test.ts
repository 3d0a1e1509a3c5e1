/** Agents that are to find the best action, and agents that spend a budget. */
import { describe, expect, it } from 'vitest';
import { decide } from '../../src/agents/decide.ts';
import { knapsackUcb } from '../../src/agents/context-free/knapsack-ucb.ts';
import { successiveElimination } from '../../src/agents/context-free/successive-elimination.ts';
import { thompson } from '../../src/agents/context-free/thompson.ts';
import { topTwoOdds, topTwoThompson } from '../../src/agents/context-free/top-two-thompson.ts';
import { ucb1 } from '../../src/agents/context-free/ucb1.ts';
import type { Agent } from '../../src/core/contracts.ts';
import { matrix } from '../../src/core/matrix.ts';
import { randomFrom } from '../../src/core/random.ts';
import { tickOf } from './tick-of.ts';

/** Plays arms of these rates and costs until the budget is gone; returns rewards and impressions by arm. */
function playArms(
  agent: Agent,
  rates: readonly number[],
  requests: number,
  seed: string,
  { costs = rates.map(() => 0), budget = Infinity }: { costs?: readonly number[]; budget?: number } = {},
): { reward: number; shown: number[] } {
  const random = randomFrom(seed);
  const draws = random.stream('draws');
  const { requests: rows, decisions, outcomes } = tickOf(rates.length, [0], [0]);
  const scratch = matrix(1, rates.length);
  const shown = rates.map(() => 0);
  let reward = 0;
  let left = budget;
  for (let t = 0; t < requests && left > 0; t++) {
    rows.impression[0] = t;
    decide(agent, rows, draws, decisions, scratch);
    const action = decisions.action[0];
    outcomes.reward[0] = random.uniform(t, action) < rates[action] ? 1 : 0;
    outcomes.cost[0] = costs[action];
    left -= costs[action];
    reward += outcomes.reward[0];
    shown[action]++;
    agent.learn(rows, decisions, outcomes, rows);
  }
  return { reward, shown };
}

describe('successive elimination', () => {
  it('keeps the best and drops the others, and keeps two that are alike', () => {
    // δ = 5 % over 40 runs: at most 6 wrong with probability above 99 %; a radius of a third drops the best more often.
    let right = 0;
    for (let run = 0; run < 40; run++) {
      const agent = successiveElimination(3, { delta: 0.05 });
      playArms(agent, [0.6, 0.3, 0.2], 2000, `run ${run}`);
      if ([...agent.survives].join(' ') === '1 0 0') right++;
    }
    expect(right).toBeGreaterThanOrEqual(38);
    const alike = successiveElimination(2, { delta: 0.05 });
    playArms(alike, [0.5, 0.5], 4000, 'alike');
    expect([...alike.survives]).toEqual([1, 1]);
  });
});

describe('top-two Thompson', () => {
  it('has the odds of drawing again until the second differs', () => {
    const p = Float64Array.of(0.6, 0.3, 0.1);
    const odds = p.slice();
    topTwoOdds(odds, 0.4);
    const luck = randomFrom('top two').sequence();
    const draw = (): number => {
      const u = luck.uniform();
      return u < 0.6 ? 0 : u < 0.9 ? 1 : 2;
    };
    const counts = [0, 0, 0];
    const n = 100_000;
    for (let i = 0; i < n; i++) {
      const first = draw();
      let second = first;
      while (second === first) second = draw();
      counts[luck.uniform() < 0.4 ? first : second]++;
    }
    counts.forEach((count, j) => {
      const error = Math.sqrt((odds[j] * (1 - odds[j])) / n);
      expect(Math.abs(count / n - odds[j])).toBeLessThan(4.5 * error);
    });
    expect(odds[0]).toBeLessThan(p[0]); // the leader gets less than Thompson sampling gives it
  });

  it('shows the runner-up far more than Thompson sampling would, and a certain best alone', () => {
    const runnerUp = (agent: Agent): number => playArms(agent, [0.7, 0.6, 0.1], 3000, 'leader').shown[1];
    expect(runnerUp(topTwoThompson(3, { share: 0.5 }))).toBeGreaterThan(1000);
    expect(runnerUp(thompson(3, randomFrom('thompson')))).toBeLessThan(500);
    const sure = Float64Array.of(1, 0);
    topTwoOdds(sure, 0.5);
    expect([...sure]).toEqual([1, 0]);
  });
});

describe('knapsack UCB', () => {
  const rates = [0.6, 0.3];
  const costs = [1, 0.2];
  // 100 impressions of the first earn 60; 500 of the second earn 150.
  const budget = 100;
  const make = (budgetUsd: number): Agent =>
    knapsackUcb(2, {
      knapsacks: [{ budgetUsd, draws: Uint8Array.of(1, 1) }],
      horizon: 2000,
      confidence: 0.3,
      low: 0,
      high: 1,
    });
  const mean = (of: () => Agent, limit: number): number => {
    let sum = 0;
    for (let run = 0; run < 20; run++)
      sum += playArms(of(), rates, 2000, `run ${run}`, { costs, budget: limit }).reward / 20;
    return sum;
  };

  it('spends a short budget where it brings most; UCB1 spends it on the highest rate', () => {
    expect(mean(() => make(budget), budget)).toBeGreaterThan(110);
    expect(mean(() => ucb1(2, { alpha: 0.3 }), budget)).toBeLessThan(90);
  });

  it('with a budget that cannot run out goes for the highest rate', () => {
    expect(mean(() => make(1e9), 1e9)).toBeGreaterThan(1000);
  });
});
