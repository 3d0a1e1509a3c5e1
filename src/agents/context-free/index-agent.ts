/** Agents that show the action with the highest index: a guess of its mean that is the more hopeful the less is known. */
import type { Agent } from '../../core/contracts.ts';
import { constantBid } from '../bid.ts';
import { shareScores } from '../odds.ts';
import { actionTotals } from './totals.ts';

/** What is known of an action, its rewards scaled to [0, 1]. */
export interface Known {
  /** Mean reward, in [0, 1]. */
  mean: number;
  /** Mean squared reward, in [0, 1]. */
  meanSquare: number;
  /** Its impressions, > 0. */
  n: number;
  /** Impressions of all actions. */
  t: number;
}

/** An index agent with its indices open to view. */
export interface IndexAgent extends Agent {
  /** (k) on the scale of rewards in [0, 1]; Infinity for actions never shown. */
  indices: Float64Array;
}

export interface IndexOptions {
  name: string;
  bidUsd?: number;
  /** Least and greatest reward; default 0 and 1. */
  low?: number;
  high?: number;
  /** See `TotalsOptions`. */
  cascade?: boolean;
}

/**
 * The agent of an index over k actions: deterministic but for ties, which share evenly; actions never shown come first.
 * Learning refuses, with `InputError`, rewards outside [low, high], for which no such rule is made.
 */
export function indexAgent(k: number, index: (known: Known) => number, options: IndexOptions): IndexAgent {
  const { name, bidUsd = 0, low = 0, high = 1, cascade = false } = options;
  const totals = actionTotals(name, k, { low, high, cascade });
  const indices = new Float64Array(k).fill(Infinity);
  const known: Known = { mean: 0, meanSquare: 0, n: 0, t: 0 };
  return {
    name,
    indices,
    distribution: (requests, out) => shareScores(indices, out, requests),
    bid: constantBid(bidUsd),
    learn(requests, decisions, outcomes) {
      totals.add(requests.size, decisions, outcomes);
      const width = high - low;
      known.t = totals.all;
      for (let j = 0; j < k; j++) {
        const n = totals.count[j];
        indices[j] = Infinity;
        if (n === 0) continue;
        const mean = totals.sum[j] / n;
        known.n = n;
        known.mean = clamped((mean - low) / width);
        known.meanSquare = clamped((totals.squares[j] / n - 2 * low * mean + low * low) / (width * width));
        indices[j] = index(known);
      }
    },
  };
}

/** Sums of rewards in [0, 1] may leave it by rounding. */
function clamped(x: number): number {
  return Math.min(1, Math.max(0, x));
}
