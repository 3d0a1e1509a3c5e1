/** Boltzmann exploration: the better the mean, the likelier; sees no context. */
import { z } from 'zod';
import { commonFields } from '../kind.ts';
import type { AgentKind, CommonConfig } from '../kind.ts';
import { meanOdds } from './mean-odds.ts';
import type { MeanOdds } from './mean-odds.ts';

export interface SoftmaxConfig extends CommonConfig {
  kind: 'softmax';
  temperature: number;
}

/**
 * Odds ∝ exp(mean / τ) over k actions (Sutton & Barto 2018, section 2.8, there called soft-max of preferences); actions
 * never shown have the mean 0. Rewards may be any finite numbers.
 */
export function softmax(k: number, options: { name?: string; temperature: number; bidUsd?: number }): MeanOdds {
  const weigh = (means: Float64Array): void => {
    const best = means.reduce((a, b) => Math.max(a, b), -Infinity);
    for (let c = 0; c < means.length; c++) means[c] = Math.exp((means[c] - best) / options.temperature);
  };
  return meanOdds(k, weigh, { name: 'softmax', ...options });
}

const schema = z.strictObject({
  kind: z.literal('softmax').describe('Odds by the exponential of the mean'),
  temperature: z
    .number()
    .min(1e-6)
    .max(1e6)
    .default(0.01)
    .describe('τ [reward], in [1e-6, 1e6]; default 0.01: a hundredth more reward is 2.7 times as likely'),
  ...commonFields,
}) satisfies z.ZodType<SoftmaxConfig>;

export const softmaxKind: AgentKind<SoftmaxConfig> = {
  kind: 'softmax',
  summary: 'odds in proportion to exp(mean / temperature) (Boltzmann exploration); sees no context',
  reference: 'Sutton & Barto (2018), Reinforcement Learning, 2nd ed., section 2.8',
  schema,
  sees: 'context',
  needs: [],
  create: ({ kind, name = kind, ...options }, { actions }) => softmax(actions.size, { ...options, name }),
};
