/** Explores evenly with probability ε, else shows the best: by mean so far, or by a model of the reward. */
import { z } from 'zod';
import type { Agent } from '../../core/contracts.ts';
import { constantBid } from '../bid.ts';
import { commonFields } from '../kind.ts';
import type { AgentKind, CommonConfig } from '../kind.ts';
import { learnerFields, learnerOf } from '../contextual/learners.ts';
import type { Learner, LearnerConfig } from '../contextual/learners.ts';
import { modelAgent } from '../contextual/model-agent.ts';
import { shareAmongBest, shareScores } from '../odds.ts';
import { actionTotals } from './totals.ts';

export interface EpsilonGreedyConfig extends CommonConfig {
  kind: 'epsilon-greedy';
  epsilon: number;
  decay: number;
  model: 'none' | LearnerConfig['model'];
  lambda: number;
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

/** The same over a learned model of the reward: what VW and the bake-off of Bietti et al. (2021) call ε-greedy, greedy at 0. */
export function epsilonGreedyOver(
  k: number,
  learner: Learner,
  options: { name: string; epsilon: number; decay?: number; bidUsd?: number },
): Agent {
  const { epsilon, decay = 0 } = options;
  return modelAgent(k, {
    ...options,
    learner,
    odds(requests, { means, learned }, out) {
      out.data.set(means.subarray(0, requests.size * k));
      shareAmongBest(out, requests, epsilon / (1 + decay * learned));
    },
  });
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
  model: z
    .enum(['none', ...learnerFields.model.unwrap().options])
    .default('none')
    .describe(
      'none: the mean reward of each action (default); linear, logistic or shared as in square-cb: sees the context',
    ),
  lambda: learnerFields.lambda,
  ...commonFields,
}) satisfies z.ZodType<EpsilonGreedyConfig>;

export const epsilonGreedyKind: AgentKind<EpsilonGreedyConfig> = {
  kind: 'epsilon-greedy',
  summary: 'explores evenly with probability epsilon, else shows the best mean so far, or the best by a model',
  reference: 'Sutton & Barto (2018), Reinforcement Learning, 2nd ed., section 2.4',
  schema,
  sees: 'context',
  needs: [],
  create({ kind, name = kind, model, ...config }, setup) {
    const k = setup.actions.size;
    if (model === 'none') return epsilonGreedy(k, { ...config, name });
    return epsilonGreedyOver(k, learnerOf({ ...config, model }, setup), { ...config, name });
  },
};
