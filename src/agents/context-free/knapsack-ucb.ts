/** Spends limited budgets where they bring most: what an action may earn, over what it costs at today's prices of budgets. */
import { z } from 'zod';
import type { Agent } from '../../core/contracts.ts';
import { constantBid } from '../bid.ts';
import { commonFields, rewardBounds } from '../kind.ts';
import type { AgentKind, AgentSetup, CommonConfig } from '../kind.ts';
import { shareScores } from '../odds.ts';
import { actionTotals } from './totals.ts';

export interface KnapsackUcbConfig extends CommonConfig {
  kind: 'knapsack-ucb';
  budgetUsd?: number | undefined;
  confidence: number;
}

/** A budget and the actions that draw on it. */
export interface Knapsack {
  budgetUsd: number;
  /** (k) 1 where an action's cost is taken from it. */
  draws: Uint8Array;
}

export interface KnapsackUcbOptions {
  name?: string;
  bidUsd?: number;
  knapsacks: readonly Knapsack[];
  /** T: impressions that time allows. */
  horizon: number;
  /** Multiplies confidence radii; the paper's constant is above 1, smaller ones learn faster. */
  confidence: number;
  low: number;
  high: number;
}

/** Knapsack UCB with its budgets' prices open to view. */
export interface KnapsackUcb extends Agent {
  /** (budgets + 1) weights of the budgets and, last, of time. */
  prices: Float64Array;
}

/**
 * PrimalDualBwK (Badanidiyuru, Kleinberg & Slivkins 2013, Algorithm 2) over k actions: the highest ratio of the upper bound of
 * the reward to Σ_i y_i·(lower bound of what it takes of budget i), with each budget's share per impression B_i/T as the
 * unit and time as one more budget. Prices grow by (1 + ε)^(what was expected to be taken), ε = √(ln d / min_i B_i), all
 * budgets scaled to the smallest. Costs [USD] are those that were paid.
 */
export function knapsackUcb(k: number, options: KnapsackUcbOptions): KnapsackUcb {
  const { name = 'knapsack-ucb', knapsacks, horizon, confidence, low, high } = options;
  const totals = actionTotals(name, k, { low, high });
  const paid = new Float64Array(k);
  let dearest = 0; // the greatest price paid so far: costs are taken as shares of it
  const prices = new Float64Array(knapsacks.length + 1).fill(1);
  const scores = new Float64Array(k).fill(Infinity);
  return {
    name,
    prices,
    distribution: (requests, out) => shareScores(scores, out, requests),
    bid: constantBid(options.bidUsd ?? 0),
    learn(requests, decisions, outcomes) {
      totals.add(requests.size, decisions, outcomes);
      const slots = outcomes.adReward.length / outcomes.reward.length;
      for (let i = 0; i < requests.size; i++) {
        if (outcomes.slot[i * slots] < 0) continue;
        const action = decisions.action[i * slots];
        const cost = outcomes.cost[i * slots];
        dearest = Math.max(dearest, cost);
        paid[action] += cost;
        raise(action);
      }
      for (let a = 0; a < k; a++) scores[a] = ratio(a);
    },
  };

  /** Impressions that a budget pays for at the greatest price: the unit in which budgets and time compare. */
  function lasts({ budgetUsd }: Knapsack): number {
    return dearest > 0 ? budgetUsd / dearest : Infinity;
  }

  function scarcest(): number {
    return knapsacks.reduce((least, one) => Math.min(least, lasts(one)), horizon);
  }

  function radius(a: number): number {
    return confidence * Math.sqrt(Math.log(Math.max(2, totals.all)) / totals.count[a]);
  }

  /** What an impression of `a` is sure to take of a budget, as a share of the greatest price. */
  function least(a: number): number {
    return dearest === 0 ? 0 : Math.max(0, paid[a] / totals.count[a] / dearest - radius(a));
  }

  function raise(a: number): void {
    const scarce = scarcest();
    const step = Math.log1p(Math.sqrt(Math.log(prices.length + 1) / Math.max(1, scarce)));
    knapsacks.forEach((one, b) => {
      if (one.draws[a] === 1) prices[b] *= Math.exp((step * least(a) * scarce) / lasts(one));
    });
    prices[knapsacks.length] *= Math.exp((step * scarce) / horizon);
    const most = prices.reduce((m, price) => Math.max(m, price), 0);
    for (let b = 0; b < prices.length; b++) prices[b] /= most;
  }

  function ratio(a: number): number {
    if (totals.count[a] === 0) return Infinity;
    const scarce = scarcest();
    const hopes = (totals.sum[a] / totals.count[a] - low) / (high - low) + radius(a);
    let price = (prices[knapsacks.length] * scarce) / horizon;
    knapsacks.forEach((one, b) => {
      if (one.draws[a] === 1) price += (prices[b] * least(a) * scarce) / lasts(one);
    });
    return Math.min(1, hopes) / Math.max(price, 1e-300);
  }
}

/** The campaigns' budgets that are limited, or one budget for all actions. */
function knapsacksOf({ spec, actions }: AgentSetup, budgetUsd: number | undefined): Knapsack[] {
  if (budgetUsd !== undefined) return [{ budgetUsd, draws: new Uint8Array(actions.size).fill(1) }];
  return (spec.campaigns ?? []).flatMap(({ budgetUsd: limit }, j) =>
    Number.isFinite(limit)
      ? [{ budgetUsd: limit, draws: Uint8Array.from(actions.campaign, (campaign) => (campaign === j ? 1 : 0)) }]
      : [],
  );
}

const schema = z.strictObject({
  kind: z.literal('knapsack-ucb').describe('Bandits with knapsacks: rewards over what budgets are worth'),
  budgetUsd: z
    .number()
    .positive()
    .max(1e12)
    .optional()
    .describe('One budget for all actions [USD], above 0; default: the campaigns’ own, where they have limits'),
  confidence: z.number().min(0).max(10).default(0.5).describe('Multiplies confidence radii, in [0, 10]; default 0.5'),
  ...commonFields,
}) satisfies z.ZodType<KnapsackUcbConfig>;

export const knapsackUcbKind: AgentKind<KnapsackUcbConfig> = {
  kind: 'knapsack-ucb',
  summary:
    'the highest bound of the reward over what it takes of limited budgets, by prices that rise as they are spent',
  reference: 'Badanidiyuru, Kleinberg & Slivkins (2013), Bandits with knapsacks, Algorithm 2',
  schema,
  sees: 'context',
  needs: [],
  create: ({ kind, name = kind, ...config }, setup) =>
    knapsackUcb(setup.actions.size, {
      ...config,
      ...rewardBounds(setup.spec),
      name,
      knapsacks: knapsacksOf(setup, config.budgetUsd),
      horizon: setup.requests ?? 100_000,
    }),
};
