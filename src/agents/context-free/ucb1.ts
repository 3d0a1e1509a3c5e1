/** The action with the highest upper confidence bound on its mean; sees no context. */
import { z } from 'zod';
import type { Agent } from '../../core/contracts.ts';
import { constantBid } from '../bid.ts';
import { commonFields } from '../kind.ts';
import type { AgentKind, CommonConfig } from '../kind.ts';
import { shareScores } from '../odds.ts';
import { actionTotals, forgettingFields } from './totals.ts';
import type { Forgetting } from './totals.ts';

export interface Ucb1Config extends CommonConfig, Forgetting {
  kind: 'ucb1';
  alpha: number;
}

/**
 * Index of UCB1 (Auer, Cesa-Bianchi & Fischer 2002, Figure 1): mean + α·√(2 ln t / n), for `n` impressions of the action
 * among `t` of all. α = 1 is Auer's; α = ½ is the "UCB" of many libraries, whose regret is about a third. +Infinity
 * where n = 0: every action is tried first.
 */
export function ucb1Index(mean: number, n: number, t: number, alpha = 1): number {
  return n === 0 ? Infinity : mean + alpha * Math.sqrt((2 * Math.log(t)) / n);
}

/** UCB1 with its indices open to view. */
export interface Ucb1 extends Agent {
  /** (k) */
  indices: Float64Array;
}

/**
 * UCB1 over k actions, deterministic but for ties, which share evenly. The rule is made for rewards in [0, 1]; for known
 * bounds of another width give `scale` = high − low, which multiplies the bonus. With a window it is SW-UCB, with a discount
 * D-UCB, up to the constants of their bonus (Garivier & Moulines 2011).
 */
export function ucb1(
  k: number,
  options: { name?: string; alpha?: number; scale?: number; bidUsd?: number } & Forgetting = {},
): Ucb1 {
  const name = options.name ?? 'ucb1';
  const width = (options.alpha ?? 1) * (options.scale ?? 1);
  const totals = actionTotals(name, k, options);
  const indices = new Float64Array(k).fill(Infinity);
  return {
    name,
    indices,
    distribution: (requests, out) => shareScores(indices, out, requests),
    bid: constantBid(options.bidUsd ?? 0),
    learn(requests, decisions, outcomes) {
      totals.add(requests.size, decisions, outcomes);
      for (let j = 0; j < k; j++) {
        const n = totals.count[j];
        indices[j] = ucb1Index(totals.sum[j] / n, n, totals.all, width);
      }
    },
  };
}

const schema = z.strictObject({
  kind: z.literal('ucb1').describe('The highest upper confidence bound, Auer’s index'),
  alpha: z
    .number()
    .min(0)
    .max(100)
    .default(1)
    .describe('Multiplies the bonus √(2 ln t / n), in [0, 100]; default 1 (Auer 2002); 0.5 explores a quarter as much'),
  ...forgettingFields,
  ...commonFields,
}) satisfies z.ZodType<Ucb1Config>;

export const ucb1Kind: AgentKind<Ucb1Config> = {
  kind: 'ucb1',
  summary: 'the highest upper confidence bound mean + alpha·√(2 ln t / n) (Auer’s index); sees no context',
  reference: 'Auer, Cesa-Bianchi & Fischer (2002), Finite-time analysis of the multiarmed bandit problem, Figure 1',
  schema,
  sees: 'context',
  needs: [],
  create(config, { actions, spec }) {
    const [low, high] = spec.rewardRange ?? [0, 1];
    return ucb1(actions.size, {
      name: config.name ?? config.kind,
      alpha: config.alpha,
      window: config.window,
      discount: config.discount,
      scale: high - low,
      bidUsd: config.bidUsd,
    });
  },
};
