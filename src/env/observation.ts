/** What the agent sees of a request: names and places of the context's columns. */
import { CATEGORY_NAMES } from '../core/contracts.ts';
import type { WorldConfig } from './config.ts';

/** Column places for C categories. */
export interface Layout {
  /** 1 in every row. */
  intercept: number;
  /** First of C affinities, followed by recency and frequency. */
  behaviour: number;
  /** sin and cos of the hour of the day. */
  hour: number;
  /** Requests so far in the session / horizon. */
  step: number;
  /** Pushy ads shown in this session, 4 or more being 1; −1 where it is not shown. */
  annoyance: number;
  /** 1 where the request before was clicked; −1 where it is not shown. */
  lastClick: number;
}

/** Where each feature lies. */
export function layoutOf(config: WorldConfig): Layout {
  const C = config.categories;
  const extra = config.sessions.sessionFeatures;
  return {
    intercept: 0,
    behaviour: 1,
    hour: C + 3,
    step: C + 5,
    annoyance: extra ? C + 6 : -1,
    lastClick: extra ? C + 7 : -1,
  };
}

/** (d) names of the context's columns. */
export function contextNames(config: WorldConfig): string[] {
  return [
    'intercept',
    ...CATEGORY_NAMES.slice(0, config.categories).map((name) => `affinity-${name}`),
    'recency',
    'frequency',
    'hour-sin',
    'hour-cos',
    'session-step',
    ...(config.sessions.sessionFeatures ? ['session-annoyance', 'last-click'] : []),
  ];
}
