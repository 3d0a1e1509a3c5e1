/** Several agents at once, each with a share of the requests; all learn from all of them. */
import { z } from 'zod';
import type { Agent } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import { matrix } from '../../core/matrix.ts';
import { constantBid } from '../bid.ts';
import { commonFields } from '../kind.ts';
import { refuseContexts, refuseRewards } from '../shown.ts';
import type { AgentKind, CommonConfig } from '../kind.ts';
import type { NestedConfig, Nesting } from './nested.ts';

export interface MixtureConfig extends CommonConfig {
  kind: 'mixture';
  of: { agent: NestedConfig; weight: number }[];
}

/** The policy that follows agent m with probability `weights[m]`, which must be 0 or more and not all 0. */
export function mixture(
  agents: readonly Agent[],
  weights: readonly number[],
  options: { name?: string; bidUsd?: number } = {},
): Agent {
  const { name = 'mixture' } = options;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0) || weights.some((weight) => weight < 0)) {
    throw new InputError(
      `agent "${name}": weights ${weights.join(', ')} are no shares; give numbers of 0 or more, one above 0`,
    );
  }
  return {
    name,
    distribution(requests, out, page) {
      const one = matrix(out.rows, out.columns);
      const cells = requests.size * out.columns;
      out.data.fill(0, 0, cells);
      agents.forEach((agent, m) => {
        agent.distribution(requests, one, page);
        for (let cell = 0; cell < cells; cell++) out.data[cell] += (weights[m] / total) * one.data[cell];
      });
    },
    bid: constantBid(options.bidUsd ?? 0),
    learn(requests, decisions, outcomes, next) {
      refuseContexts(name, requests); // before one of them has learned
      refuseRewards(name, requests.size, outcomes.reward, -Infinity, Infinity);
      for (const agent of agents) agent.learn(requests, decisions, outcomes, next);
    },
  };
}

/** The kind, its members read by `nesting`. */
export function mixtureKind(nesting: Nesting): AgentKind<MixtureConfig> {
  const member = z.strictObject({
    agent: nesting.schema.describe('An agent'),
    weight: z.number().min(0).max(1e6).default(1).describe('Its share, as a weight of 0 or more; default 1'),
  });
  return {
    kind: 'mixture',
    summary: 'several agents at once, each with a share of the requests; all learn from all; exact propensities',
    reference: '',
    schema: z.strictObject({
      kind: z.literal('mixture').describe('Several agents, each with a share of the requests'),
      of: z
        .array(member)
        .min(1)
        .max(20)
        .prefault([{ agent: { kind: 'thompson' }, weight: 9 }, { agent: { kind: 'uniform' } }])
        .describe('Agents and their weights; default: thompson 9, uniform 1'),
      ...commonFields,
    }),
    sees: 'context',
    needs: [],
    holds: ({ of }) => of.map(({ agent }) => agent),
    create: ({ kind, name = kind, of, bidUsd }, setup) =>
      mixture(
        of.map(({ agent }, m) => nesting.create(agent, setup, m)),
        of.map(({ weight }) => weight),
        { name, bidUsd },
      ),
  };
}
