/** Buys as much worth as a budget can: bids by what the budget would buy later, learned from the prices met. */
import { z } from 'zod';
import type { Decisions, Outcomes, Requests } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import type { Bidder, BidderKind, BidderSetup } from './bidder.ts';
import { bestLevel, budgetValues } from './budget-values.ts';
import type { BudgetValues } from './budget-values.ts';
import { dayClock } from './day-clock.ts';
import { ledger } from './ledger.ts';
import { needAuction, needBudgets, needRequests } from './needs.ts';
import type { Budgets } from './needs.ts';
import { priceHistogram } from './price-histogram.ts';
import type { PriceHistogram } from './price-histogram.ts';
import { marketSample, relativeWorths } from './rlb-samples.ts';
import { valuation, valuationFields } from './valuation.ts';
import type { Valuation, ValuationConfig } from './valuation.ts';

/** Levels of price, auctions planned at once, auctions before the first plan, and the highest price that counts. */
export interface RlbRule {
  priceLevels: number;
  horizon: number;
  warmUp?: number | undefined;
  highestPriceUsd?: number | undefined;
}

/** Bids by the value of the money left, planned by dynamic programming. */
export interface RlbConfig extends ValuationConfig, RlbRule {
  kind: 'rlb';
  budgetUsd?: number | undefined;
}

/** Levels this close below a whole one are it: 0.3 / 0.1 is not 3. */
const ROUNDING = 1e-9;
/** Steps of a computation of values, about: where budgets are large, values are smooth and fewer auctions will do. */
const WORK = 5e6;
/** Values are tabulated up to so many times the present budget per auction. */
const HEADROOM = 2;

/** A market known beforehand. */
export interface KnownMarket {
  unitUsd: number;
  /** (D + 1) probability of a price at each multiple of `unitUsd`. */
  mass: Float64Array;
  /** Ascending, equally likely: worths of impressions in units of their mean. */
  worths: ArrayLike<number>;
}

/** What is known of the market once there is a grid of prices. */
interface Market {
  unitUsd: number;
  /** D: the highest level. */
  highest: number;
  values: BudgetValues;
  /** Levels of budget per auction that the values reach to. */
  richest: number;
}

/** What a campaign has to spend [USD], and in how many auctions. */
interface Means {
  usd: number;
  auctions: number;
}

/**
 * Maximises the worth of the impressions won under the campaigns' budgets in a second-price auction (`budgetValues`,
 * `bestLevel`; there is the source). Bids go up to `highestPriceUsd` (default: the greatest worth met so far); prices are
 * cut into `priceLevels` levels. Their distribution is `known` or learned: `priceHistogram` over all auctions seen; in the
 * warm-up bids are truthful while spending is on its even plan. Values are computed after the
 * warm-up, and again whenever half as many requests more have been seen, for up to `horizon` auctions, for 16
 * quantiles of the worths met so far.
 *
 * The worth of an impression is that of its valuation: with one worth per click for all ads, these are clicks. Within a
 * tick the budget is that of its start. Each campaign has its own budgets, mean worth and share of the requests to come,
 * of the episode or of the day, whichever leaves less for each.
 */
export function rlb(
  worth: Valuation,
  rule: RlbRule,
  budgets: Budgets,
  episode: number,
  { actions, spec }: Pick<BidderSetup, 'actions' | 'spec'>,
  known?: KnownMarket,
): Bidder {
  const J = budgets.whole.length;
  const reserveUsd = spec.auction?.reserveUsd ?? 0;
  const warmUp = known ? 0 : (rule.warmUp ?? Math.min(1000, Math.max(20, Math.round(episode / 200))));
  const books = ledger(budgets.whole, budgets.daily, actions, 1);
  const clock = dayClock();
  const chosen = new Float64Array(J);
  /** Requests in which the campaign had an eligible ad: the others say nothing of its share. */
  const open = new Float64Array(J);
  /** (J) the last row in which it had one; rows are counted from 1. */
  const lastOpen = new Float64Array(J);
  let rows = 0;
  const worthSum = new Float64Array(J);
  const worths = relativeWorths();
  const met = marketSample();
  let greatest = 0;
  let prices: PriceHistogram | undefined;
  let nextFit = 0;
  let market: Market | undefined;
  if (known) market = marketOf(known.unitUsd, known.mass, known.worths);
  return { bid, learn };

  function bid(requests: Requests, decisions: Decisions): void {
    worth.estimate(requests, decisions);
    for (let i = 0; i < requests.size; i++) {
      const a = decisions.action[i];
      if (a < 0) {
        decisions.bid[i] = 0;
        continue;
      }
      const j = actions.campaign[a];
      const worthUsd = decisions.estimate[i];
      if (market) decisions.bid[i] = planned(market, j, means(j, i, requests.hour[i]), worthUsd);
      else decisions.bid[i] = overPlan(j) ? 0 : Math.min(worthUsd, means(j, i, requests.hour[i]).usd);
    }
  }

  function planned(
    { unitUsd, highest, values }: Market,
    j: number,
    { usd, auctions }: Means,
    worthUsd: number,
  ): number {
    const mean = chosen[j] > 0 ? worthSum[j] / chosen[j] : worthUsd;
    const after = Math.max(0, auctions - 1);
    const left = Math.floor(usd / unitUsd + ROUNDING);
    const level = bestLevel(values, after, left, mean > 0 ? worthUsd / mean : 0, highest);
    return level <= 0 ? 0 : level * unitUsd;
  }

  /**
   * What the campaign has to spend, and in how many auctions from row i of the tick on: of the whole budget and of today's
   * the one with less for each.
   */
  function means(j: number, i: number, hour: number): Means {
    const share = open[j] > 0 ? chosen[j] / open[j] : 1;
    const rest = episode - books.requests;
    const today = Math.min(rest, clock.toMidnight(hour));
    const whole = { usd: Math.max(0, books.left[j]), auctions: share * (rest - i) };
    const day = { usd: Math.max(0, books.leftOn(j, hour)), auctions: share * (today - i) };
    return whole.usd * Math.max(1, day.auctions) <= day.usd * Math.max(1, whole.auctions) ? whole : day;
  }

  /**
   * The most levels of budget per auction that a campaign has now, and, if `later`, that it will have at the start of a
   * day. Where few auctions are left their number is tabulated: budgets left over then do not count.
   */
  function richest(unitUsd: number, later: boolean): number {
    const today = clock.toMidnight(24 * Math.floor(books.hour / 24));
    let most = 0;
    for (let j = 0; j < J; j++) {
      const { usd, auctions } = means(j, 0, books.hour);
      if (auctions >= rule.horizon || !market) most = Math.max(most, usd / Math.max(1, auctions));
      const share = chosen[j] / Math.max(1, open[j]);
      if (later && share > 0 && budgets.daily[j] < Infinity) {
        most = Math.max(most, budgets.daily[j] / (share * Math.min(episode, today)));
      }
    }
    return most / unitUsd;
  }

  /** True where spending is ahead of its even plan. */
  function overPlan(j: number): boolean {
    if (books.requests === 0) return false;
    const whole = budgets.whole[j] * (books.requests / episode);
    const today = budgets.daily[j] * (books.hour / 24 - Math.floor(books.hour / 24));
    return budgets.whole[j] - books.left[j] > whole || budgets.daily[j] - books.leftToday[j] > today;
  }

  function learn(requests: Requests, decisions: Decisions, outcomes: Outcomes): void {
    worth.learn(requests, decisions, outcomes);
    for (let i = 0; i < requests.size; i++) {
      countOpen(requests.eligible, i);
      const a = decisions.action[i];
      if (a < 0) continue;
      const j = actions.campaign[a];
      chosen[j]++;
      worthSum[j] += decisions.estimate[i];
      greatest = Math.max(greatest, decisions.estimate[i]);
      if (worthSum[j] > 0) worths.add((decisions.estimate[i] * chosen[j]) / worthSum[j]);
    }
    books.add(requests, decisions, outcomes);
    clock.add(requests.size, books.hour);
    if (known) return;
    for (let i = 0; i < requests.size; i++) {
      if (decisions.action[i] < 0) continue;
      const price = outcomes.slot[i] >= 0 ? outcomes.cost[i] : Number.NaN;
      if (prices && market) note(prices, market.unitUsd, decisions.bid[i], price);
      else met.add(decisions.bid[i], price);
    }
    if (books.requests < warmUp) return;
    if (books.requests >= nextFit || (market && richest(market.unitUsd, false) > market.richest)) refit();
  }

  function countOpen(eligible: Uint8Array, i: number): void {
    const k = actions.size;
    rows++;
    for (let a = 0; a < k; a++) {
      const j = actions.campaign[a];
      if (eligible[i * k + a] === 0 || lastOpen[j] === rows) continue;
      lastOpen[j] = rows;
      open[j]++;
    }
  }

  /** A price that was paid was the market's; where nothing was won (NaN), the market's was above the bid. */
  function note(histogram: PriceHistogram, unitUsd: number, bidUsd: number, priceUsd: number): void {
    const highest = rule.priceLevels;
    const level = Math.floor(bidUsd / unitUsd + ROUNDING);
    if (!Number.isNaN(priceUsd)) histogram.seen(Math.min(highest, Math.ceil(priceUsd / unitUsd - ROUNDING)));
    // A bid below the reserve loses against nobody.
    else if (level > 0 && bidUsd >= reserveUsd) histogram.lost(Math.min(highest, level));
  }

  function refit(): void {
    const top = rule.highestPriceUsd ?? Math.max(greatest, reserveUsd);
    if (!(top > 0)) return;
    nextFit = Math.ceil(1.5 * books.requests);
    const D = rule.priceLevels;
    let unitUsd = market?.unitUsd ?? (2 * top) / D;
    if (!prices) {
      const fresh = priceHistogram(D);
      met.each((bidUsd, priceUsd) => note(fresh, unitUsd, bidUsd, priceUsd));
      prices = fresh;
    }
    for (; top > D * unitUsd; unitUsd *= 2) prices.coarsen();
    const mass = new Float64Array(D + 1);
    prices.estimate(mass);
    market = marketOf(unitUsd, mass.subarray(0, Math.ceil(top / unitUsd - ROUNDING) + 1), worths.quantiles());
  }

  function marketOf(unitUsd: number, mass: Float64Array, quantiles: ArrayLike<number>): Market {
    const highest = mass.length - 1;
    const perAuction = richest(unitUsd, true);
    // Budgets above the highest price of every auction are worth no more.
    const perStep = Math.max(1e-3, Math.min(highest, HEADROOM * perAuction));
    const affordable = Math.floor(Math.sqrt(WORK / (perStep * Math.max(1, highest))));
    const auctions = Math.min(Math.ceil(episode), Math.max(1, Math.min(rule.horizon, Math.max(20, affordable))));
    const budget = Math.max(highest, Math.ceil(auctions * perStep));
    const values = budgetValues(mass, auctions, budget, quantiles);
    return { unitUsd, highest, values, richest: perStep < highest ? perStep : Infinity };
  }
}

const schema = z.strictObject({
  kind: z.literal('rlb').describe('The bid that leaves the budget worth most, by dynamic programming'),
  budgetUsd: z.number().positive().optional().describe('Budget of each campaign [USD]; default: its own'),
  priceLevels: z.int().min(1).max(1000).default(100).describe('D: levels that prices are cut into; default 100'),
  horizon: z.int().min(1).max(2000).default(200).describe('S: most auctions that are planned exactly; default 200'),
  warmUp: z
    .int()
    .min(0)
    .optional()
    .describe('Truthful bids at first [requests]; default: a 200th of the episode, 20 to 1,000'),
  highestPriceUsd: z
    .number()
    .positive()
    .optional()
    .describe('Highest bid [USD]; default: the greatest worth met so far'),
  ...valuationFields,
}) satisfies z.ZodType<RlbConfig>;

export const rlbKind: BidderKind<RlbConfig> = {
  kind: 'rlb',
  summary: 'second-price bids that weigh an impression against what its price would buy later, under a budget',
  reference: 'Cai, Ren, Zhang, Malialis, Wang, Yu & Guo (2017), Real-time bidding by reinforcement learning, WSDM',
  schema,
  create(config, setup) {
    const { mechanism, unit } = needAuction(config.kind, setup);
    if (mechanism === 'first-price' || unit === 'click' || setup.spec.slots > 1) {
      throw new InputError(
        `bidding.kind: rlb holds for second-price auctions of single impressions, not for ${mechanism} per ${unit} with ` +
          `${setup.spec.slots} slots; use paced`,
      );
    }
    const budgets = needBudgets(config.kind, config.budgetUsd, setup, true);
    const episode = needRequests(config.kind, setup);
    return rlb(valuation(config, setup), config, budgets, episode, setup);
  },
};
