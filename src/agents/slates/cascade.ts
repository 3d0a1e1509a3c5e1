/** Pages filled from the top by an index, learning of every ad that was looked at: from the top to the first click. */
import { z } from 'zod';
import { klUcb } from '../context-free/kl-ucb.ts';
import { thompson } from '../context-free/thompson.ts';
import { commonFields } from '../kind.ts';
import type { AgentKind, CommonConfig } from '../kind.ts';

export interface CascadeUcbConfig extends CommonConfig {
  kind: 'cascade-ucb';
}
export interface CascadeThompsonConfig extends CommonConfig {
  kind: 'cascade-thompson';
}

const ucbSchema = z.strictObject({
  kind: z.literal('cascade-ucb').describe('Pages by KL-UCB, learned from cascades of clicks'),
  ...commonFields,
}) satisfies z.ZodType<CascadeUcbConfig>;

/**
 * CascadeKL-UCB (Kveton, Szepesvári, Wen & Ashkan 2015, Algorithm 1): the L highest indices in order; ads above the first click
 * were looked at and not wanted, those below it teach nothing.
 */
export const cascadeUcbKind: AgentKind<CascadeUcbConfig> = {
  kind: 'cascade-ucb',
  summary: 'pages of the highest KL-UCB indices, learned from all that was looked at down to the first click',
  reference: 'Kveton, Szepesvári, Wen & Ashkan (2015), Cascading bandits, Algorithm 1',
  schema: ucbSchema,
  sees: 'context',
  needs: [],
  create: ({ kind, name = kind, bidUsd }, { actions }) => klUcb(actions.size, { name, bidUsd, cascade: true }),
};

const thompsonSchema = z.strictObject({
  kind: z.literal('cascade-thompson').describe('Pages by Thompson sampling, learned from cascades of clicks'),
  ...commonFields,
}) satisfies z.ZodType<CascadeThompsonConfig>;

/** CascadeTS: each slot by the odds of being the best of those left; the same feedback. */
export const cascadeThompsonKind: AgentKind<CascadeThompsonConfig> = {
  kind: 'cascade-thompson',
  summary:
    'pages filled by Thompson sampling from what is left, learned from all that was looked at; exact propensities',
  reference: 'Cheung, Tan & Zhong (2019), A Thompson sampling algorithm for cascading bandits',
  schema: thompsonSchema,
  sees: 'context',
  needs: [],
  create: ({ kind, name = kind, bidUsd }, { actions, random }) =>
    thompson(actions.size, random, { name, bidUsd, cascade: true }),
};
