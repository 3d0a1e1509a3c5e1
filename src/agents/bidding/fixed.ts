/** The same bid for every request. */
import { z } from 'zod';
import { constantBid } from '../bid.ts';
import type { Bidder, BidderKind } from './bidder.ts';

/** Always the same bid. */
export interface FixedConfig {
  kind: 'fixed';
  bidUsd?: number | undefined;
}

/** Offers `bidUsd` [USD per unit of the auction]; learns nothing. */
export function fixed(bidUsd: number): Bidder {
  return { bid: constantBid(bidUsd), learn() {} };
}

const schema = z.strictObject({
  kind: z.literal('fixed').describe('The same bid for every request'),
  bidUsd: z
    .number()
    .min(0)
    .optional()
    .describe('Bid [USD per impression or click, whichever the auction sells]; default: the agent’s bidUsd'),
}) satisfies z.ZodType<FixedConfig>;

export const fixedKind: BidderKind<FixedConfig> = {
  kind: 'fixed',
  summary: 'the same bid for every request',
  reference: 'the baseline of every study of bidding',
  schema,
  create: (config, { bidUsd }) => fixed(config.bidUsd ?? bidUsd),
};
