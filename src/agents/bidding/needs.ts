/** What some rules of bidding need of a world, and the sentence for worlds without it. */
import type { AuctionSpec } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import type { BidderSetup } from './bidder.ts';

/** How impressions are sold. Throws `InputError` where they are not. */
export function needAuction(kind: string, { spec }: BidderSetup): AuctionSpec {
  if (spec.auction) return spec.auction;
  throw new InputError(
    `bidding.kind: this world sells nothing by auction, so bids of kind ${kind} change nothing; ` +
      'leave bidding out, or choose a world with an auction',
  );
}

/** How many requests the episode holds. Throws `InputError` where nobody says. */
export function needRequests(kind: string, { requests }: BidderSetup): number {
  if (requests !== undefined && requests > 0) return requests;
  throw new InputError(
    `bidding.kind: ${kind} plans its budget over the episode and is not told how many requests that holds; ` +
      'give requests, or bid truthful',
  );
}

/** (J)[USD] Infinity where there is none. */
export interface Budgets {
  /** Of the whole episode. */
  whole: Float64Array;
  /** Of each day of 24 h. */
  daily: Float64Array;
}

/**
 * The budgets of each campaign; `budgetUsd`, where it is given, is the whole budget of each. Throws `InputError` where no
 * campaign has one, or, if `all` must, where one has none.
 */
export function needBudgets(kind: string, budgetUsd: number | undefined, { spec }: BidderSetup, all: boolean): Budgets {
  const campaigns = spec.campaigns ?? [];
  const whole = Float64Array.from(campaigns, (one) => budgetUsd ?? one.budgetUsd);
  const daily = Float64Array.from(campaigns, (one) => one.dailyBudgetUsd);
  const limited = Array.from(whole, (usd, j) => usd < Infinity || daily[j] < Infinity);
  if (all ? limited.length > 0 && limited.every(Boolean) : limited.some(Boolean)) return { whole, daily };
  throw new InputError(
    `bidding.budgetUsd: ${kind} bids by what is left of a budget, and ` +
      `${all ? 'not every campaign has one' : 'no campaign has one'}; set it here, or budgetUsd under world.campaigns`,
  );
}
