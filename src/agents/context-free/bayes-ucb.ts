/** A high quantile of what each click rate may be; sees no context. */
import { z } from 'zod';
import { betaQuantile } from '../../core/quantiles.ts';
import { indexAgent } from './index-agent.ts';
import type { IndexAgent, IndexOptions } from './index-agent.ts';
import { commonFields, rewardBounds } from '../kind.ts';
import type { AgentKind, CommonConfig } from '../kind.ts';

export interface BayesUcbConfig extends CommonConfig {
  kind: 'bayes-ucb';
}

/**
 * Index of Bayes-UCB (Kaufmann, Cappé & Garivier 2012): the quantile 1 − 1/t of the posterior Beta(1 + S, 1 + n − S) for
 * S = mean·n successes among n; c = 0, as its authors advise. The least that is known is the median at t = 2.
 */
export function bayesUcbIndex(mean: number, n: number, t: number): number {
  const successes = mean * n;
  return betaQuantile(1 - 1 / Math.max(2, t), 1 + successes, 1 + n - successes);
}

/** Bayes-UCB over k actions. */
export function bayesUcb(k: number, options: Partial<IndexOptions> = {}): IndexAgent {
  return indexAgent(k, ({ mean, n, t }) => bayesUcbIndex(mean, n, t), { name: 'bayes-ucb', ...options });
}

const schema = z.strictObject({
  kind: z.literal('bayes-ucb').describe('The highest quantile of the posterior'),
  ...commonFields,
}) satisfies z.ZodType<BayesUcbConfig>;

export const bayesUcbKind: AgentKind<BayesUcbConfig> = {
  kind: 'bayes-ucb',
  summary: 'the highest quantile 1 − 1/t of a Beta posterior; sees no context',
  reference: 'Kaufmann, Cappé & Garivier (2012), On Bayesian upper confidence bounds for bandit problems',
  schema,
  sees: 'context',
  needs: [],
  create: (config, { actions, spec }) =>
    bayesUcb(actions.size, { name: config.name ?? config.kind, bidUsd: config.bidUsd, ...rewardBounds(spec) }),
};
