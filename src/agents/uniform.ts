/** Every eligible action alike: the log everything can be learned from. */
import { z } from 'zod';
import type { Agent } from '../core/contracts.ts';
import { constantBid } from './bid.ts';
import { commonFields } from './kind.ts';
import type { AgentKind, CommonConfig } from './kind.ts';
import { shareScores } from './odds.ts';

export interface UniformConfig extends CommonConfig {
  kind: 'uniform';
}

/** Uniform over the eligible ones of k actions; bids `bidUsd` [USD per impression]. */
export function uniform(k: number, options: { name?: string; bidUsd?: number } = {}): Agent {
  const alike = new Float64Array(k);
  return {
    name: options.name ?? 'uniform',
    distribution: (requests, out) => shareScores(alike, out, requests),
    bid: constantBid(options.bidUsd ?? 0),
    learn() {},
  };
}

const schema = z.strictObject({
  kind: z.literal('uniform').describe('Every eligible action alike'),
  ...commonFields,
}) satisfies z.ZodType<UniformConfig>;

export const uniformKind: AgentKind<UniformConfig> = {
  kind: 'uniform',
  summary: 'every eligible action alike',
  reference: 'the A/B test without an end',
  schema,
  sees: 'context',
  needs: [],
  create: (config, { actions }) => uniform(actions.size, { name: config.name ?? config.kind, bidUsd: config.bidUsd }),
};
