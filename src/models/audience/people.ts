/** A behaviour log by user: when each came, and which rows are theirs. */
import type { BehaviourRows } from './behaviour-rows.ts';

/** [h] from and to, on the clock of the rows. */
export type Stretch = readonly [from: number, to: number];

export interface Person {
  user: number;
  /** [h] distinct times of the user's rows, in order: their visits. */
  visits: number[];
  /** Rows, in the order of the log. */
  rows: number[];
}

/** Who came in [from, to), in the order of their first rows. */
export function peopleOf(rows: BehaviourRows, [from, to]: Stretch = [-Infinity, Infinity]): Person[] {
  const people = new Map<number, Person>();
  for (let i = 0; i < rows.size; i++) {
    const hour = rows.hour[i];
    if (hour < from || hour >= to) continue;
    let one = people.get(rows.user[i]);
    if (!one) people.set(rows.user[i], (one = { user: rows.user[i], visits: [], rows: [] }));
    one.visits.push(hour);
    one.rows.push(i);
  }
  for (const one of people.values()) one.visits = [...new Set(one.visits)].toSorted((a, b) => a - b);
  return [...people.values()];
}
