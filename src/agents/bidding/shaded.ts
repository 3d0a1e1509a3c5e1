/** Offers less than the ad is worth: by a fixed factor, or as much as pays against the bids it has met. */
import { z } from 'zod';
import type { AuctionSpec, Decisions, Outcomes, Requests } from '../../core/contracts.ts';
import type { Random } from '../../core/random.ts';
import type { Bidder, BidderKind } from './bidder.ts';
import { recordPropensity, uniformOf } from './drawn.ts';
import { landscape } from './landscape.ts';
import type { Landscape } from './landscape.ts';
import { needAuction } from './needs.ts';
import { responseTable } from './response-table.ts';
import { truthful } from './truthful.ts';
import { valuation, valuationFields } from './valuation.ts';
import type { Valuation, ValuationConfig } from './valuation.ts';

/** Bids below worth, for first-price auctions. */
export interface ShadedConfig extends ValuationConfig {
  kind: 'shaded';
  factor: number | 'adaptive';
  explore: number;
  warmUp: number;
}

/** Bids `factor` times what `bidder` bids. */
export function scaled(bidder: Bidder, factor: number): Bidder {
  return {
    bid(requests, decisions) {
      bidder.bid(requests, decisions);
      for (let i = 0; i < requests.size; i++) decisions.bid[i] *= factor;
    },
    learn: (requests, decisions, outcomes) => bidder.learn(requests, decisions, outcomes),
  };
}

/** Shading with what it believes of its rivals open to view. */
export interface AdaptiveShading extends Bidder {
  /** Undefined until the first bid above 0. */
  rivals(): Readonly<Landscape> | undefined;
}

/** Factors tried while exploring: bids of one size would tell nothing of the shape of the rivals'. */
const LADDER = [1, 0.8, 0.6, 0.45, 0.3, 0.2];

/**
 * Best response to the highest competing bid, taken to be log-normal and fitted again and again to auctions won and lost
 * (and, where a price above the reserve was paid to the next bidder, to that price). In a first-price auction the best
 * response is `firstPriceBestResponse`, and at least the reserve; elsewhere it is the worth itself.
 *
 * A share `explore` of the bids, and all of the first `warmUp`, take instead a factor of the worth drawn from six: a bid is
 * a pure function of (random, impression id), and its probability is recorded.
 */
export function adaptiveShading(
  worth: Valuation,
  auction: AuctionSpec,
  slots: number,
  random: Random,
  options: { explore: number; warmUp: number },
): AdaptiveShading {
  const { reserveUsd } = auction;
  const first = auction.mechanism === 'first-price';
  const priced = !first && slots === 1;
  let rivals: Landscape | undefined;
  let fitted = 0;
  const responses = responseTable();
  return { bid, learn, rivals: () => rivals };

  function bid(requests: Requests, decisions: Decisions): void {
    worth.estimate(requests, decisions);
    const propensity = recordPropensity(decisions);
    const share = !first ? 0 : rivals && rivals.weight >= options.warmUp ? options.explore : 1;
    for (let i = 0; i < requests.size; i++) {
      const value = decisions.estimate[i];
      const u = uniformOf(random, requests.impression[i]);
      if (u < share) {
        decisions.bid[i] = value * LADDER[Math.floor((u / share) * LADDER.length)];
        propensity[i] = share / LADDER.length;
      } else {
        decisions.bid[i] = best(value);
        propensity[i] = 1 - share;
      }
    }
  }

  function best(value: number): number {
    if (!first || fitted === 0 || value <= reserveUsd) return value;
    return Math.max(reserveUsd, responses.bid(value));
  }

  function learn(requests: Requests, decisions: Decisions, outcomes: Outcomes): void {
    worth.learn(requests, decisions, outcomes);
    for (let i = 0; i < requests.size; i++) {
      const offer = decisions.bid[i];
      const c = i * slots;
      // A bid below the reserve loses against nobody.
      if (!(offer > 0) || offer < reserveUsd || decisions.action[c] < 0) continue;
      rivals ??= landscape(Math.log(offer));
      const cost = outcomes.cost[c];
      if (outcomes.slot[c] < 0) rivals.lost(offer);
      else if (priced && cost > reserveUsd) rivals.seen(cost);
      else rivals.won(priced && cost > 0 ? cost : offer);
    }
    // A fit costs as much as thousands of bids: the more is known, the less a few auctions more can change.
    if (!rivals || rivals.weight - fitted < Math.min(4000, Math.max(16, fitted / 10))) return;
    rivals.fit();
    fitted = rivals.weight;
    responses.face(rivals.mu, rivals.sigma);
  }
}

const schema = z.strictObject({
  kind: z.literal('shaded').describe('Less than the ad is worth: what first-price auctions call for'),
  factor: z
    .union([z.number().min(0).max(1), z.literal('adaptive')])
    .default('adaptive')
    .describe(
      'Share of the worth that is bid, in [0, 1], or adaptive: the best response to the bids met; default adaptive',
    ),
  explore: z
    .number()
    .min(0)
    .max(1)
    .default(0.05)
    .describe('adaptive: share of bids that try another factor, in [0, 1]; default 0.05'),
  warmUp: z.int().min(0).default(500).describe('adaptive: so many auctions are explored at first; default 500'),
  ...valuationFields,
}) satisfies z.ZodType<ShadedConfig>;

export const shadedKind: BidderKind<ShadedConfig> = {
  kind: 'shaded',
  summary: 'a share of the ad’s worth, fixed or adapted: the best response to a log-normal fitted to wins and losses',
  reference: 'Pan et al. (2020), Bid shading by win-rate estimation and surplus maximization; Olsen (1978) for the fit',
  schema,
  create(config, setup) {
    const auction = needAuction(config.kind, setup);
    const worth = valuation(config, setup);
    if (config.factor !== 'adaptive') return scaled(truthful(worth), config.factor);
    return adaptiveShading(worth, auction, setup.spec.slots, setup.random.stream('shading'), config);
  },
};
