/** Offers what the ad is worth: the best there is in a second-price auction without a budget. */
import { z } from 'zod';
import type { Bidder, BidderKind } from './bidder.ts';
import { needAuction } from './needs.ts';
import { valuation, valuationFields } from './valuation.ts';
import type { Valuation, ValuationConfig } from './valuation.ts';

/** Bids what the ad is worth. */
export interface TruthfulConfig extends ValuationConfig {
  kind: 'truthful';
}

/** Bids the estimated worth of the first ad of the page; 0 for an empty page. */
export function truthful(worth: Valuation): Bidder {
  return {
    bid(requests, decisions) {
      worth.estimate(requests, decisions);
      for (let i = 0; i < requests.size; i++) decisions.bid[i] = decisions.estimate[i];
    },
    learn: (requests, decisions, outcomes) => worth.learn(requests, decisions, outcomes),
  };
}

const schema = z.strictObject({
  kind: z.literal('truthful').describe('The estimated worth of the ad that is to be shown'),
  ...valuationFields,
}) satisfies z.ZodType<TruthfulConfig>;

export const truthfulKind: BidderKind<TruthfulConfig> = {
  kind: 'truthful',
  summary: 'the estimated worth of the ad: click rate × worth of a click, or the latter where clicks are sold',
  reference: 'Vickrey (1961), Counterspeculation, auctions, and competitive sealed tenders',
  schema,
  create(config, setup) {
    needAuction(config.kind, setup);
    return truthful(valuation(config, setup));
  },
};
