/**
 * Exogenous rivals: R of them in every auction, bidding log-normally around a median that depends on the page's category
 * and the hour. Only the highest bids matter, and they are drawn directly: the largest of R uniforms is V^(1/R), the next
 * is that times V'^(1/(R−1)), and so on.
 */
import { normalQuantile } from '../core/quantiles.ts';
import type { Random } from '../core/random.ts';
import type { AuctionConfig } from './schema.ts';

export interface Rivals {
  begin(random: Random): void;
  /** A new moment. */
  advance(hour: number): void;
  /** How many of the highest bids there are to draw, at most `most`. */
  count(most: number): number;
  /** n requests come, keyed by (user, key), on pages of a category: draws the two highest bids of each. */
  meet(n: number, user: Int32Array, key: Int32Array, category: Int32Array): void;
  /** Turns to request i of those met. */
  face(i: number): void;
  /** [USD per unit] the highest bid, then the next, and so on: at most 21 of them. */
  next(): number;
}

/** Rivals of a world with C categories and n lanes. */
export function rivalsOf(auction: AuctionConfig, C: number, n: number): Rivals {
  const { rivals: R, rivalMedianUsd, rivalSpread, rivalCategorySpread, rivalHourAmplitude } = auction;
  const medianLog = new Float64Array(C);
  const draws: Random[] = []; // each block holds the luck of two bids
  // Most pages need no more than two bids. They are drawn for all requests at once, as each waits for the one before it.
  const first = new Float64Array(2 * n); // the two bids
  const logs = new Float64Array(2 * n); // of the uniforms that they stand at
  const users = new Int32Array(n);
  const keys = new Int32Array(n);
  const medians = new Float64Array(n);
  let hourLog = 0;
  let row = 0;
  let drawn = 0;
  let second = 0;
  let log = 0;
  return { begin, advance, count: (most) => Math.min(R, most), meet, face, next };

  function begin(random: Random): void {
    const bidding = random.stream('rivals');
    for (let c = 0; c < C; c++) {
      medianLog[c] = Math.log(rivalMedianUsd) + rivalCategorySpread * bidding.stream('category').normal(c, 0);
    }
    draws.length = 0;
    for (let j = 0; j < Math.min(R, MOST); j += 2) draws.push(bidding.stream('bid', j));
  }

  function advance(hour: number): void {
    hourLog = rivalHourAmplitude * Math.cos((2 * Math.PI * (hour - 20)) / 24);
  }

  function bidAt(median: number, uniformLog: number): number {
    return Math.exp(median + rivalSpread * normalQuantile(Math.min(Math.exp(uniformLog), HIGHEST)));
  }

  function meet(size: number, user: Int32Array, key: Int32Array, category: Int32Array): void {
    if (R === 0) return;
    const [luck] = draws;
    for (let i = 0; i < size; i++) {
      users[i] = user[i];
      keys[i] = key[i];
      medians[i] = medianLog[category[i]] + hourLog;
      const u = luck.pair(user[i], key[i]);
      logs[2 * i] = Math.log(1 - u[0]) / R;
      logs[2 * i + 1] = R > 1 ? logs[2 * i] + Math.log(1 - u[1]) / (R - 1) : 0;
    }
    for (let i = 0; i < 2 * size; i++) first[i] = bidAt(medians[i >> 1], logs[i]);
  }

  function face(i: number): void {
    row = i;
    drawn = 0;
  }

  function next(): number {
    const j = drawn++;
    if (j < 2) return first[2 * row + j];
    if (j === 2) log = logs[2 * row + 1];
    let u = second;
    if (j % 2 === 0) {
      const luck = draws[j >> 1].pair(users[row], keys[row]);
      u = luck[0];
      second = luck[1];
    }
    log += Math.log(1 - u) / (R - j);
    return bidAt(medians[row], log);
  }
}

/** The L + 1 highest bids of a page decide everything; pages have up to 20 slots. */
const MOST = 21;

/** The largest number below 1: a quantile of 1 would be infinite. */
const HIGHEST = 1 - 2 ** -53;
