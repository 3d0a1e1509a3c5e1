/** The highest click rate that what was seen does not rule out; sees no context. */
import { z } from 'zod';
import { indexAgent } from './index-agent.ts';
import type { IndexAgent, IndexOptions } from './index-agent.ts';
import { klUpper } from './rate-bounds.ts';
import { commonFields, rewardBounds } from '../kind.ts';
import type { AgentKind, CommonConfig } from '../kind.ts';

export interface KlUcbConfig extends CommonConfig {
  kind: 'kl-ucb';
  c: number;
}

/** KL-UCB's exploration: (ln t + c ln ln t) / n, 0 at least (Garivier & Cappé 2011, Algorithm 1). */
export function klUcbRadius(n: number, t: number, c = 0): number {
  const log = Math.log(t);
  return Math.max(0, log + (c === 0 || log <= 0 ? 0 : c * Math.log(log))) / n;
}

/** KL-UCB over k actions. */
export function klUcb(k: number, options: Partial<IndexOptions> & { c?: number } = {}): IndexAgent {
  const c = options.c ?? 0;
  return indexAgent(k, ({ mean, n, t }) => klUpper(mean, klUcbRadius(n, t, c)), { name: 'kl-ucb', ...options });
}

const schema = z.strictObject({
  kind: z.literal('kl-ucb').describe('The highest click rate that what was seen does not rule out'),
  c: z
    .number()
    .min(0)
    .max(10)
    .default(0)
    .describe('Weight of ln ln t in the exploration, in [0, 10]; default 0, best in practice; the proofs need 3'),
  ...commonFields,
}) satisfies z.ZodType<KlUcbConfig>;

export const klUcbKind: AgentKind<KlUcbConfig> = {
  kind: 'kl-ucb',
  summary: 'the highest rate q with n·kl(mean, q) ≤ ln t + c ln ln t; optimal for clicks; sees no context',
  reference: 'Garivier & Cappé (2011), The KL-UCB algorithm for bounded stochastic bandits and beyond',
  schema,
  sees: 'context',
  needs: [],
  create: (config, { actions, spec }) =>
    klUcb(actions.size, {
      name: config.name ?? config.kind,
      c: config.c,
      bidUsd: config.bidUsd,
      ...rewardBounds(spec),
    }),
};
