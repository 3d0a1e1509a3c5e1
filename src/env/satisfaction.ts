/**
 * Satisfaction: a moving average of relevance minus annoyance. Users who are pleased stay longer and come back sooner;
 * this is why an agent that looks ahead can beat one that takes every click it can get.
 */
import { HEADLINE_NAMES } from '../core/contracts.ts';
import type { Creatives } from '../core/contracts.ts';
import type { WorldConfig } from './config.ts';
import { sigmoid } from './response.ts';

export interface Satisfaction {
  /** False where nothing depends on it and nobody sees it. */
  matters: boolean;
  /** (K) in [0, 1]: how pushy the headline is: the mean of its urgency and its discount. */
  pushiness: Float64Array;
  /**
   * The moving average after a page whose ads have the mean relevance `match` and pushiness, `repeats` of which had been
   * shown before in the session, and `crowd` ads beyond the first.
   */
  after(satisfaction: number, match: number, pushiness: number, repeats: number, crowd: number): number;
  /** P(leave) after the request. */
  leave(satisfaction: number): number;
  /** Forgets what users brought from earlier visits. */
  begin(): void;
  /** What the user brings along at `hour`; 0 where visits don't depend on it. */
  brought(user: number, hour: number): number;
  /** A visit ends. */
  keep(user: number, satisfaction: number, hour: number): void;
  /** How likely the user is to come when their time has come, in (0, 1], most satisfied being 1. */
  coming(user: number, hour: number): number;
}

/** How satisfaction moves and what it does. */
export function satisfactionOf(config: WorldConfig, creatives: Creatives): Satisfaction {
  const { leaveLogit, satisfactionCoupling, satisfactionMemory } = config.sessions;
  const { pushyAnnoyance, repeatAnnoyance, crowdAnnoyance } = config.sessions;
  const { returnCoupling, forgettingHours } = config.arrivals;
  const urgency = HEADLINE_NAMES.indexOf('urgency');
  const discount = HEADLINE_NAMES.indexOf('discount');
  const { columns, data } = creatives.headline;
  const pushiness = Float64Array.from(
    { length: creatives.size },
    (_, a) => (data[a * columns + urgency] + data[a * columns + discount]) / 2,
  );
  const leaveUnmoved = sigmoid(leaveLogit);
  const returns = returnCoupling > 0;
  const kept = new Float32Array(returns ? 2 * config.users : 0); // satisfaction and when it was kept, per user
  const matters = satisfactionCoupling > 0 || returns || config.observed.session;
  return { matters, pushiness, after, leave, begin: () => kept.fill(0), brought, keep, coming };

  function after(satisfaction: number, match: number, pushed: number, repeats: number, crowd: number): number {
    const annoyance = pushyAnnoyance * pushed + repeatAnnoyance * repeats + crowdAnnoyance * crowd;
    return satisfactionMemory * satisfaction + (1 - satisfactionMemory) * (match - annoyance);
  }

  function leave(satisfaction: number): number {
    return satisfactionCoupling === 0 ? leaveUnmoved : sigmoid(leaveLogit - satisfactionCoupling * satisfaction);
  }

  function brought(user: number, hour: number): number {
    if (!returns) return 0;
    return kept[2 * user] * Math.exp((-Math.LN2 * Math.max(0, hour - kept[2 * user + 1])) / forgettingHours);
  }

  function keep(user: number, satisfaction: number, hour: number): void {
    if (!returns) return;
    kept[2 * user] = satisfaction;
    kept[2 * user + 1] = hour;
  }

  function coming(user: number, hour: number): number {
    const bounded = Math.max(-1, Math.min(1, brought(user, hour)));
    return (1 + returnCoupling * bounded) / (1 + returnCoupling);
  }
}
