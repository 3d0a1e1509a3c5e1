/** A bidder says what an impression is worth to it, and what it offers; any agent can be given one. */
import type { z } from 'zod';
import type { Agent, Decisions, Outcomes, Requests } from '../../core/contracts.ts';
import type { AgentSetup } from '../setup.ts';

/** Bids on what has been decided: `decisions.action` is filled when `bid` is called. */
export interface Bidder {
  /**
   * Fills `decisions.bid` (n)[USD per unit of the auction, finite, 0 or more] and `decisions.estimate` (n)[same]. A
   * bidder that draws its bids fills `decisions.bidPropensity` too. Changes nothing else, here or in itself.
   */
  bid(requests: Requests, decisions: Decisions): void;
  /** Learns from the tick it has bid on. */
  learn(requests: Requests, decisions: Decisions, outcomes: Outcomes): void;
}

/** What a bidder is made from. */
export interface BidderSetup extends AgentSetup {
  /** [USD per unit] the agent's constant bid: what `fixed` offers where it says nothing else. */
  bidUsd: number;
}

/** A kind of bidder: one file, one line in the registry. */
export interface BidderKind<Config extends { kind: string } = { kind: string }> {
  kind: Config['kind'];
  /** One line. */
  summary: string;
  /** Where the rule comes from. */
  reference: string;
  /** A strict object whose key `kind` is a literal; every parameter is described, with default and range. */
  schema: z.ZodObject;
  /** Throws `InputError` where the world lacks what the rule needs. */
  create(config: Config, setup: BidderSetup): Bidder;
}

/** The agent with its bids made by `bidder`. What it shows, and how it learns what to show, stays as it was. */
export function withBidder<A extends Agent>(agent: A, bidder: Bidder): A {
  return {
    ...agent,
    bid: (requests, decisions) => bidder.bid(requests, decisions),
    learn(requests, decisions, outcomes, next) {
      agent.learn(requests, decisions, outcomes, next);
      bidder.learn(requests, decisions, outcomes);
    },
  };
}
