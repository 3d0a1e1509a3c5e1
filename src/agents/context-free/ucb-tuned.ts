/** UCB whose bonus shrinks where rewards hardly vary; sees no context. */
import { z } from 'zod';
import { indexAgent } from './index-agent.ts';
import type { IndexAgent, IndexOptions, Known } from './index-agent.ts';
import { commonFields, rewardBounds } from '../kind.ts';
import type { AgentKind, CommonConfig } from '../kind.ts';

export interface UcbTunedConfig extends CommonConfig {
  kind: 'ucb-tuned';
}

/**
 * Index of UCB-tuned (Auer, Cesa-Bianchi & Fischer 2002, section 4): mean + √(ln t / n · min(¼, V)), where
 * V = variance + √(2 ln t / n). Rewards in [0, 1].
 */
export function ucbTunedIndex({ mean, meanSquare, n, t }: Known): number {
  const log = Math.log(t);
  const variance = Math.max(0, meanSquare - mean * mean) + Math.sqrt((2 * log) / n);
  return mean + Math.sqrt((log / n) * Math.min(0.25, variance));
}

/** UCB-tuned over k actions. */
export function ucbTuned(k: number, options: Partial<IndexOptions> = {}): IndexAgent {
  return indexAgent(k, ucbTunedIndex, { name: 'ucb-tuned', ...options });
}

const schema = z.strictObject({
  kind: z.literal('ucb-tuned').describe('The highest UCB-tuned index'),
  ...commonFields,
}) satisfies z.ZodType<UcbTunedConfig>;

export const ucbTunedKind: AgentKind<UcbTunedConfig> = {
  kind: 'ucb-tuned',
  summary: 'the highest mean + √(ln t / n · min(¼, V)), V a bound of the variance; sees no context',
  reference: 'Auer, Cesa-Bianchi & Fischer (2002), section 4',
  schema,
  sees: 'context',
  needs: [],
  create: (config, { actions, spec }) =>
    ucbTuned(actions.size, { name: config.name ?? config.kind, bidUsd: config.bidUsd, ...rewardBounds(spec) }),
};
