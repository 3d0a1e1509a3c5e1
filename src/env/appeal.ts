/**
 * Appeal: how well every ad on offer suits whom it is offered to, and how likely it is to be clicked if looked at. Worked
 * out for all requests of a tick at once: what one ad means does not wait for another.
 */
import type { Decisions } from '../core/contracts.ts';
import { sigmoid } from './response.ts';
import type { Response } from './response.ts';

/** P players, n requests, L ads each: the l-th ad of player p in row i is at (p·n + i)·L + l. */
export interface Appeal {
  /** (P·n·L) z·q. */
  match: Float64Array;
  /** (P·n·L) P(click | examined). */
  odds: Float64Array;
  /** Fills both for the ads decided on; where none was, they mean nothing. */
  meet(decisions: readonly Decisions[], response: Response): void;
}

/** Appeal in rows whose hidden state is `hidden` (n×h). */
export function appealOf(players: number, n: number, L: number, hidden: Float64Array, h: number): Appeal {
  const match = new Float64Array(players * n * L);
  const odds = new Float64Array(players * n * L);
  return { match, odds, meet };

  function meet(decisions: readonly Decisions[], response: Response): void {
    for (let p = 0, at = 0; p < players; p++) {
      const { action } = decisions[p];
      for (let i = 0, c = 0; i < n; i++) {
        const mood = response.mood(hidden, i * h);
        for (let l = 0; l < L; l++, c++, at++) {
          const a = action[c];
          if (a < 0) continue;
          match[at] = response.match(hidden, i * h, a);
          odds[at] = response.logit(hidden, i * h, a, mood, match[at]);
        }
      }
    }
    for (let at = 0; at < odds.length; at++) odds[at] = sigmoid(odds[at]);
  }
}
