/**
 * Behaviour: what users did before and do during the episode, and the features a platform would compute from it.
 * Events fall on categories as softmax(z·v / τ), so interest can be inferred from them but is not given.
 */
import type { Random } from '../core/random.ts';
import type { Catalogue } from './catalogue.ts';
import type { WorldConfig } from './config.ts';
import type { Users } from './users.ts';

/** How much an event of each kind says of interest (chosen). */
export const EVENT_WEIGHTS = { browse: 1, search: 2, cart: 3, purchase: 4 } as const;
export type EventKind = keyof typeof EVENT_WEIGHTS;

/** Before the episode, 70 % of events are browsing, 15 % searches, 10 % carts, 5 % purchases (chosen). */
const KINDS: readonly EventKind[] = ['browse', 'search', 'cart', 'purchase'];
const KIND_UP_TO = [0.7, 0.85, 0.95, 1];
const KIND_WEIGHTS = KINDS.map((kind) => EVENT_WEIGHTS[kind]);

/** Events before the episode are spread over so many hours. */
const PAST_HOURS = 720;

/** What is remembered of every user; U users, C categories. */
export interface Behaviour {
  /** Begins an episode. A past is drawn at the user's first visit: keyed by the user, it is the same at any time. */
  begin(catalogue: Catalogue, users: Users, random: Random): void;
  /** Adds an event of a user who has visited. */
  record(user: number, category: number, kind: EventKind, hour: number): void;
  /** A visit begins: it is counted, and the user browses a category of their own liking. Returns the visit's number. */
  visit(user: number, hour: number): number;
  /** Writes C + 2 features of a user who has visited, as known at `hour`: affinities, recency, frequency. */
  features(user: number, hour: number, out: Float64Array, at: number): void;
}

/** Room for the behaviour of a world's users. */
export function behaviourOf(config: WorldConfig): Behaviour {
  const { categories: C, users: U } = config;
  const { eventsPerUser, temperature, halfLifeHours } = config.behaviour;
  const D = config.population.latentDimensions;
  const decayPerHour = -Math.LN2 / halfLifeHours;
  const weight = new Float32Array(U * C); // decayed event weights as of `decayedAt`
  const decayedAt = new Float64Array(U);
  const lastVisit = new Float64Array(U); // [h] of the visit before the present one
  const presentVisit = new Float64Array(U);
  const visits = new Int32Array(U);
  const cumulative = new Float64Array(C);
  let directions: Float64Array;
  let users: Users;
  let browsing: Random;
  let past: Random;
  return { begin, record, visit, features };

  function begin(catalogue: Catalogue, newUsers: Users, random: Random): void {
    directions = catalogue.categories;
    users = newUsers;
    browsing = random.stream('browsing');
    past = random.stream('history');
    visits.fill(0);
  }

  /** The events of a user before the episode; `tastes(user)` must have been called. */
  function remember(user: number, total: number): void {
    weight.fill(0, user * C, user * C + C);
    decayedAt[user] = 0;
    // Half of the events are everybody's, half come with activity; the most active are held at ten times the mean.
    const events = Math.round(eventsPerUser * Math.min(10, 0.5 + 0.5 * users.activity[user]));
    let youngest = PAST_HOURS;
    for (let e = 0; e < events; e++) {
      // One draw says all three: category, then kind by where in the category's stretch it fell, then age likewise.
      const x = past.uniform(user, e) * total;
      const category = pick(x);
      const below = category === 0 ? 0 : cumulative[category - 1];
      const y = (x - below) / (cumulative[category] - below);
      let kind = 0;
      while (kind < KINDS.length - 1 && y >= KIND_UP_TO[kind]) kind++;
      const under = kind === 0 ? 0 : KIND_UP_TO[kind - 1];
      const age = (PAST_HOURS * (y - under)) / (KIND_UP_TO[kind] - under);
      if (age < youngest) youngest = age;
      weight[user * C + category] += KIND_WEIGHTS[kind] * Math.exp(decayPerHour * age);
    }
    presentVisit[user] = -youngest;
  }

  function record(user: number, category: number, kind: EventKind, hour: number): void {
    decay(user, hour);
    weight[user * C + category] += EVENT_WEIGHTS[kind];
  }

  function visit(user: number, hour: number): number {
    const number = visits[user]++;
    const total = tastes(user);
    if (number === 0) remember(user, total);
    lastVisit[user] = presentVisit[user];
    presentVisit[user] = hour;
    record(user, pick(browsing.uniform(user, number) * total), 'browse', hour);
    return number;
  }

  function features(user: number, hour: number, out: Float64Array, at: number): void {
    decay(user, hour);
    let total = 0;
    for (let c = 0; c < C; c++) total += weight[user * C + c];
    // How many times the average share, smoothed by one event per category; 0 says average or unknown.
    const scale = C / (total + C);
    for (let c = 0; c < C; c++) out[at + c] = (weight[user * C + c] + 1) * scale - 1;
    out[at + C] = 1 / (1 + (hour - lastVisit[user]) / 24);
    out[at + C + 1] = Math.log1p(total) / 5;
  }

  /** Fills `cumulative` with the odds of the user's events over categories, up to a factor; returns their total. */
  function tastes(user: number): number {
    const { latent } = users;
    let highest = 0;
    for (let c = 0; c < C; c++) {
      let match = 0;
      for (let j = 0; j < D; j++) match += latent[user * D + j] * directions[c * D + j];
      cumulative[c] = match / temperature;
      highest = Math.max(highest, cumulative[c]);
    }
    // The odds count up to a factor: at low temperatures one that keeps their sum finite.
    const excess = Math.max(0, highest - 700);
    let total = 0;
    for (let c = 0; c < C; c++) cumulative[c] = total += Math.exp(cumulative[c] - excess);
    return total;
  }

  function pick(x: number): number {
    let c = 0;
    while (c < C - 1 && cumulative[c] <= x) c++;
    return c;
  }

  function decay(user: number, hour: number): void {
    const hours = hour - decayedAt[user];
    if (hours === 0) return;
    const factor = Math.exp(decayPerHour * hours);
    for (let at = user * C; at < user * C + C; at++) weight[at] *= factor;
    decayedAt[user] = hour;
  }
}
