/**
 * Exogenous rivals: R of them in every auction, bidding log-normally around a median that depends on the page's category
 * and the hour. Only the highest bids matter, and they are drawn directly: the largest of R uniforms is V^(1/R), the next
 * is that times V'^(1/(R−1)), and so on.
 */
import { normalQuantile } from '../core/quantiles.ts';
import type { Random } from '../core/random.ts';
import { tabulated } from '../core/tabulated.ts';
import type { AuctionConfig } from './schema.ts';

/** n requests, the m highest bids of each. */
export interface Rivals {
  /** m: how many bids there are for each page. */
  count: number;
  /** (n×m)[USD per unit] the bids of each of the requests met last, the highest first. */
  bids: Float64Array;
  begin(random: Random): void;
  /** A new moment. */
  advance(hour: number): void;
  /** n requests come, keyed by (user, key), on pages of a category: draws the bids. */
  meet(user: Int32Array, key: Int32Array, category: Int32Array): void;
}

/** Rivals of a world with C categories and n lanes, where the `most` highest bids of a page decide everything. */
export function rivalsOf(auction: AuctionConfig, C: number, n: number, most: number): Rivals {
  const { rivals: R, rivalMedianUsd, rivalSpread, rivalCategorySpread, rivalHourAmplitude } = auction;
  const m = Math.min(R, most);
  const medianLog = new Float64Array(C);
  const medianUsd = new Float64Array(C); // at the present hour
  const draws: Random[] = []; // each block holds the luck of two bids
  const bids = new Float64Array(n * m);
  const factor = bidFactor(rivalSpread);
  return { count: m, bids, begin, advance, meet };

  function begin(random: Random): void {
    const bidding = random.stream('rivals');
    for (let c = 0; c < C; c++) {
      medianLog[c] = Math.log(rivalMedianUsd) + rivalCategorySpread * bidding.stream('category').normal(c, 0);
    }
    draws.length = 0;
    for (let j = 0; j < m; j += 2) draws.push(bidding.stream('bid', j));
  }

  function advance(hour: number): void {
    const hourLog = rivalHourAmplitude * Math.cos((2 * Math.PI * (hour - 20)) / 24);
    for (let c = 0; c < C; c++) medianUsd[c] = Math.exp(medianLog[c] + hourLog);
  }

  /** Loops over all requests at once, as none waits for another: first −log of the ordered uniforms, then the bids. */
  function meet(user: Int32Array, key: Int32Array, category: Int32Array): void {
    for (let j = 0; j < m; j += 2) {
      const counters = draws[j >> 1].counters(n);
      for (let i = 0; i < n; i++) {
        counters[2 * i] = user[i];
        counters[2 * i + 1] = key[i];
      }
      const luck = draws[j >> 1].pairs(n);
      for (let i = 0, at = j; i < n; i++, at += m) {
        bids[at] = (j > 0 ? bids[at - 1] : 0) - Math.log(1 - luck[2 * i]) / (R - j);
        if (j + 1 < m) bids[at + 1] = bids[at] - Math.log(1 - luck[2 * i + 1]) / (R - j - 1);
      }
    }
    for (let i = 0, at = 0; i < n; i++) {
      const median = medianUsd[category[i]];
      for (let j = 0; j < m; j++, at++) bids[at] = median * factor(Math.sqrt(bids[at]));
    }
  }
}

/**
 * A bid over the median at the uniform e^(−t²), from a table: a quarter of the time of quantile and exponential. In t it is
 * smooth: the table is right to a relative 1e-7. Few bids fall outside.
 */
function bidFactor(spread: number): (t: number) => number {
  const exact = (t: number): number => Math.exp(spread * normalQuantile(Math.min(Math.exp(-t * t), HIGHEST)));
  return tabulated(exact, 0.05, 2.5, 2048);
}

/** The largest number below 1: a quantile of 1 would be infinite. */
const HIGHEST = 1 - 2 ** -53;
