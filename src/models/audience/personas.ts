/** Personas: what each group of users is like, against everybody, with its doubt. */
import { wilson } from '../../core/intervals.ts';
import { matrix } from '../../core/matrix.ts';
import type { Matrix } from '../../core/matrix.ts';
import { normalQuantile } from '../../core/quantiles.ts';
import { clusteredRate, clusteredRatio, sampleQuantile } from '../../core/statistics.ts';
import { REST } from './behaviour-rows.ts';
import type { BehaviourRows } from './behaviour-rows.ts';
import { likingName } from './likings.ts';
import { countUsers } from './user-features.ts';

/** A value with its 95 % interval; null where one user tells nothing of the spread. */
export interface Doubted {
  value: number;
  interval: readonly [number, number] | null;
}

export interface Persona {
  /** What sets it apart, in words; unique among the personas. */
  name: string;
  users: number;
  /** Of all users; Wilson's interval. */
  share: Doubted;
  /** Visits of a user. */
  visits: Doubted;
  /** (C) share of the persona's rows in each category. */
  likings: readonly Doubted[];
  /** The three categories liked most against everybody, of those that mean something in it: share, and times everybody's. */
  top: readonly { category: string; share: number; interval: Doubted['interval']; lift: number }[];
  /** (24) share of the persona's rows in each hour of the day. */
  hours: readonly Doubted[];
  /** Geometric mean of the prices, and the quarter and three-quarter points; absent where no price is known. */
  price?: { mean: Doubted; band: readonly [number, number] };
  /** Click rate, and how much it is above the average of all [points of 1]; absent where no ads were shown. */
  clickRate?: { rate: Doubted; above: Doubted };
}

export interface Personas {
  /** Largest first. */
  personas: readonly Persona[];
  /** (U) which persona a user is of, in that order. */
  of: Int32Array;
  /** All users as one persona, by which the others are measured. */
  everybody: Persona;
}

/** Share of a persona's rows from which on a category is worth naming. */
const TELLING_SHARE = 0.02;

/** The personas of an assignment (U) of users to k groups; groups without users are left out. */
export function personasOf(rows: BehaviourRows, assignment: ArrayLike<number>, k: number): Personas {
  const sizes = new Float64Array(k);
  for (let u = 0; u < rows.users; u++) sizes[assignment[u]]++;
  const order = [...sizes.keys()].filter((c) => sizes[c] > 0).toSorted((a, b) => sizes[b] - sizes[a] || a - b);
  const place = new Int32Array(k);
  order.forEach((c, p) => (place[c] = p));
  const of = Int32Array.from({ length: rows.users }, (_, u) => place[assignment[u]]);
  const tables = userTables(rows);
  const everybody = personaOf(rows, tables, () => true);
  const personas = order.map((_, p) => personaOf(rows, tables, (u) => of[u] === p, everybody.likings));
  return { personas: apart(personas, everybody), of, everybody };
}

/** What each user adds to sums. */
interface UserTables {
  counts: ReturnType<typeof countUsers>;
  /** (U×24) rows in each hour of the day. */
  hours: Matrix;
  /** (U) rows with a price, sums of their logarithms; rows with an ad, clicks. */
  priced: Float64Array;
  logPrice: Float64Array;
  shown: Float64Array;
  clicked: Float64Array;
}

function userTables(rows: BehaviourRows): UserTables {
  const table = (): Float64Array => new Float64Array(rows.users);
  const tables = {
    counts: countUsers(rows),
    hours: matrix(rows.users, 24),
    priced: table(),
    logPrice: table(),
    shown: table(),
    clicked: table(),
  };
  const { price, click } = rows;
  for (let i = 0; i < rows.size; i++) {
    const u = rows.user[i];
    tables.hours.data[24 * u + Math.floor(((rows.hour[i] % 24) + 24) % 24)]++;
    if (price && price[i] > 0) {
      tables.priced[u]++;
      tables.logPrice[u] += Math.log(price[i]);
    }
    if (click) {
      tables.shown[u]++;
      tables.clicked[u] += click[i];
    }
  }
  return tables;
}

function personaOf(
  rows: BehaviourRows,
  tables: UserTables,
  counts: (user: number) => boolean,
  all?: readonly Doubted[],
): Persona {
  const { users: U, categories } = rows;
  const members = Array.from({ length: U }, (_, u) => u).filter(counts);
  const pick = (table: Float64Array): number[] => members.map((u) => table[u]);
  const likings = sharesIn(tables.counts.events, members);
  const everybody = all ?? likings;
  const top = likings
    .map(({ value: share, interval }, c) => ({
      category: categories[c],
      share,
      interval,
      lift: share / everybody[c].value,
    }))
    .filter(({ share, category }) => share >= TELLING_SHARE && category !== REST)
    .toSorted((a, b) => b.lift - a.lift || b.share - a.share)
    .slice(0, 3);
  const visits = clusteredRatio(
    pick(tables.counts.visits),
    members.map(() => 1),
  );
  return {
    name: likingName(valuesOf(likings), valuesOf(everybody), categories),
    users: members.length,
    share: { value: members.length / U, interval: wilson(members.length, U) },
    visits: doubted(visits),
    likings,
    top,
    hours: sharesIn(tables.hours, members),
    ...priceOf(rows, tables, members, counts),
    ...clicksOf(rows, tables, members),
  };
}

function doubted(ratio: ReturnType<typeof clusteredRatio>): Doubted {
  return { value: ratio?.rate ?? Number.NaN, interval: ratio?.interval ?? null };
}

/** Share of the members' rows in each column of a table (U×B), users drawn whole. */
function sharesIn({ data, columns: B }: Matrix, members: readonly number[]): Doubted[] {
  const trials = members.map((u) => {
    let own = 0;
    for (let b = 0; b < B; b++) own += data[u * B + b];
    return own;
  });
  return Array.from({ length: B }, (_, b) =>
    doubted(
      clusteredRate(
        members.map((u) => data[u * B + b]),
        trials,
      ),
    ),
  );
}

function valuesOf(shares: readonly Doubted[]): number[] {
  return shares.map(({ value }) => value);
}

function priceOf(
  { size, user, price }: BehaviourRows,
  { priced, logPrice }: UserTables,
  members: readonly number[],
  counts: (user: number) => boolean,
): Pick<Persona, 'price'> {
  if (!price) return {};
  const prices: number[] = [];
  for (let i = 0; i < size; i++) if (price[i] > 0 && counts(user[i])) prices.push(price[i]);
  const log = clusteredRatio(
    members.map((u) => logPrice[u]),
    members.map((u) => priced[u]),
  );
  if (!log) return {};
  const { value, interval } = doubted(log);
  const mean = {
    value: Math.exp(value),
    interval: interval && ([Math.exp(interval[0]), Math.exp(interval[1])] as const),
  };
  return { price: { mean, band: [sampleQuantile(prices, 0.25), sampleQuantile(prices, 0.75)] } };
}

/**
 * The click rate over users, who are drawn whole, and its difference from everybody's: each user pulls both rates, so the
 * spread is that of the users' pulls on the difference (linearised ratios: Cochran 1977, Sampling Techniques, §6.13).
 */
function clicksOf(
  { click, users: U }: BehaviourRows,
  { shown, clicked }: UserTables,
  members: readonly number[],
): Pick<Persona, 'clickRate'> {
  const rate = clusteredRatio(
    members.map((u) => clicked[u]),
    members.map((u) => shown[u]),
  );
  const all = clusteredRatio([...clicked], [...shown]);
  if (!click || !rate || !all) return {};
  const own = new Set(members);
  const [rows, allRows] = [members.reduce((sum, u) => sum + shown[u], 0), shown.reduce((a, b) => a + b, 0)];
  let square = 0;
  for (let u = 0; u < U; u++) {
    const pull =
      (own.has(u) ? (clicked[u] - rate.rate * shown[u]) / rows : 0) - (clicked[u] - all.rate * shown[u]) / allRows;
    square += pull * pull;
  }
  const half = normalQuantile(0.975) * Math.sqrt((U / Math.max(1, U - 1)) * square);
  const above = rate.rate - all.rate;
  return { clickRate: { rate: doubted(rate), above: { value: above, interval: [above - half, above + half] } } };
}

/** Names that are all different: how often they come, then when, then a number tells namesakes apart. */
function apart(personas: readonly Persona[], everybody: Persona): Persona[] {
  const often = personas.map((one) => ({ ...one, name: `${one.name}${frequencyOf(one, everybody)}` }));
  const timed = often.map((one, p) =>
    often.some((other, o) => o !== p && other.name === one.name)
      ? { ...one, name: `${one.name}, ${partOfDay(one.hours, everybody.hours)}` }
      : one,
  );
  return timed.map((one, p) => {
    const before = timed.slice(0, p).filter((other) => other.name === one.name).length;
    return before === 0 ? one : { ...one, name: `${one.name} (${before + 1})` };
  });
}

/** How often they come against everybody, where it can be told. */
function frequencyOf({ visits }: Persona, everybody: Persona): string {
  const [low, high] = visits.interval ?? [-Infinity, Infinity];
  if (low > everybody.visits.value) return ', often';
  return high < everybody.visits.value ? ', seldom' : '';
}

const PARTS: readonly (readonly [name: string, from: number, to: number])[] = [
  ['nights', 0, 6],
  ['mornings', 6, 12],
  ['afternoons', 12, 18],
  ['evenings', 18, 24],
];

/** The part of the day that it keeps more to than everybody does. */
function partOfDay(hours: readonly Doubted[], all: readonly Doubted[]): string {
  const more = PARTS.map(([name, from, to]) => {
    let [own, others] = [0, 0];
    for (let h = from; h < to; h++) {
      own += hours[h].value;
      others += all[h].value;
    }
    return { name, more: own - others };
  });
  return more.reduce((a, b) => (b.more > a.more ? b : a)).name;
}
