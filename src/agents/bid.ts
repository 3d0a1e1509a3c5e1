/** Bids that do not depend on the request. */
import type { Agent } from '../core/contracts.ts';

/** Offers `bidUsd` [USD per impression] for every request. */
export function constantBid(bidUsd: number): Agent['bid'] {
  return (requests, decisions) => {
    decisions.bid.fill(bidUsd, 0, requests.size);
  };
}
