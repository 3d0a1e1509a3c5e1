/** Agents whose odds follow the mean rewards so far, whatever the context. */
import type { Agent } from '../../core/contracts.ts';
import { bestOdds } from './best-odds.ts';
import { constantBid } from '../bid.ts';
import { actionTotals } from './totals.ts';

/** Such an agent with its means open to view. */
export interface MeanOdds extends Agent {
  /** (k) 0 for actions never shown. */
  means: Float64Array;
}

export interface MeanOddsOptions {
  name: string;
  bidUsd?: number;
  /** Least reward that may be learned from; default: any finite number. */
  low?: number;
}

/** Odds over k actions in proportion to `weigh`, which turns the means of the eligible actions (m) into weights in place. */
export function meanOdds(k: number, weigh: (means: Float64Array) => void, options: MeanOddsOptions): MeanOdds {
  const { name, bidUsd = 0 } = options;
  const totals = actionTotals(name, k, options);
  const means = new Float64Array(k);
  const odds = bestOdds(k, (candidates, out) => {
    candidates.forEach((j, c) => (out[c] = means[j]));
    weigh(out);
    const sum = out.reduce((a, b) => a + b, 0);
    for (let c = 0; c < out.length; c++) out[c] = sum > 0 ? out[c] / sum : 1 / out.length;
  });
  return {
    name,
    means,
    distribution: (requests, out) => odds.fill(requests, out),
    bid: constantBid(bidUsd),
    learn(requests, decisions, outcomes) {
      totals.add(requests.size, decisions, outcomes);
      odds.forget();
      for (let j = 0; j < k; j++) means[j] = totals.count[j] === 0 ? 0 : totals.sum[j] / totals.count[j];
    },
  };
}
