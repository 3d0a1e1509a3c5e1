/** UCB that stops exploring what has had its share of the horizon; sees no context. */
import { z } from 'zod';
import { InputError } from '../../core/errors.ts';
import { indexAgent } from './index-agent.ts';
import type { IndexAgent, IndexOptions } from './index-agent.ts';
import { commonFields, rewardBounds } from '../kind.ts';
import type { AgentKind, CommonConfig } from '../kind.ts';

export interface MossConfig extends CommonConfig {
  kind: 'moss';
  horizon?: number | undefined;
}

/**
 * Index of MOSS (Audibert & Bubeck 2009, "Minimax policies"): mean + √(max(ln(T / (K n)), 0) / n) over K actions and a
 * horizon of T impressions. Rewards in [0, 1].
 */
export function mossIndex(mean: number, n: number, horizon: number, k: number): number {
  return mean + Math.sqrt(Math.max(Math.log(horizon / (k * n)), 0) / n);
}

/** MOSS over k actions for `horizon` impressions. */
export function moss(k: number, horizon: number, options: Partial<IndexOptions> = {}): IndexAgent {
  return indexAgent(k, ({ mean, n }) => mossIndex(mean, n, horizon, k), { name: 'moss', ...options });
}

const schema = z.strictObject({
  kind: z.literal('moss').describe('The highest MOSS index'),
  horizon: z
    .int()
    .min(1)
    .max(1e12)
    .optional()
    .describe('Impressions that are planned for, in [1, 1e12]; default: the requests of the episode'),
  ...commonFields,
}) satisfies z.ZodType<MossConfig>;

export const mossKind: AgentKind<MossConfig> = {
  kind: 'moss',
  summary: 'the highest mean + √(max(ln(T / (K n)), 0) / n) over a known horizon T; sees no context',
  reference: 'Audibert & Bubeck (2009), Minimax policies for adversarial and stochastic bandits',
  schema,
  sees: 'context',
  needs: [],
  create(config, { actions, spec, requests }) {
    const name = config.name ?? config.kind;
    const horizon = config.horizon ?? requests;
    if (horizon === undefined) {
      throw new InputError(`agent "${name}": how many requests there will be is not known; set horizon`);
    }
    return moss(actions.size, horizon, { name, bidUsd: config.bidUsd, ...rewardBounds(spec) });
  },
};
