/** Bids that do not depend on the request. */
import type { Agent } from '../core/contracts.ts';

/** Offers `bidUsd` [USD per unit of the auction] for every request, and does not say what any is worth. */
export function constantBid(bidUsd: number): Agent['bid'] {
  return (requests, decisions) => {
    decisions.bid.fill(bidUsd, 0, requests.size);
    decisions.estimate.fill(Number.NaN, 0, requests.size);
  };
}
