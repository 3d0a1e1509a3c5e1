/**
 * What will a user want next? One row for each visit but a user's first: what is known before it (what they took so far, how
 * often and how lately they came, when), and, as its class, the category they then take most.
 */
import { matrix } from '../../core/matrix.ts';
import type { Matrix } from '../../core/matrix.ts';
import { REST } from '../audience/behaviour-rows.ts';
import type { BehaviourRows } from '../audience/behaviour-rows.ts';
import { peopleOf } from '../audience/people.ts';
import type { LabelledExamples } from '../supervised/examples.ts';
import { InputError } from '../../core/errors.ts';

/** What rows are of, finer than categories: products, for vectors that tell more. */
export interface Things {
  /** (m) code of each row's thing, in [0, levels). */
  code: Int32Array;
  levels: number;
}

/** Shares lean on even ones as if by so many rows. */
const PRIOR = 1;

interface Visit {
  hour: number;
  /** Rows of the visit. */
  rows: number[];
}

/**
 * The rows; none for visits whose things are all of the category that stands for the rest. `group` is the user, `time` the hour.
 * With `vectors` (levels×D) of `things`, D numbers more: the mean vector of what the user took so far. Throws `InputError` where
 * nobody came twice.
 */
export function nextCategoryExamples(rows: BehaviourRows, things?: Things, vectors?: Matrix): LabelledExamples {
  const C = rows.categories.length;
  const D = vectors?.columns ?? 0;
  const named = rows.categories.indexOf(REST) < 0 ? C : C - 1; // the rest, where there is one, is the last
  const width = C + 5 + D;
  const numbers: number[] = [];
  const label: number[] = [];
  const [last, group, time]: number[][] = [[], [], []];
  for (const one of peopleOf(rows)) {
    const before = new Float64Array(C);
    const sum = new Float64Array(D);
    let taken = 0;
    let previous: Visit | undefined;
    for (const [v, visit] of visitsOf(rows, one.rows).entries()) {
      const wanted = mostTaken(rows, visit, named);
      if (previous && wanted >= 0) {
        for (let c = 0; c < C; c++) numbers.push((before[c] + PRIOR / C) / (taken + PRIOR));
        const angle = (2 * Math.PI * visit.hour) / 24;
        numbers.push(
          Math.log1p(taken),
          Math.log(v),
          Math.log1p(visit.hour - previous.hour),
          Math.sin(angle),
          Math.cos(angle),
        );
        for (let j = 0; j < D; j++) numbers.push(sum[j] / taken);
        label.push(wanted);
        last.push(1 + mostTaken(rows, previous, C));
        group.push(one.user);
        time.push(visit.hour);
      }
      for (const i of visit.rows) {
        before[rows.category[i]]++;
        taken++;
        if (vectors && things) for (let j = 0; j < D; j++) sum[j] += vectors.data[things.code[i] * D + j];
      }
      previous = visit;
    }
  }
  const size = label.length;
  if (size === 0) {
    throw new InputError(
      'interest: nobody came twice and took something that has a name; bring a log of several visits a user',
    );
  }
  return {
    size,
    numeric: matrix(size, width, Float64Array.from(numbers)),
    numericNames: [
      ...rows.categories.map((name) => `share of ${name}`),
      'taken',
      'visits',
      'hours since the last visit',
      'hour-sin',
      'hour-cos',
      ...Array.from({ length: D }, (_, j) => `vector ${j + 1}`),
    ],
    fields: [{ name: 'last category', levels: C + 1, codes: Int32Array.from(last), labels: ['', ...rows.categories] }],
    sequences: [],
    group: Int32Array.from(group),
    time: Float64Array.from(time),
    label: Int32Array.from(label),
    classes: named,
    classNames: rows.categories.slice(0, named),
  };
}

/** A user's visits in the order of time. */
function visitsOf({ hour }: BehaviourRows, own: readonly number[]): Visit[] {
  const visits: Visit[] = [];
  for (const i of own.toSorted((a, b) => hour[a] - hour[b] || a - b)) {
    const latest = visits.at(-1);
    if (latest?.hour === hour[i]) latest.rows.push(i);
    else visits.push({ hour: hour[i], rows: [i] });
  }
  return visits;
}

/** The category below `named` with the most rows of a visit, of equals the first taken; −1 where there is none. */
function mostTaken({ category }: BehaviourRows, visit: Visit, named: number): number {
  const counts = new Map<number, number>();
  for (const i of visit.rows) if (category[i] < named) counts.set(category[i], (counts.get(category[i]) ?? 0) + 1);
  let best = -1;
  for (const [c, count] of counts) if (count > (counts.get(best) ?? 0)) best = c;
  return best;
}
