/** What a stretch of behaviour looks like: distributions that two logs, or a log and a market, can be compared by. */
import { peopleOf } from './people.ts';
import type { Person, Stretch } from './people.ts';
import type { BehaviourRows } from './behaviour-rows.ts';

/** A distribution, kept as what each user adds to it, so that users can be drawn anew. */
export interface Trait {
  name: string;
  /** Of a bin, where bins are in order: `days`, `visits`. Null for kinds, of which none is nearer to another. */
  unit: string | null;
  bins: number;
  /** (users + 1) where each user's entries begin. */
  starts: Int32Array;
  /** Entries: a bin and how often. */
  bin: Int32Array;
  count: Float64Array;
}

/** More visits of one user than this are counted as so many. */
const MOST_VISITS = 1000;

/** The traits of the users who came in [from, to); rows elsewhere are not looked at. */
export function traitsOf(rows: BehaviourRows, stretch: Stretch): Trait[] {
  const [from, to] = stretch;
  const people = peopleOf(rows, stretch);
  const days = Math.ceil((to - from) / 24);
  const trait = (name: string, unit: string | null, bins: number, of: (one: Person) => readonly number[]): Trait => {
    const starts = new Int32Array(people.length + 1);
    const entries: [number, number][] = [];
    people.forEach((one, u) => {
      const counts = new Map<number, number>();
      for (const bin of of(one)) counts.set(bin, (counts.get(bin) ?? 0) + 1);
      entries.push(...counts);
      starts[u + 1] = entries.length;
    });
    return {
      name,
      unit,
      bins,
      starts,
      bin: Int32Array.from(entries, ([bin]) => bin),
      count: Float64Array.from(entries, ([, n]) => n),
    };
  };
  const day = (hour: number): number => Math.floor(hour / 24);
  return [
    trait('days between visits', 'days', days + 1, ({ visits }) =>
      visits.slice(1).map((hour, v) => Math.floor((hour - visits[v]) / 24)),
    ),
    trait('visits of a user', 'visits', MOST_VISITS + 1, ({ visits }) => [Math.min(MOST_VISITS, visits.length)]),
    trait('days since the last visit', 'days', days + 1, ({ visits }) => [
      Math.floor((to - (visits.at(-1) as number)) / 24),
    ]),
    trait('categories', null, rows.categories.length, (one) => one.rows.map((i) => rows.category[i])),
    trait('hour of the day', null, 24, ({ visits }) => visits.map((hour) => Math.floor(hour - 24 * day(hour)))),
    trait('day of the week', null, 7, ({ visits }) => visits.map((hour) => ((day(hour) % 7) + 7) % 7)),
  ];
}

/** How many users a trait is of. */
export function usersOf({ starts }: Trait): number {
  return starts.length - 1;
}

/** The trait of both groups of users, those of `a` first. */
export function together(a: Trait, b: Trait): Trait {
  const after = a.bin.length;
  return {
    ...a,
    starts: Int32Array.from([...a.starts, ...b.starts.subarray(1).map((start) => start + after)]),
    bin: Int32Array.from([...a.bin, ...b.bin]),
    count: Float64Array.from([...a.count, ...b.count]),
  };
}

/** (bins) shares that add up to 1, each user counted `weights[u]` times (once by default); zeros where there is nothing. */
export function sharesOf({ bins, starts, bin, count }: Trait, weights?: ArrayLike<number>): Float64Array {
  const shares = new Float64Array(bins);
  let total = 0;
  for (let u = 0; u + 1 < starts.length; u++) {
    const weight = weights ? weights[u] : 1;
    for (let e = starts[u]; e < starts[u + 1]; e++) {
      shares[bin[e]] += weight * count[e];
      total += weight * count[e];
    }
  }
  return total > 0 ? shares.map((x) => x / total) : shares;
}

/** Share of all visits that the most frequent `top` of users make, given the shares of users by number of visits. */
export function concentration(visits: Float64Array, top: number): number {
  let people = 0;
  let made = 0;
  let all = 0;
  for (let n = visits.length - 1; n > 0; n--) {
    const counted = Math.min(visits[n], Math.max(0, top - people));
    made += n * counted;
    people += visits[n];
    all += n * visits[n];
  }
  return all > 0 ? made / all : 0;
}
