/**
 * Behaviour: what users did before and do during the episode, and the features a platform would compute from it.
 * Events fall on categories as softmax(z·v / τ), so interest can be inferred from them but is not given.
 */
import { fraction32 } from '../core/random.ts';
import type { Random } from '../core/random.ts';
import type { Catalogue } from './catalogue.ts';
import type { WorldConfig } from './config.ts';
import { latestEvents } from './latest-events.ts';
import type { Users } from './users.ts';

/** How much an event of each kind says of interest (chosen). */
export const EVENT_WEIGHTS = { browse: 1, search: 2, cart: 3, purchase: 4 } as const;
export type EventKind = keyof typeof EVENT_WEIGHTS;

/** Of what users do by themselves, 70 % is browsing, 15 % searches, 10 % carts, 5 % purchases (chosen). */
const KINDS: readonly EventKind[] = ['browse', 'search', 'cart', 'purchase'];
const KIND_UP_TO = [0.7, 0.85, 0.95, 1];

const SEARCH = KINDS.indexOf('search');
const CART = KINDS.indexOf('cart');
const PURCHASE = KINDS.indexOf('purchase');

/** Events before the episode are spread over so many hours, in steps of which there are so many. */
const PAST_HOURS = 720;
const PAST_STEPS = 1024;

/**
 * A category's stretch falls into cells, each of one kind and one age, so fine that every kind and age has whole ones:
 * kind × PAST_STEPS + age. One cell more is as the last, for what is rounded up.
 */
const CELLS = 20 * PAST_STEPS;
const KIND_AND_AGE = Uint16Array.from({ length: CELLS + 1 }, (_, place) => {
  const cell = Math.min(place, CELLS - 1);
  const kind = KIND_UP_TO.findIndex((to) => cell < to * CELLS);
  const from = kind === 0 ? 0 : KIND_UP_TO[kind - 1];
  const age = Math.floor((PAST_STEPS * ((cell + 0.5) / CELLS - from)) / (KIND_UP_TO[kind] - from));
  return kind * PAST_STEPS + age;
});

/** What is remembered of every user; U users, C categories. */
export interface Behaviour {
  /** Begins an episode. A past is drawn at the user's first visit: keyed by the user, it is the same at any time. */
  begin(catalogue: Catalogue, users: Users, random: Random): void;
  /** Adds an event of a user who has visited. */
  record(user: number, category: number, kind: EventKind, hour: number): void;
  /** How often the user has visited. */
  visits(user: number): number;
  /** A visit begins: it is counted, and the user does something in a category of their own liking, which is returned. */
  visit(user: number, hour: number): number;
  /** Writes C + 2 features of a user who has visited, as known at `hour`: affinities, recency, frequency. */
  features(user: number, hour: number, out: Float64Array, at: number): void;
  /** Writes 2 + C more: carts and purchases, and 1 at the category of the last search. */
  historyFeatures(user: number, hour: number, out: Float64Array, at: number): void;
  /** Writes the latest events of a user who has visited, 1 + category, oldest first, then zeros; returns how many. */
  latest(user: number, out: Int32Array, at: number): number;
}

/**
 * A user's record: when it was last decayed, the visit before, the present visit [h], how many visits, how active they
 * are, then C weights.
 */
const DECAYED = 0;
const LAST_VISIT = 1;
const VISIT = 2;
const VISITS = 3;
const ACTIVITY = 4;
const WEIGHTS = 5;

/** Room for the behaviour of a world's users. */
export function behaviourOf(config: WorldConfig): Behaviour {
  const { categories: C, users: U } = config;
  const { eventsPerUser, halfLifeHours } = config.behaviour;
  const D = config.population.latentDimensions;
  const decayPerHour = -Math.LN2 / halfLifeHours;
  // One stretch of memory per user: whoever comes costs few cache misses, however many users there are.
  const detailed = config.observed.history;
  const CARTS = WEIGHTS + C;
  const PURCHASES = CARTS + 1;
  const QUERY = CARTS + 2; // 1 + the category of the last search, 0 for none
  const shown = config.observed.events ?? 0;
  const events = latestEvents(U, shown);
  const width = detailed ? QUERY + 1 : CARTS;
  const memory = new Float32Array(U * width);
  const cumulative = new Float64Array(C);
  const below = new Float64Array(C); // the cumulative odds of the categories before
  const cellsPerUnit = new Float64Array(C); // cells of a category over its odds
  const fading = Float64Array.from({ length: PAST_STEPS }, (_, step) =>
    Math.exp((decayPerHour * PAST_HOURS * (step + 0.5)) / PAST_STEPS),
  );
  // What an event of each kind and age adds to its category's weight.
  const worths = Float64Array.from(KINDS.flatMap((kind) => Array.from(fading, (left) => EVENT_WEIGHTS[kind] * left)));
  const weights = new Float64Array(C);
  let directions: Float64Array;
  let perMatch: number;
  let users: Users;
  let browsing: Random;
  let past: Random;
  return { begin, record, visits, visit, features, historyFeatures, latest: (...where) => events.read(...where) };

  function begin(catalogue: Catalogue, newUsers: Users, random: Random): void {
    directions = catalogue.categories;
    perMatch = 1 / catalogue.temperature;
    users = newUsers;
    browsing = random.stream('browsing');
    past = random.stream('history');
    for (let user = 0; user < U; user++) {
      memory[user * width + VISITS] = 0;
      memory[user * width + ACTIVITY] = users.activity[user];
    }
  }

  /** The events of a user before the episode; `tastes(user)` must have been called. */
  function remember(user: number, total: number, hour: number): void {
    const at = user * width;
    memory.fill(0, at, at + VISITS);
    memory.fill(0, at + WEIGHTS, at + width);
    const isNew = users.entry.length > 0 && users.entry[user] > 0;
    events.forget(user);
    if (isNew) {
      memory[at + DECAYED] = hour;
      memory[at + VISIT] = hour - PAST_HOURS;
      return;
    }
    // Half of the events are everybody's, half come with activity; the most active are held at ten times the mean.
    const count = Math.round(eventsPerUser * Math.min(10, 0.5 + 0.5 * memory[at + ACTIVITY]));
    const draws = past.burst(count, user, 0);
    let youngest = PAST_STEPS;
    let youngestSearch = PAST_STEPS;
    weights.fill(0);
    for (let e = 0; e < count; e++) {
      // One draw says all three: category, then kind and age by where in the category's stretch it fell.
      const x = fraction32(draws[e]) * total;
      const category = pick(x);
      const kindAndAge = KIND_AND_AGE[cellIn(category, x)];
      const age = kindAndAge % PAST_STEPS;
      if (age < youngest) youngest = age;
      weights[category] += worths[kindAndAge];
      if (shown > 0) events.remember(category, age);
      if (!detailed) continue;
      const kind = Math.floor(kindAndAge / PAST_STEPS);
      if (kind === CART) memory[at + CARTS] += fading[age];
      if (kind === PURCHASE) memory[at + PURCHASES] += fading[age];
      if (kind === SEARCH && age < youngestSearch) {
        youngestSearch = age;
        memory[at + QUERY] = category + 1;
      }
    }
    events.keep(user);
    for (let c = 0; c < C; c++) memory[at + WEIGHTS + c] = weights[c];
    memory[at + VISIT] = (-PAST_HOURS * (youngest + 0.5)) / PAST_STEPS;
  }

  function record(user: number, category: number, kind: EventKind, hour: number): void {
    decay(user, hour);
    const at = user * width;
    memory[at + WEIGHTS + category] += EVENT_WEIGHTS[kind];
    if (shown > 0) events.add(user, category);
    if (!detailed) return;
    if (kind === 'cart') memory[at + CARTS] += 1;
    if (kind === 'purchase') memory[at + PURCHASES] += 1;
    if (kind === 'search') memory[at + QUERY] = category + 1;
  }

  function visits(user: number): number {
    return memory[user * width + VISITS];
  }

  function visit(user: number, hour: number): number {
    const at = user * width;
    const number = memory[at + VISITS];
    const total = tastes(user);
    if (number === 0) remember(user, total, hour);
    memory[at + VISITS] = number + 1;
    memory[at + LAST_VISIT] = memory[at + VISIT];
    memory[at + VISIT] = hour;
    const x = browsing.uniform(user, number) * total;
    const category = pick(x);
    record(user, category, KINDS[Math.floor(KIND_AND_AGE[cellIn(category, x)] / PAST_STEPS)], hour);
    return category;
  }

  function features(user: number, hour: number, out: Float64Array, at: number): void {
    decay(user, hour);
    const from = user * width;
    let total = 0;
    for (let c = 0; c < C; c++) total += memory[from + WEIGHTS + c];
    // How many times the average share, smoothed by one event per category; 0 says average or unknown.
    const scale = C / (total + C);
    for (let c = 0; c < C; c++) out[at + c] = (memory[from + WEIGHTS + c] + 1) * scale - 1;
    out[at + C] = 1 / (1 + (hour - memory[from + LAST_VISIT]) / 24);
    out[at + C + 1] = Math.log1p(total) / 5;
  }

  function historyFeatures(user: number, hour: number, out: Float64Array, at: number): void {
    decay(user, hour);
    const from = user * width;
    out[at] = Math.log1p(memory[from + CARTS]);
    out[at + 1] = Math.log1p(memory[from + PURCHASES]);
    out.fill(0, at + 2, at + 2 + C);
    const query = memory[from + QUERY];
    if (query > 0) out[at + 1 + query] = 1;
  }

  /** Fills `cumulative` with the odds of the user's events over categories, up to a factor; returns their total. */
  function tastes(user: number): number {
    const { latent } = users;
    let highest = 0;
    for (let c = 0, at = 0; c < C; c++) {
      let match = 0;
      for (let j = 0, z = user * D; j < D; j++) match += latent[z++] * directions[at++];
      match *= perMatch;
      cumulative[c] = match;
      if (match > highest) highest = match;
    }
    // The odds count up to a factor: at low temperatures one that keeps their sum finite.
    const excess = Math.max(0, highest - 700);
    let total = 0;
    for (let c = 0; c < C; c++) {
      const odds = Math.exp(cumulative[c] - excess);
      cellsPerUnit[c] = CELLS / odds;
      below[c] = total;
      cumulative[c] = total += odds;
    }
    return total;
  }

  /** The category whose stretch x falls in. */
  function pick(x: number): number {
    let c = 0;
    while (c < C - 1 && cumulative[c] <= x) c++;
    return c;
  }

  /** The cell of the category's stretch that x falls in. */
  function cellIn(category: number, x: number): number {
    return (cellsPerUnit[category] * (x - below[category])) | 0;
  }

  function decay(user: number, hour: number): void {
    const at = user * width;
    const hours = hour - memory[at + DECAYED];
    if (hours < LEAST_HOURS) return;
    const factor = Math.exp(decayPerHour * hours);
    for (let c = at + WEIGHTS; c < at + CARTS; c++) memory[c] *= factor;
    if (detailed) {
      memory[at + CARTS] *= factor;
      memory[at + PURCHASES] *= factor;
    }
    memory[at + DECAYED] = hour;
  }
}

/** Decay of less time than this is left for later: times are kept in single precision. */
const LEAST_HOURS = 1e-3;
