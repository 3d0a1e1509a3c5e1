/**
 * Satisfaction: a moving average of relevance minus annoyance within a session. Users who are pleased stay longer; this
 * is why an agent that looks ahead can beat one that takes every click it can get.
 */
import { HEADLINE_NAMES } from '../core/contracts.ts';
import type { Creatives } from '../core/contracts.ts';
import type { WorldConfig } from './config.ts';
import { sigmoid } from './response.ts';

export interface Satisfaction {
  /** (k) in [0, 1]: how pushy the headline is: the mean of its urgency and its discount. */
  pushiness: Float64Array;
  /** The moving average after an ad of relevance `match` that had been shown `repeats` times before in the session. */
  after(satisfaction: number, action: number, match: number, repeats: number): number;
  /** P(leave) after the request. */
  leave(satisfaction: number): number;
}

/** How satisfaction moves and what it does. */
export function satisfactionOf(config: WorldConfig, creatives: Creatives): Satisfaction {
  const { leaveLogit, satisfactionCoupling, satisfactionMemory, pushyAnnoyance, repeatAnnoyance } = config.sessions;
  const urgency = HEADLINE_NAMES.indexOf('urgency');
  const discount = HEADLINE_NAMES.indexOf('discount');
  const { columns, data } = creatives.headline;
  const pushiness = Float64Array.from(
    { length: creatives.size },
    (_, a) => (data[a * columns + urgency] + data[a * columns + discount]) / 2,
  );
  const leaveUnmoved = sigmoid(leaveLogit);
  return { pushiness, after, leave };

  function after(satisfaction: number, action: number, match: number, repeats: number): number {
    const annoyance = pushyAnnoyance * pushiness[action] + (repeats > 0 ? repeatAnnoyance : 0);
    return satisfactionMemory * satisfaction + (1 - satisfactionMemory) * (match - annoyance);
  }

  function leave(satisfaction: number): number {
    return satisfactionCoupling === 0 ? leaveUnmoved : sigmoid(leaveLogit - satisfactionCoupling * satisfaction);
  }
}
