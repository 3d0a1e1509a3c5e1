/**
 * Real-time bidding in columns: n single-impression auctions at once, against exogenous rivals that bid log-normally,
 * with clicks, conversions and a purse that is charged row by row, so that nobody overspends by a batch.
 */
import { InputError } from '../../core/errors.ts';
import { normalQuantile } from '../../core/quantiles.ts';
import type { Random } from '../../core/random.ts';

export interface RtbRule {
  mechanism: 'first-price' | 'second-price';
  /** R > 0: the highest of so many bids has to be beaten. */
  rivals: number;
  /** [USD] */
  rivalMedianUsd: number;
  /** Spread of the log of rivals' bids. */
  rivalSpread: number;
  /** [USD] lower bids do not take part. */
  reserveUsd: number;
}

/** n offers. */
export interface RtbRequests {
  size: number;
  /** (n) unique: luck is a function of it. */
  id: Int32Array;
  /** (n)[USD per impression] */
  bid: Float64Array;
  /** (n) P(click | shown). */
  clickRate: Float64Array;
  /** (n) P(conversion | click). */
  conversionRate: Float64Array;
}

/** What became of n offers. */
export interface RtbOutcomes {
  /** (n) */
  won: Uint8Array;
  /** (n)[USD] paid. */
  cost: Float64Array;
  /** (n)[USD] the highest rival bid, or the reserve. */
  minimumToWin: Float64Array;
  /** (n) */
  click: Uint8Array;
  conversion: Uint8Array;
}

/** Room for n outcomes. */
export function rtbOutcomesOf(n: number): RtbOutcomes {
  return {
    won: new Uint8Array(n),
    cost: new Float64Array(n),
    minimumToWin: new Float64Array(n),
    click: new Uint8Array(n),
    conversion: new Uint8Array(n),
  };
}

/**
 * Plays auctions in order. `budgetUsd` is what may be spent; an offer that could not be paid at its bid does not take
 * part. Returns what was spent [USD]. Throws `InputError` where there is no rival.
 */
export function rtbAuctions(
  rule: RtbRule,
  random: Random,
): (requests: RtbRequests, out: RtbOutcomes, budgetUsd: number) => number {
  const { rivals: R, rivalSpread, reserveUsd } = rule;
  if (!(R >= 1)) throw new InputError(`auction.rivals: ${R} rivals leave nothing to beat; give at least 1`);
  const median = Math.log(rule.rivalMedianUsd);
  const first = rule.mechanism === 'first-price';
  const rival = random.stream('rivals');
  const luck = random.stream('luck');
  return (requests, out, budgetUsd) => {
    const { size, id, bid, clickRate, conversionRate } = requests;
    const { won, cost, minimumToWin, click, conversion } = out;
    // Prices and luck of one row do not wait for those of another; only the purse does.
    const highestOf = drawsOf(rival, id, size).uniforms(size);
    const drawn = drawsOf(luck, id, size).pairs(size);
    for (let i = 0; i < size; i++) {
      // The largest of R uniforms is V^(1/R).
      const u = Math.exp(Math.log(1 - highestOf[i]) / R);
      const highest = Math.exp(median + rivalSpread * normalQuantile(Math.min(u, HIGHEST)));
      minimumToWin[i] = highest > reserveUsd ? highest : reserveUsd;
    }
    let spent = 0;
    for (let i = 0; i < size; i++) {
      const price = first ? bid[i] : minimumToWin[i];
      const wins = bid[i] >= minimumToWin[i] && spent + bid[i] <= budgetUsd;
      const clicks = wins && drawn[2 * i] < clickRate[i];
      won[i] = wins ? 1 : 0;
      cost[i] = wins ? price : 0;
      spent += cost[i];
      click[i] = clicks ? 1 : 0;
      conversion[i] = clicks && drawn[2 * i + 1] < conversionRate[i] ? 1 : 0;
    }
    return spent;
  };
}

/** The source, with a counter for each of `size` auctions by their ids. */
function drawsOf(random: Random, id: Int32Array, size: number): Random {
  const counters = random.counters(size);
  for (let i = 0; i < size; i++) {
    counters[2 * i] = id[i];
    counters[2 * i + 1] = 0;
  }
  return random;
}

/** The largest number below 1: a quantile of 1 would be infinite. */
const HIGHEST = 1 - 2 ** -53;
