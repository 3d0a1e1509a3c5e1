/** Each action in proportion to its mean reward; sees no context. */
import { z } from 'zod';
import { commonFields } from '../kind.ts';
import type { AgentKind, CommonConfig } from '../kind.ts';
import { meanOdds } from './mean-odds.ts';
import type { MeanOdds } from './mean-odds.ts';

export interface PopularityConfig extends CommonConfig {
  kind: 'popularity';
}

/** Odds ∝ mean reward over k actions, even until something was rewarded. Learning refuses negative rewards. */
export function popularity(k: number, options: { name?: string; bidUsd?: number } = {}): MeanOdds {
  return meanOdds(k, () => {}, { name: 'popularity', low: 0, ...options });
}

const schema = z.strictObject({
  kind: z.literal('popularity').describe('Odds in proportion to the mean reward'),
  ...commonFields,
}) satisfies z.ZodType<PopularityConfig>;

export const popularityKind: AgentKind<PopularityConfig> = {
  kind: 'popularity',
  summary: 'odds in proportion to the mean reward (probability matching); sees no context',
  reference: 'Strong, Kleynhans & Kadioglu (2021), MABWiser, learning policy Popularity',
  schema,
  sees: 'context',
  needs: [],
  create: ({ kind, name = kind, bidUsd }, { actions }) => popularity(actions.size, { name, bidUsd }),
};
