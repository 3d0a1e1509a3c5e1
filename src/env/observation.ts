/** What the agent sees of a request: names and places of the context's columns. */
import { CATEGORY_NAMES } from '../core/contracts.ts';
import type { WorldConfig } from './config.ts';
import { DEMOGRAPHIC_NAMES } from './demographics.ts';

/** Column places for C categories; −1 for what is not shown. */
export interface Layout {
  /** 1 in every row. */
  intercept: number;
  /** First of C affinities, followed by recency and frequency. */
  behaviour: number;
  /** sin and cos of the hour of the day. */
  hour: number;
  /** Requests so far in the session / horizon. */
  step: number;
  /** Pushy ads shown in this session, 4 or more being 1; then 1 where the request before was clicked. */
  session: number;
  /** log(1 + carts), log(1 + purchases), 1 at the category of the last search. */
  history: number;
  /** 1 at the user's age band, device and region. */
  demographics: number;
  /** 1 at the category that the user browses. */
  page: number;
  /** 1 on Saturday and Sunday. */
  week: number;
  /** 1 for each promotion that is on. */
  promotions: number;
  /** (d) names of the columns. */
  names: readonly string[];
}

/** Where each feature lies. */
export function layoutOf({ categories, observed, promotions }: WorldConfig): Layout {
  const words = CATEGORY_NAMES.slice(0, categories);
  const names: string[] = [];
  const place = (shown: boolean, ...columns: readonly string[]): number => {
    if (!shown || columns.length === 0) return -1;
    names.push(...columns);
    return names.length - columns.length;
  };
  return {
    intercept: place(true, 'intercept'),
    behaviour: place(true, ...words.map((name) => `affinity-${name}`), 'recency', 'frequency'),
    hour: place(true, 'hour-sin', 'hour-cos'),
    step: place(true, 'session-step'),
    session: place(observed.session, 'session-annoyance', 'last-click'),
    history: place(observed.history, 'carts', 'purchases', ...words.map((name) => `searched-${name}`)),
    demographics: place(observed.demographics, ...DEMOGRAPHIC_NAMES),
    page: place(observed.page, ...words.map((name) => `page-${name}`)),
    week: place(observed.week, 'weekend'),
    promotions: place(true, ...promotions.map(({ name }) => `promotion-${name}`)),
    names,
  };
}
