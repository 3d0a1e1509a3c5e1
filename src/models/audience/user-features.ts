/** What each user did, counted, and as points that lie near each other where users are alike. */
import type { Matrix } from '../../core/matrix.ts';
import { matrix } from '../../core/matrix.ts';
import type { BehaviourRows } from './behaviour-rows.ts';
import { sharesOf, totals } from './likings.ts';
import { peopleOf } from './people.ts';

export interface UserCounts {
  /** (U×C) rows of each user in each category. */
  events: Matrix;
  /** (U) visits. */
  visits: Float64Array;
  /** (U)[h] */
  lastVisit: Float64Array;
  /** [h] of every visit, user by user. */
  hours: number[];
  /** (C) shares of all rows. */
  everybody: number[];
}

/** A user's shares lean on everybody's as if by so many events. */
const PRIOR_EVENTS = 5;
/** What a factor of e in frequency or recency weighs against a whole share of a category (chosen). */
const LOG_WEIGHT = 0.1;

/** Counts rows and visits by user. */
export function countUsers(rows: BehaviourRows): UserCounts {
  const C = rows.categories.length;
  const events = matrix(rows.users, C);
  const hours: number[] = [];
  const visits = new Float64Array(rows.users);
  const lastVisit = new Float64Array(rows.users).fill(-Infinity);
  for (let i = 0; i < rows.size; i++) events.data[rows.user[i] * C + rows.category[i]]++;
  for (const one of peopleOf(rows)) {
    hours.push(...one.visits);
    visits[one.user] = one.visits.length;
    lastVisit[one.user] = one.visits.at(-1) as number;
  }
  return { events, visits, lastVisit, hours, everybody: sharesOf(totals(events), 0) };
}

/** (U×(C + 2)) smoothed shares of the categories, against everybody's, how often the user came, and how long ago. */
export function userFeatures({ events, visits, lastVisit, everybody: all }: UserCounts): Matrix {
  const { data, rows: U, columns: C } = events;
  const end = lastVisit.reduce((a, b) => Math.max(a, b), -Infinity);
  const features = matrix(U, C + 2);
  for (let u = 0; u < U; u++) {
    const at = u * (C + 2);
    let own = 0;
    for (let c = 0; c < C; c++) own += data[u * C + c];
    for (let c = 0; c < C; c++) {
      features.data[at + c] = (data[u * C + c] + PRIOR_EVENTS * all[c]) / (own + PRIOR_EVENTS) - all[c];
    }
    features.data[at + C] = LOG_WEIGHT * Math.log(visits[u]);
    features.data[at + C + 1] = LOG_WEIGHT * Math.log1p((end - lastVisit[u]) / 24);
  }
  return features;
}

/** (U×D) rows `users` of (U×D) features. */
export function featuresOfSome(features: Matrix, users: ArrayLike<number>): Matrix {
  const d = features.columns;
  const some = matrix(users.length, d);
  for (let i = 0; i < users.length; i++) {
    some.data.set(features.data.subarray(users[i] * d, (users[i] + 1) * d), i * d);
  }
  return some;
}
