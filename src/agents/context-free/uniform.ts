/** Every eligible action alike: the log everything can be learned from. */
import { z } from 'zod';
import type { Agent } from '../../core/contracts.ts';
import { constantBid } from '../bid.ts';
import { commonFields } from '../kind.ts';
import type { AgentKind, CommonConfig } from '../kind.ts';

export interface UniformConfig extends CommonConfig {
  kind: 'uniform';
}

/** Uniform over the eligible ones of k actions; bids `bidUsd` [USD per impression]. */
export function uniform(k: number, options: { name?: string; bidUsd?: number } = {}): Agent {
  return {
    name: options.name ?? 'uniform',
    distribution({ eligible, size }, out) {
      for (let i = 0; i < size; i++) {
        let count = 0;
        for (let c = i * k; c < i * k + k; c++) count += eligible[c];
        const alike = count > 0 ? 1 / count : 0;
        for (let c = i * k; c < i * k + k; c++) out.data[c] = eligible[c] * alike;
      }
    },
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
