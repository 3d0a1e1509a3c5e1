/** Finds the best action: shows all that may be it alike, and drops those that cannot. */
import { z } from 'zod';
import type { Agent } from '../../core/contracts.ts';
import { constantBid } from '../bid.ts';
import { commonFields, rewardBounds } from '../kind.ts';
import type { AgentKind, CommonConfig } from '../kind.ts';
import { shareScores } from '../odds.ts';
import { actionTotals } from './totals.ts';

export interface SuccessiveEliminationConfig extends CommonConfig {
  kind: 'successive-elimination';
  delta: number;
}

/** Successive elimination with its survivors open to view. */
export interface SuccessiveElimination extends Agent {
  /** (k) 1 where an action may still be the best. */
  survives: Float64Array;
}

/**
 * Successive elimination (Even-Dar, Mannor & Mansour 2006, Algorithm 3, with radii per action) over k actions with rewards in
 * [low, high]: an action is dropped where its mean + radius lies below another's mean − radius, the radius after n impressions
 * being (high − low)·√(ln(4 k n²/δ) / (2n)). With probability 1 − δ the best is never dropped, and what is left in the end is it.
 */
export function successiveElimination(
  k: number,
  options: { name?: string; bidUsd?: number; delta: number; low?: number; high?: number },
): SuccessiveElimination {
  const { name = 'successive-elimination', delta, low = 0, high = 1 } = options;
  const totals = actionTotals(name, k, { low, high });
  const survives = new Float64Array(k).fill(1);
  return {
    name,
    survives,
    distribution: (requests, out) => shareScores(survives, out, requests),
    bid: constantBid(options.bidUsd ?? 0),
    learn(requests, decisions, outcomes) {
      totals.add(requests.size, decisions, outcomes);
      const mean = totals.sum.map((sum, a) => sum / totals.count[a]);
      const radius = totals.count.map((n) => (high - low) * Math.sqrt(Math.log((4 * k * n * n) / delta) / (2 * n)));
      let highestLower = -Infinity;
      for (let a = 0; a < k; a++) {
        if (survives[a] === 1 && totals.count[a] > 0) highestLower = Math.max(highestLower, mean[a] - radius[a]);
      }
      for (let a = 0; a < k; a++) if (mean[a] + radius[a] < highestLower) survives[a] = 0;
    },
  };
}

const schema = z.strictObject({
  kind: z.literal('successive-elimination').describe('Best-arm identification: drops what cannot be the best'),
  delta: z
    .number()
    .positive()
    .max(1)
    .default(0.05)
    .describe('δ: chance that the best is dropped, in (0, 1]; default 0.05'),
  ...commonFields,
}) satisfies z.ZodType<SuccessiveEliminationConfig>;

export const successiveEliminationKind: AgentKind<SuccessiveEliminationConfig> = {
  kind: 'successive-elimination',
  summary:
    'shows all that may be the best alike and drops what cannot; for finding it, not for earning; sees no context',
  reference: 'Even-Dar, Mannor & Mansour (2006), Action elimination and stopping conditions, Algorithm 3',
  schema,
  sees: 'context',
  needs: [],
  create: ({ kind, name = kind, ...config }, { actions, spec }) =>
    successiveElimination(actions.size, { ...config, ...rewardBounds(spec), name }),
};
