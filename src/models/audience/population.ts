/** A population from behaviour: personas, what they like, how often and when they come. */
import type { Matrix } from '../../core/matrix.ts';
import { matrix } from '../../core/matrix.ts';
import type { Random } from '../../core/random.ts';
import { kMeans } from './k-means.ts';
import { peopleOf } from './people.ts';
import { silhouette } from './silhouette.ts';
import { fitVisitCounts } from './visit-counts.ts';

/** m purchases, or other events, of U users in C categories. */
export interface BehaviourRows {
  size: number;
  users: number;
  categories: readonly string[];
  /** (m) 0 … U − 1. */
  user: Int32Array;
  /** (m) 0 … C − 1. */
  category: Int32Array;
  /** (m)[h] since a Monday's midnight; rows of one user at one time are one visit. */
  hour: Float64Array;
}

export interface FittedPopulation {
  segments: { name: string; share: number; affinity: number[]; activity: number }[];
  /** Shape of the Gamma distribution of users' activity within a segment. */
  activityShape: number;
  /** 95 %; null where visits do not tell the shape. */
  activityShapeInterval: readonly [number, number] | null;
  /** Users there must be beside those seen, who happened not to come. */
  unseen: number;
  dailyProfile: number[];
  weeklyProfile: number[];
  visitsPerUserPerDay: number;
  /** Mean silhouette of each number of segments that was tried, and the one taken. */
  silhouettes: { segments: number; silhouette: number }[];
  visits: number;
  days: number;
}

/** Numbers of segments that are tried. */
const TRIED = [2, 3, 4, 5, 6, 7, 8];
/** Users that silhouettes are worked out on. */
const SAMPLE = 800;
/** A user's shares lean on everybody's as if by so many events. */
const PRIOR_EVENTS = 5;
/** What a factor of e in frequency or recency weighs against a whole share of a category (chosen). */
const LOG_WEIGHT = 0.1;
/** Name of the category that holds what has no other. */
export const REST = 'other';
/** Share of a segment's events from which on a category may name it. */
const TELLING_SHARE = 0.02;

/** Fits the population. Deterministic in (rows, random). Users without a row are allowed for in how active users are. */
export function fitPopulation(rows: BehaviourRows, random: Random): FittedPopulation {
  const { users: U, size: m } = rows;
  const C = rows.categories.length;
  const events = matrix(U, C);
  const visits: number[] = []; // [h]
  const visitsOfUser = new Float64Array(U);
  const lastVisit = new Float64Array(U).fill(-Infinity);
  for (let i = 0; i < m; i++) events.data[rows.user[i] * C + rows.category[i]]++;
  for (const one of peopleOf(rows)) {
    visits.push(...one.visits);
    visitsOfUser[one.user] = one.visits.length;
    lastVisit[one.user] = one.visits.at(-1) as number;
  }
  const everybody = sharesOf(totals(events), 0);
  const features = featuresOf(events, visitsOfUser, lastVisit, everybody);
  const picked = random
    .stream('sample')
    .sequence()
    .shuffle(Int32Array.from({ length: U }, (_, u) => u))
    .slice(0, SAMPLE);
  const sample = matrix(picked.length, features.columns);
  picked.forEach((u, i) =>
    sample.data.set(features.data.subarray(u * features.columns, (u + 1) * features.columns), i * features.columns),
  );
  const silhouettes = TRIED.filter((k) => k < picked.length).map((k) => ({
    segments: k,
    silhouette: silhouette(sample, kMeans(sample, k, random).assignment, k),
  }));
  const { segments: k } = silhouettes.reduce((a, b) => (b.silhouette > a.silhouette ? b : a), {
    segments: 1,
    silhouette: 0,
  });
  const { assignment } = kMeans(features, k, random);
  const activity = fitVisitCounts(visitsOfUser, assignment, k);
  const people = activity.users.reduce((a, b) => a + b, 0);
  const mean = activity.means.reduce((sum, own, s) => sum + (own * activity.users[s]) / people, 0);
  const segments = activity.means.flatMap((own, s) => {
    if (own === 0) return []; // k-means left it without users
    const affinity = sharesOf(
      totals(events, (u) => assignment[u] === s),
      0.5,
    );
    const name = `${nameOf(affinity, everybody, rows.categories)}, ${own > mean ? 'often' : 'seldom'}`;
    return [{ name, share: activity.users[s] / people, affinity, activity: own / mean }];
  });
  const { daily, weekly, days } = profilesOf(visits, rows.hour);
  return {
    segments,
    activityShape: activity.shape,
    activityShapeInterval: activity.interval,
    unseen: Math.round(people - U),
    dailyProfile: daily,
    weeklyProfile: weekly,
    visitsPerUserPerDay: mean / days,
    silhouettes,
    visits: visits.length,
    days,
  };
}

/** Events in each category, of the users that count. */
function totals({ data, rows, columns: C }: Matrix, counts: (user: number) => boolean = () => true): Float64Array {
  const sums = new Float64Array(C);
  for (let u = 0; u < rows; u++) if (counts(u)) for (let c = 0; c < C; c++) sums[c] += data[u * C + c];
  return sums;
}

/** Shares that add up to 1, as if each category had been met `prior` times more. */
function sharesOf(sums: Float64Array, prior: number): number[] {
  const total = sums.reduce((a, b) => a + b + prior, 0);
  return Array.from(sums, (x) => (x + prior) / total);
}

/** (U×(C + 2)) smoothed shares of the categories, against everybody's, how often the user came, and how long ago. */
function featuresOf(events: Matrix, visits: Float64Array, lastVisit: Float64Array, all: readonly number[]): Matrix {
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

/** What a segment likes more than others do, in words: up to two categories, best first, that mean something in it. */
function nameOf(affinity: readonly number[], everybody: readonly number[], categories: readonly string[]): string {
  const liked = affinity
    .map((share, c) => ({ share, lift: share / everybody[c], name: categories[c] }))
    .filter(({ share, lift, name }) => share >= TELLING_SHARE && lift > 1 && name !== REST)
    .toSorted((a, b) => b.lift - a.lift)
    .slice(0, 2);
  return liked.length > 0 ? `more ${liked.map(({ name }) => name).join(' and ')}` : 'a bit of everything';
}

/** Rates by hour of the day and day of the week, each with the mean 1; days that the log holds count as often as they are in it. */
function profilesOf(
  visits: readonly number[],
  hours: Float64Array,
): { daily: number[]; weekly: number[]; days: number } {
  const daily = new Float64Array(24);
  const weekly = new Float64Array(7);
  const first = Math.floor(hours.reduce((a, b) => Math.min(a, b), Infinity) / 24);
  const last = Math.floor(hours.reduce((a, b) => Math.max(a, b), -Infinity) / 24);
  const dayOf = (day: number): number => ((day % 7) + 7) % 7;
  for (const hour of visits) {
    daily[Math.floor(((hour % 24) + 24) % 24)]++;
    weekly[dayOf(Math.floor(hour / 24))]++;
  }
  for (let d = 0; d < 7; d++) {
    let held = 0;
    for (let day = first; day <= last; day++) if (dayOf(day) === d) held++;
    if (held > 0) weekly[d] /= held;
  }
  return { daily: withMeanOne(daily), weekly: withMeanOne(weekly), days: last - first + 1 };
}

function withMeanOne(values: Float64Array): number[] {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return Array.from(values, (x) => x / mean);
}
