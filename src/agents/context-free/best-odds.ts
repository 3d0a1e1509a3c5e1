/** Odds that depend on which actions are eligible and on nothing else in the row: worked out once for each such set. */
import type { Requests } from '../../core/contracts.ts';
import type { Matrix } from '../../core/matrix.ts';
import { sameEligible } from '../odds.ts';

/** Odds by the set of eligible actions. */
export interface BestOdds {
  /** Fills every row with the odds among its eligible actions, the others being 0. */
  fill(requests: Requests, out: Matrix): void;
  /** The agent has learned: the odds are others now. */
  forget(): void;
}

/** Distinct sets of eligible actions whose odds are remembered between two ticks of learning. */
const REMEMBERED = 4096;

/** `among` fills the odds of some of k actions (m) into `out` (m). */
export function bestOdds(k: number, among: (candidates: readonly number[], out: Float64Array) => void): BestOdds {
  const remembered = new Map<string, Float64Array>();
  return { fill, forget: () => remembered.clear() };

  function fill({ eligible, size }: Requests, out: Matrix): void {
    let odds: Float64Array = new Float64Array(0);
    for (let i = 0; i < size; i++) {
      const start = i * k;
      if (i === 0 || !sameEligible(eligible, start, k)) odds = oddsAmong(eligible.subarray(start, start + k));
      for (let j = 0; j < k; j++) out.data[start + j] = odds[j]; // `set` costs more than a row of a few
    }
  }

  function oddsAmong(eligible: Uint8Array): Float64Array {
    const key = String.fromCharCode(...eligible);
    const known = remembered.get(key);
    if (known) return known;
    const odds = new Float64Array(k);
    const candidates: number[] = [];
    for (let j = 0; j < k; j++) if (eligible[j] !== 0) candidates.push(j);
    const theirs = new Float64Array(candidates.length);
    if (candidates.length > 0) among(candidates, theirs);
    candidates.forEach((j, c) => (odds[j] = theirs[c]));
    if (remembered.size >= REMEMBERED) remembered.clear();
    remembered.set(key, odds);
    return odds;
  }
}
