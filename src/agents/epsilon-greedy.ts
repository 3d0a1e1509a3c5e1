/** Explores evenly with probability ε, else shows the best mean so far; sees no context. */
import { z } from 'zod';
import type { Agent } from '../core/contracts.ts';
import { constantBid } from './bid.ts';
import { commonFields } from './kind.ts';
import type { AgentKind, CommonConfig } from './kind.ts';
import { shareScores } from './odds.ts';
import { actionTotals } from './totals.ts';

export interface EpsilonGreedyConfig extends CommonConfig {
  kind: 'epsilon-greedy';
  epsilon: number;
  decay: number;
}

/** ε-greedy with its means open to view. */
export interface EpsilonGreedy extends Agent {
  /** (k) */
  means: Float64Array;
}

/**
 * ε-greedy on the mean reward of each of k actions (Sutton & Barto 2018, section 2.4). Best means that tie share the
 * greedy mass evenly; actions never shown have the mean 0. Rewards may be any finite numbers. With `decay` δ, ε falls to
 * ε / (1 + δ t) after t impressions: in the end like 1/t, as Auer, Cesa-Bianchi & Fischer's ε_n-greedy (2002, Figure 3).
 */
export function epsilonGreedy(
  k: number,
  options: { name?: string; epsilon: number; decay?: number; bidUsd?: number },
): EpsilonGreedy {
  const { name = 'epsilon-greedy', epsilon, decay = 0 } = options;
  const totals = actionTotals(name, k);
  const means = new Float64Array(k);
  return {
    name,
    means,
    distribution: (requests, out) => shareScores(means, out, requests, epsilon / (1 + decay * totals.all)),
    bid: constantBid(options.bidUsd ?? 0),
    learn(requests, decisions, outcomes) {
      totals.add(requests.size, decisions, outcomes);
      for (let j = 0; j < k; j++) means[j] = totals.count[j] === 0 ? 0 : totals.sum[j] / totals.count[j];
    },
  };
}

const schema = z.strictObject({
  kind: z.literal('epsilon-greedy').describe('Explore evenly with probability ε, else the best mean so far'),
  epsilon: z.number().min(0).max(1).default(0.1).describe('Share of requests that explore, in [0, 1]; default 0.1'),
  decay: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('δ: ε falls to ε / (1 + δ t) after t impressions, in [0, 1]; default 0: it stays'),
  ...commonFields,
}) satisfies z.ZodType<EpsilonGreedyConfig>;

export const epsilonGreedyKind: AgentKind<EpsilonGreedyConfig> = {
  kind: 'epsilon-greedy',
  summary: 'explores evenly with probability epsilon, else shows the best mean so far; sees no context',
  reference: 'Sutton & Barto (2018), Reinforcement Learning, 2nd ed., section 2.4',
  schema,
  sees: 'context',
  needs: [],
  create: (config, { actions }) =>
    epsilonGreedy(actions.size, {
      name: config.name ?? config.kind,
      epsilon: config.epsilon,
      decay: config.decay,
      bidUsd: config.bidUsd,
    }),
};
