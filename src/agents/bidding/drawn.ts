/** Bids that are drawn: from what, and where their odds are written. */
import type { Decisions } from '../../core/contracts.ts';
import type { Random } from '../../core/random.ts';

const TWO_POW_MINUS_32 = 2 ** -32;

/** Uniform on [0, 1), a pure function of (random, impression id). */
export function uniformOf(random: Random, impression: number): number {
  return random.uniform(impression | 0, Math.floor(impression * TWO_POW_MINUS_32) | 0);
}

/** The column `decisions.bidPropensity`, made where it is not there yet. */
export function recordPropensity(decisions: Decisions): Float64Array {
  decisions.bidPropensity ??= new Float64Array(decisions.bid.length);
  return decisions.bidPropensity;
}
