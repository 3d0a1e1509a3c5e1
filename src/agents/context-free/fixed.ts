/** Always the same action: what a campaign does that never tests. */
import { z } from 'zod';
import type { Agent } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import { constantBid } from '../bid.ts';
import { commonFields } from '../kind.ts';
import type { AgentKind, CommonConfig } from '../kind.ts';
import { shareScores } from '../odds.ts';

export interface FixedConfig extends CommonConfig {
  kind: 'fixed';
  action: string | number;
}

/** The action `chosen` of k, as long as it is eligible; then any of the others alike. */
export function fixed(k: number, chosen: number, options: { name?: string; bidUsd?: number } = {}): Agent {
  const scores = new Float64Array(k);
  scores[chosen] = 1;
  return {
    name: options.name ?? 'fixed',
    distribution: (requests, out) => shareScores(scores, out, requests),
    bid: constantBid(options.bidUsd ?? 0),
    learn() {},
  };
}

const schema = z.strictObject({
  kind: z.literal('fixed').describe('Always the same action'),
  action: z
    .union([z.string().min(1), z.int().min(0)])
    .default(0)
    .describe('Name of the action, or its place from 0; default 0, the first'),
  ...commonFields,
}) satisfies z.ZodType<FixedConfig>;

export const fixedKind: AgentKind<FixedConfig> = {
  kind: 'fixed',
  summary: 'always the same action, while it is eligible',
  reference: 'the baseline of campaigns that never test',
  schema,
  sees: 'context',
  needs: [],
  create({ action, kind, name = kind, bidUsd }, { actions }) {
    const chosen = typeof action === 'number' ? action : actions.names.indexOf(action);
    if (chosen < 0 || chosen >= actions.size) {
      throw new InputError(
        `agent "${name}": there is no action ${action}; give one of ${actions.names.join(', ')}, or 0 to ${actions.size - 1}`,
      );
    }
    return fixed(actions.size, chosen, { name, bidUsd });
  },
};
