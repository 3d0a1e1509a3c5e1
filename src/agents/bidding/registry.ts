/** All kinds of bidders, and how one is made from its configuration. */
import { z } from 'zod';
import type { Bidder, BidderKind, BidderSetup } from './bidder.ts';
import { fixedKind } from './fixed.ts';
import type { FixedConfig } from './fixed.ts';
import { pacedKind } from './paced.ts';
import type { PacedConfig } from './paced.ts';
import { rlbKind } from './rlb.ts';
import type { RlbConfig } from './rlb.ts';
import { shadedKind } from './shaded.ts';
import type { ShadedConfig } from './shaded.ts';
import { truthfulKind } from './truthful.ts';
import type { TruthfulConfig } from './truthful.ts';
import { valueLearningKind } from './value-learning.ts';
import type { ValueLearningConfig } from './value-learning.ts';

/** A bidder as configured, defaults filled in. */
export type BiddingConfig = FixedConfig | TruthfulConfig | ShadedConfig | PacedConfig | ValueLearningConfig | RlbConfig;

/** A bidder as written: only the kind must be said, every parameter has a default. */
export type BiddingInput = BiddingConfig extends infer Config
  ? Config extends BiddingConfig
    ? Pick<Config, 'kind'> & Partial<Config>
    : never
  : never;

/** Every kind, in the order in which they are listed. */
export const BIDDERS: readonly BidderKind[] = [
  fixedKind,
  truthfulKind,
  shadedKind,
  pacedKind,
  valueLearningKind,
  rlbKind,
] as readonly BidderKind[];

const [first, ...others] = BIDDERS.map((entry) => entry.schema as z.ZodObject<{ kind: z.ZodLiteral<string> }>);

/** How an agent bids: `kind` says which rule, the other keys are that rule's parameters. */
export const biddingSchema: z.ZodType<BiddingConfig, BiddingInput> = z.discriminatedUnion('kind', [
  first,
  ...others,
]) as unknown as z.ZodType<BiddingConfig, BiddingInput>;

/** The kind called `kind`; undefined if there is none. */
export function bidderKind(kind: string): BidderKind | undefined {
  return BIDDERS.find((entry) => entry.kind === kind);
}

/**
 * The bidder of a configuration; keys left out take their defaults. Throws `InputError` where the world lacks what the
 * rule needs, and ZodError for a configuration that `biddingSchema` refuses.
 */
export function createBidder(config: BiddingInput, setup: BidderSetup): Bidder {
  const entry = bidderKind(config.kind);
  if (!entry) throw new RangeError(`createBidder: no kind of bidder is called "${config.kind}"`);
  return entry.create(biddingSchema.parse(config), setup);
}
