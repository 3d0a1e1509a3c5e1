/**
 * Budgets break off-policy evaluation: a policy that spends faster meets another day than the one that was logged. The gap
 * between what a log says and what the policy then earns is clear with a purse, and gone without; neither policy learns.
 */
import { expect, it } from 'vitest';
import { uniform } from '../../src/agents/context-free/uniform.ts';
import type { Agent, Requests } from '../../src/core/contracts.ts';
import type { Matrix } from '../../src/core/matrix.ts';
import { randomFrom } from '../../src/core/random.ts';
import { disjoint, summarise } from '../../src/core/statistics.ts';
import type { WorldInput } from '../../src/env/config.ts';
import { playEpisode } from '../../src/runner/episode.ts';
import { worldOf } from '../env/play.ts';

const REQUESTS = 48_000; // two days
const SEEDS = 16;

/** A click on the warm campaign's ads is worth $2, one on the others nothing; an ad costs a cent. */
function worldWith(dailyBudgetUsd?: number): WorldInput {
  const warm = { name: 'warm', categories: ['pullover', 'coat', 'boot'] as const, valuePerClickUsd: 2 };
  return {
    preset: 'quiet',
    reward: 'profit',
    baseCtr: 0.2,
    requestsPerHour: 1000,
    costPerImpressionUsd: 0.01,
    campaigns: [
      { ...warm, categories: [...warm.categories], ...(dailyBudgetUsd && { dailyBudgetUsd }) },
      { name: 'rest', valuePerClickUsd: 0 },
    ],
  };
}

/** Shows the warm campaign's ads as long as they may be shown, any of them alike. */
function warmFirst(campaign: Int32Array): Agent {
  const k = campaign.length;
  const any = uniform(k);
  return {
    ...any,
    name: 'warm-first',
    distribution(requests: Requests, out: Matrix) {
      any.distribution(requests, out);
      for (let i = 0; i < requests.size; i++) {
        const row = out.data.subarray(i * k, i * k + k);
        const warm = row.filter((p, a) => p > 0 && campaign[a] === 0).length;
        if (warm > 0) row.forEach((p, a) => (row[a] = p > 0 && campaign[a] === 0 ? 1 / warm : 0));
      }
    },
  };
}

/** [USD per request] earned in play less estimated by inverse propensity on a uniform log of the same days, by seed. */
function gaps(world: WorldInput): number[] {
  return Array.from({ length: SEEDS }, (_, seed) => {
    const environment = worldOf({ ...world, users: 2000, lanes: 64 });
    const { actions } = environment;
    const target = warmFirst(actions.campaign);
    const run = (agent: Agent, luck: string, onRow: (reward: number, weight: number) => void): void => {
      const random = randomFrom(String(seed)).stream(luck);
      const odds = { rows: 64, columns: actions.size, data: new Float64Array(64 * actions.size) };
      playEpisode({
        environment,
        agent,
        seed: String(seed),
        luck,
        requests: REQUESTS,
        random,
        onTick: ({ requests, decisions, outcomes }) => {
          target.distribution(requests, odds);
          for (let i = 0; i < requests.size; i++) {
            const p = odds.data[i * actions.size + decisions.action[i]] ?? 1;
            onRow(outcomes.reward[i], p / decisions.propensity[i]);
          }
        },
      });
    };
    let [estimated, earned] = [0, 0];
    run(uniform(actions.size), 'log', (reward, weight) => (estimated += weight * reward));
    run(target, 'launch', (reward) => (earned += reward));
    return (earned - estimated) / REQUESTS;
  });
}

it('with a purse that runs dry, the log promises what cannot be had; without one, it tells what is earned', () => {
  const dry = summarise(gaps(worldWith(20)), 0.999).interval as [number, number];
  const free = summarise(gaps(worldWith()), 0.999).interval as [number, number];
  expect(dry[1]).toBeLessThan(0);
  expect(free[0] < 0 && free[1] > 0).toBe(true);
  // The intervals themselves can tell: without a purse, a gap as large as the one with it would show.
  expect(disjoint(dry, free)).toBe(true);
});
