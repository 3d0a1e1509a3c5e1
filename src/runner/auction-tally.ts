/** What was lost where in auctions: AuctionGym's split of regret, and the surplus that was left. */
import { auctionRegret } from '../core/auction-regret.ts';
import type { EnvironmentSpec } from '../core/contracts.ts';
import type { Tick } from './episode.ts';

/** Sums over an episode; [USD] but for counts. */
export interface AuctionTotals {
  /** Requests in which the agent had an ad to offer. */
  offers: number;
  /** Of which it was shown. */
  wins: number;
  /** Truth of the best eligible ad less truth of the ad offered. */
  allocationRegret: number;
  /** What the bidder believed the ad worth, less its truth, where it says. */
  estimationRegret: number;
  /** Paid beyond what would have won. */
  overbidRegret: number;
  /** What was missing to win what was worth winning. */
  underbidRegret: number;
  /** True worth of what was shown less what it cost. */
  surplus: number;
  /** False where the four regrets cannot be told: bids for clicks, pages of several slots. */
  split: boolean;
}

/** Adds up ticks; undefined where there is no auction, or where rewards are not money. */
export function auctionTally(
  spec: EnvironmentSpec,
): { add(tick: Tick, best: Float64Array): void; totals: AuctionTotals } | undefined {
  if (!spec.auction || spec.rewardUnit !== 'USD') return undefined;
  const L = spec.slots;
  const k = spec.actions.length;
  // Where clicks are paid for, a bid for a click and the worth of an impression cannot be set against each other.
  const comparable = spec.auction.unit === 'impression' && L === 1;
  const totals: AuctionTotals = {
    offers: 0,
    wins: 0,
    allocationRegret: 0,
    estimationRegret: 0,
    overbidRegret: 0,
    underbidRegret: 0,
    surplus: 0,
    split: comparable,
  };
  return { add, totals };

  function add({ requests, decisions, outcomes, truth, minimumToWin }: Tick, best: Float64Array): void {
    if (!truth || !minimumToWin) throw new Error('auction: the tick carries no truth or no prices');
    for (let i = 0; i < requests.size; i++) {
      const action = decisions.action[i * L];
      if (action < 0) continue;
      const value = truth.data[i * k + action];
      const won = outcomes.slot[i * L] >= 0;
      const paid = outcomes.cost[i * L];
      totals.offers++;
      if (won) {
        totals.wins++;
        totals.surplus += value - paid;
      }
      if (!comparable) continue;
      const estimate = decisions.estimate[i];
      const regret = auctionRegret({
        best: best[i],
        value,
        estimate: Number.isNaN(estimate) ? value : estimate,
        bid: decisions.bid[i],
        won,
        price: won ? paid : minimumToWin[i],
        second: minimumToWin[i],
      });
      totals.allocationRegret += regret.allocation;
      totals.estimationRegret += regret.estimation;
      totals.overbidRegret += regret.overbid;
      totals.underbidRegret += regret.underbid;
    }
  }
}
