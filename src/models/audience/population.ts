/** A population from behaviour: personas, what they like, how often and when they come. */
import type { Matrix } from '../../core/matrix.ts';
import { matrix } from '../../core/matrix.ts';
import type { Random } from '../../core/random.ts';
import { kMeans } from './k-means.ts';
import { silhouette } from './silhouette.ts';

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

/** Fits the population. Deterministic in (rows, random). Users without a row are not known of, so activity is of those seen. */
export function fitPopulation(rows: BehaviourRows, random: Random): FittedPopulation {
  const { users: U, size: m } = rows;
  const C = rows.categories.length;
  const events = matrix(U, C);
  const visits = visitsOf(rows);
  const visitsOfUser = new Float64Array(U);
  for (let i = 0; i < m; i++) events.data[rows.user[i] * C + rows.category[i]]++;
  for (const { user } of visits) visitsOfUser[user]++;
  const features = featuresOf(events, visitsOfUser, totals(events));
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
  const mean = visits.length / U;
  const segments = Array.from({ length: k }, (_, s) => segmentOf(s, rows, events, visitsOfUser, assignment, mean));
  const { daily, weekly, days } = profilesOf(visits, rows.hour);
  return {
    segments,
    activityShape: shapeOf(
      visitsOfUser,
      assignment,
      segments.map((one) => one.activity * mean),
    ),
    dailyProfile: daily,
    weeklyProfile: weekly,
    visitsPerUserPerDay: mean / days,
    silhouettes,
    visits: visits.length,
    days,
  };
}

/** Each user's distinct times. */
function visitsOf({ size, user, hour }: BehaviourRows): { user: number; hour: number }[] {
  const seen = new Set<string>();
  const visits: { user: number; hour: number }[] = [];
  for (let i = 0; i < size; i++) {
    const key = `${user[i]}:${hour[i]}`;
    if (seen.has(key)) continue;
    seen.add(key);
    visits.push({ user: user[i], hour: hour[i] });
  }
  return visits;
}

function totals({ data, rows, columns: C }: Matrix): Float64Array {
  const sums = new Float64Array(C);
  for (let u = 0; u < rows; u++) for (let c = 0; c < C; c++) sums[c] += data[u * C + c];
  return sums;
}

/** (U×(C + 1)) smoothed shares of the categories, against everybody's, and how often the user came. */
function featuresOf(events: Matrix, visits: Float64Array, all: Float64Array): Matrix {
  const { data, rows: U, columns: C } = events;
  const total = all.reduce((a, b) => a + b, 0);
  const features = matrix(U, C + 1);
  for (let u = 0; u < U; u++) {
    let own = 0;
    for (let c = 0; c < C; c++) own += data[u * C + c];
    for (let c = 0; c < C; c++) {
      const prior = all[c] / total;
      features.data[u * (C + 1) + c] = (data[u * C + c] + PRIOR_EVENTS * prior) / (own + PRIOR_EVENTS) - prior;
    }
    features.data[u * (C + 1) + C] = 0.1 * Math.log(visits[u]);
  }
  return features;
}

function segmentOf(
  s: number,
  { categories, users }: BehaviourRows,
  { data, columns: C }: Matrix,
  visits: Float64Array,
  assignment: Int32Array,
  mean: number,
): FittedPopulation['segments'][number] {
  const sums = new Float64Array(C).fill(0.5);
  let people = 0;
  let came = 0;
  assignment.forEach((own, u) => {
    if (own !== s) return;
    people++;
    came += visits[u];
    for (let c = 0; c < C; c++) sums[c] += data[u * C + c];
  });
  const total = sums.reduce((a, b) => a + b, 0);
  const affinity = Array.from(sums, (x) => x / total);
  const best = affinity.map((p, c) => [p, c] as const).toSorted((a, b) => b[0] - a[0]);
  const often = came / people > mean ? 'often' : 'seldom';
  return {
    name: `${best
      .slice(0, 2)
      .map(([, c]) => categories[c])
      .join(' and ')}, ${often}`,
    share: people / users,
    affinity,
    activity: came / people / mean,
  };
}

/** Visits of a user are Poisson around activity × the segment's mean: (n − μ)² − n has the mean μ²/shape. */
function shapeOf(visits: Float64Array, assignment: Int32Array, means: readonly number[]): number {
  let excess = 0;
  visits.forEach((n, u) => {
    const mu = means[assignment[u]];
    excess += ((n - mu) * (n - mu) - n) / (mu * mu);
  });
  return Math.min(100, Math.max(0.05, visits.length / Math.max(excess, 1e-9)));
}

/** Rates by hour of the day and day of the week, each with the mean 1; days that the log holds count as often as they are in it. */
function profilesOf(
  visits: readonly { hour: number }[],
  hours: Float64Array,
): { daily: number[]; weekly: number[]; days: number } {
  const daily = new Float64Array(24);
  const weekly = new Float64Array(7);
  const first = Math.floor(hours.reduce((a, b) => Math.min(a, b), Infinity) / 24);
  const last = Math.floor(hours.reduce((a, b) => Math.max(a, b), -Infinity) / 24);
  const dayOf = (day: number): number => ((day % 7) + 7) % 7;
  for (const { hour } of visits) {
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
