/** Learns which share of an ad's worth to bid by trying several, and writes the odds of each try. */
import { z } from 'zod';
import type { Decisions, Outcomes, Requests } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import type { Random } from '../../core/random.ts';
import type { Bidder, BidderKind } from './bidder.ts';
import { recordPropensity, uniformOf } from './drawn.ts';
import { needAuction } from './needs.ts';
import { valuation, valuationFields } from './valuation.ts';
import type { Valuation, ValuationConfig } from './valuation.ts';

/** Factors that bids try, the share that explores, and how sharply the best is preferred. */
export interface ValueLearningRule {
  factors: readonly number[];
  explore: number;
  temperature: number;
}

/** Bids multiplied by the factor that has earned most. */
export interface ValueLearningConfig extends ValuationConfig, ValueLearningRule {
  kind: 'value-learning';
}

/** A value-learning bidder with what it knows open to view; m factors. */
export interface ValueLearning extends Bidder {
  /** (m)[USD per request] surplus expected of each factor. */
  surplus: Float64Array;
  /** (m) odds of the next draw. */
  odds: Float64Array;
}

/**
 * Bids a factor of the worth drawn from a grid of m. The surplus of a factor is estimated by inverse propensity over all
 * requests, Σ 1{drawn}·s/p / N, so that it is unbiased for the requests as they come, whatever was drawn; a request's
 * surplus s is the worth of what was won (of the click, where clicks are sold) less its cost. It is as good as the worth
 * it is told.
 *
 * The odds are a softmax over these estimates with the temperature `temperature`·|greatest| + their mean standard error,
 * mixed with the uniform by the share `explore`. A draw is a pure function of (random, impression id); its probability is
 * recorded. Source: the ValueLearning bidder of Jeunen, Murphy & Allison (2022), Learning to bid with AuctionGym, without
 * its context, and with a grid in place of its optimiser.
 */
export function valueLearning(
  worth: Valuation,
  rule: ValueLearningRule,
  random: Random,
  { slots, byClick }: { slots: number; byClick: boolean },
): ValueLearning {
  const { factors, explore, temperature } = rule;
  const m = factors.length;
  if (m === 0)
    throw new InputError('bidding.factors: there is none to choose from; give at least one, for instance [0.5, 1]');
  const surplus = new Float64Array(m);
  const odds = new Float64Array(m).fill(1 / m);
  const sum = new Float64Array(m);
  const squares = new Float64Array(m);
  let seen = 0;
  return { surplus, odds, bid, learn };

  function bid(requests: Requests, decisions: Decisions): void {
    worth.estimate(requests, decisions);
    const propensity = recordPropensity(decisions);
    for (let i = 0; i < requests.size; i++) {
      const g = drawn(requests.impression[i]);
      decisions.bid[i] = factors[g] * decisions.estimate[i];
      propensity[i] = odds[g];
    }
  }

  function drawn(impression: number): number {
    const u = uniformOf(random, impression);
    let cumulative = 0;
    for (let g = 0; g < m - 1; g++) {
      cumulative += odds[g];
      if (u < cumulative) return g;
    }
    return m - 1;
  }

  function learn(requests: Requests, decisions: Decisions, outcomes: Outcomes): void {
    worth.learn(requests, decisions, outcomes);
    for (let i = 0; i < requests.size; i++) {
      const c = i * slots;
      if (decisions.action[c] < 0) continue;
      seen++;
      if (outcomes.slot[c] < 0 || (byClick && outcomes.click[c] === 0)) continue;
      const g = drawn(requests.impression[i]);
      const weighted = (decisions.estimate[i] - outcomes.cost[c]) / odds[g];
      sum[g] += weighted;
      squares[g] += weighted * weighted;
    }
    if (seen > 0) choose();
  }

  function choose(): void {
    let greatest = 0;
    let doubt = 0;
    for (let g = 0; g < m; g++) {
      surplus[g] = sum[g] / seen;
      greatest = g === 0 ? surplus[g] : Math.max(greatest, surplus[g]);
      doubt += Math.sqrt(Math.max(0, squares[g] / seen - surplus[g] * surplus[g]) / seen) / m;
    }
    const scale = temperature * Math.abs(greatest) + doubt;
    let total = 0;
    for (let g = 0; g < m; g++) {
      odds[g] = scale > 0 ? Math.exp((surplus[g] - greatest) / scale) : 1;
      total += odds[g];
    }
    for (let g = 0; g < m; g++) odds[g] = explore / m + (1 - explore) * (odds[g] / total);
  }
}

const schema = z.strictObject({
  kind: z.literal('value-learning').describe('Learns which share of the worth to bid from a grid of them'),
  factors: z
    .array(z.number().min(0).max(10))
    .max(100)
    .default([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1])
    .describe('Shares of the worth to choose from, in [0, 10]; default 0.1, 0.2, … 1'),
  explore: z.number().gt(0).max(1).default(0.1).describe('Share of bids drawn evenly, in (0, 1]; default 0.1'),
  temperature: z
    .number()
    .gt(0)
    .max(100)
    .default(0.02)
    .describe('Surplus, as a share of the greatest, that costs a factor e of the odds; default 0.02'),
  ...valuationFields,
}) satisfies z.ZodType<ValueLearningConfig>;

export const valueLearningKind: BidderKind<ValueLearningConfig> = {
  kind: 'value-learning',
  summary: 'a share of the worth drawn from a grid, by the surplus that inverse propensities say each brings',
  reference: 'Jeunen, Murphy & Allison (2022), Learning to bid with AuctionGym, AdKDD',
  schema,
  create(config, setup) {
    const { unit } = needAuction(config.kind, setup);
    const shape = { slots: setup.spec.slots, byClick: unit === 'click' };
    return valueLearning(valuation(config, setup), config, setup.random.stream('value-learning'), shape);
  },
};
