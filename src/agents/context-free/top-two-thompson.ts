/** Finds the best action: Thompson sampling that spends half its impressions on the runner-up. */
import { z } from 'zod';
import type { Agent } from '../../core/contracts.ts';
import { constantBid } from '../bid.ts';
import { commonFields } from '../kind.ts';
import type { AgentKind, CommonConfig } from '../kind.ts';
import { betaContest } from './best-beta.ts';
import { bestOdds } from './best-odds.ts';
import { actionTotals } from './totals.ts';

export interface TopTwoThompsonConfig extends CommonConfig {
  kind: 'top-two-thompson';
  share: number;
}

/**
 * Odds of the second draw from P(best) = p, which is drawn again until it differs from the first: the first is kept with
 * probability `share`, so action j has p_j·(share + (1 − share)·Σ_{i≠j} p_i / (1 − p_i)).
 */
export function topTwoOdds(p: Float64Array, share: number): void {
  // Σ over the others, not 1 − p_i: where one is nearly sure, the difference would be rounding.
  const others = p.map((_, i) => p.reduce((sum, one, j) => (j === i ? sum : sum + one), 0));
  if (others.includes(0)) return; // the posterior knows to 1e-13: there is no second
  const leader = p.map((one, i) => one / others[i]);
  const sum = leader.reduce((a, b) => a + b, 0);
  for (let j = 0; j < p.length; j++) p[j] *= share + (1 - share) * (sum - leader[j]);
  const total = p.reduce((a, b) => a + b, 0);
  for (let j = 0; j < p.length; j++) p[j] /= total;
}

/** Top-two Thompson sampling (Russo 2016, Algorithm 3) over k actions with Beta(1, 1) priors and rewards in [0, 1]; exact odds. */
export function topTwoThompson(k: number, options: { name?: string; bidUsd?: number; share: number }): Agent {
  const { name = 'top-two-thompson', share } = options;
  const totals = actionTotals(name, k, { low: 0, high: 1 });
  const contest = betaContest();
  const odds = bestOdds(k, (candidates, out) => {
    contest(
      candidates.map((j) => 1 + Math.max(0, totals.sum[j])),
      candidates.map((j) => 1 + Math.max(0, totals.count[j] - totals.sum[j])),
      out,
    );
    topTwoOdds(out, share);
  });
  return {
    name,
    distribution: (requests, out) => odds.fill(requests, out),
    bid: constantBid(options.bidUsd ?? 0),
    learn(requests, decisions, outcomes) {
      totals.add(requests.size, decisions, outcomes);
      odds.forget();
    },
  };
}

const schema = z.strictObject({
  kind: z.literal('top-two-thompson').describe('Best-arm identification: Thompson sampling with a runner-up'),
  share: z.number().min(0).max(1).default(0.5).describe('β: share that goes to the leader, in [0, 1]; default 0.5'),
  ...commonFields,
}) satisfies z.ZodType<TopTwoThompsonConfig>;

export const topTwoThompsonKind: AgentKind<TopTwoThompsonConfig> = {
  kind: 'top-two-thompson',
  summary:
    'Thompson sampling that spends half on the runner-up; for finding the best, not for earning; exact propensities',
  reference: 'Russo (2016), Simple Bayesian algorithms for best arm identification, Algorithm 3',
  schema,
  sees: 'context',
  needs: [],
  create: ({ kind, name = kind, ...config }, { actions }) => topTwoThompson(actions.size, { ...config, name }),
};
