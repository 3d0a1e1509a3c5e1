/** A population from behaviour: personas, what they like, how often and when they come. */
import type { Random } from '../../core/random.ts';
import type { BehaviourRows } from './behaviour-rows.ts';
import { kMeans } from './k-means.ts';
import { likingName, sharesOf, totals } from './likings.ts';
import { silhouette } from './silhouette.ts';
import { countUsers, featuresOfSome, userFeatures } from './user-features.ts';
import { fitVisitCounts } from './visit-counts.ts';

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

/** Fits the population. Deterministic in (rows, random). Users without a row are allowed for in how active users are. */
export function fitPopulation(rows: BehaviourRows, random: Random): FittedPopulation {
  const { users: U } = rows;
  const counts = countUsers(rows);
  const { events, hours: visits, visits: visitsOfUser, everybody } = counts;
  const features = userFeatures(counts);
  const picked = random
    .stream('sample')
    .sequence()
    .shuffle(Int32Array.from({ length: U }, (_, u) => u))
    .slice(0, SAMPLE);
  const sample = featuresOfSome(features, picked);
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
    const name = `${likingName(affinity, everybody, rows.categories)}, ${own > mean ? 'often' : 'seldom'}`;
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
