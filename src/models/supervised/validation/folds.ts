/** Which rows a model learns from and which it is judged on: folds by group, by class or by time; no row is ever on both sides. */
import { InputError } from '../../../core/errors.ts';
import type { Random } from '../../../core/random.ts';

/** Row numbers, ascending. */
export interface Fold {
  train: Int32Array;
  /** What settings are chosen on: no row of `train` or `test`. */
  validation?: Int32Array;
  test: Int32Array;
}

/** What folds are made by. */
export interface FoldRows {
  size: number;
  /** (m) in [0, classes). */
  label: Int32Array;
  classes: number;
  /** (m) */
  group?: Int32Array;
  /** (m) */
  time?: Float64Array;
}

/** Says how the folds were made. */
export interface Folds {
  /** As a card says it. */
  rule: string;
  /** (k) Each row is tested at most once. */
  folds: readonly Fold[];
}

/**
 * k folds: whole groups where the rows have groups, with the classes spread evenly in either case. Throws `InputError` where
 * there are fewer groups than folds, or a class has fewer rows (groups) than there are folds and two classes are all there are.
 */
export function kFolds(rows: FoldRows, k: number, random: Random): Folds {
  const fold = rows.group ? groupFold(rows, rows.group, k, random) : classFold(rows, k, random);
  const rule = rows.group
    ? `${k} folds of whole groups, classes spread evenly`
    : `${k} folds, classes spread evenly (stratified)`;
  return { rule, folds: Array.from({ length: k }, (_, f) => sidesOf(fold, (at) => at !== f)) };
}

/**
 * k tests, one after the other in time, each by a model of all that came before: the first of k + 1 equal spans is only learned
 * from. Rows of one moment stay together, so all that is learned from is strictly earlier. Throws `InputError` where there are
 * too few moments, or a time is missing.
 */
export function timeFolds({ time, size }: FoldRows, k: number): Folds {
  if (!time) throw new InputError('splits by time need a time; name its column with --time');
  const bounds = momentsAt(
    time,
    size,
    Array.from({ length: k }, (_, f) => (k - f) / (k + 1)),
  );
  const folds = Array.from({ length: k }, (_, f) => ({
    train: rowsWhere(size, (i) => time[i] < bounds[f]),
    test: rowsWhere(size, (i) => time[i] >= bounds[f] && (f === k - 1 || time[i] < bounds[f + 1])),
  }));
  return { rule: `${k} tests in order of time, each by a model of all rows before`, folds };
}

/** One split, by time: the last `share` of the rows are the test. Rows of one moment stay together. Throws `InputError`. */
export function timeSplit({ time, size }: FoldRows, share: number): Fold {
  if (!time) throw new InputError('splits by time need a time; name its column with --time');
  const [bound] = momentsAt(time, size, [share]);
  return { train: rowsWhere(size, (i) => time[i] < bound), test: rowsWhere(size, (i) => time[i] >= bound) };
}

/**
 * The same folds with a part of each training side set apart to choose settings on: of whole groups, or stratified; by time, the
 * latest rows. About `share` of the training rows.
 */
export function withValidation(rows: FoldRows, { rule, folds }: Folds, share: number, random: Random): Folds {
  const parts = Math.max(2, Math.round(1 / share));
  return {
    rule: `${rule}; a ${ordinal(parts)} of each training side chooses settings`,
    folds: folds.map(({ train, test }, f) => {
      const inner = picked(rows, train);
      const byTime = rows.time !== undefined && rule.includes('in order of time');
      const split = byTime ? timeSplit(inner, share) : kFolds(inner, parts, random.stream('validation', f)).folds[0];
      return { train: split.train.map((i) => train[i]), validation: split.test.map((i) => train[i]), test };
    }),
  };
}

/** (m) the fold that tests each row; −1 where none does. */
export function testedBy({ folds }: Folds, size: number): Int32Array {
  const by = new Int32Array(size).fill(-1);
  folds.forEach(({ test }, f) => {
    for (const i of test) by[i] = f;
  });
  return by;
}

const ordinal = (parts: number): string => ({ 2: 'half', 3: 'third', 4: 'quarter' })[parts] ?? `${parts}th`;

function classFold({ size, label, classes }: FoldRows, k: number, random: Random): Int32Array {
  const fold = new Int32Array(size);
  let next = 0;
  for (let c = 0; c < classes; c++) {
    const rows = rowsWhere(size, (i) => label[i] === c);
    if (rows.length > 0 && rows.length < k && classes === 2) throw tooFew(rows.length, 'rows of a class', k);
    random.stream('class', c).sequence().shuffle(rows);
    // The next class goes on where this one stopped, so that folds differ by one row at most.
    for (const i of rows) fold[i] = next++ % k;
  }
  if (size < k) throw tooFew(size, 'rows', k);
  return fold;
}

/** Groups from the largest to the smallest, each to the fold that it leaves most even in every class. */
function groupFold({ size, label, classes }: FoldRows, group: Int32Array, k: number, random: Random): Int32Array {
  const counts = new Map<number, Float64Array>();
  const totals = new Float64Array(classes);
  for (let i = 0; i < size; i++) {
    let count = counts.get(group[i]);
    if (!count) counts.set(group[i], (count = new Float64Array(classes)));
    count[label[i]]++;
    totals[label[i]]++;
  }
  if (counts.size < k) throw tooFew(counts.size, 'groups', k);
  const names = random
    .stream('groups')
    .sequence()
    .shuffle([...counts.keys()]);
  const sizeOf = (name: number): number => (counts.get(name) as Float64Array).reduce((a, b) => a + b);
  names.sort((a, b) => sizeOf(b) - sizeOf(a));
  const sums = Array.from({ length: k }, () => new Float64Array(classes));
  const foldOf = new Map<number, number>();
  for (const name of names) {
    const count = counts.get(name) as Float64Array;
    let best = 0;
    let least = Infinity;
    sums.forEach((sum, f) => {
      // How much this group adds to the unevenness of the fold: Σ over classes of (share after)² − (share before)².
      let cost = 0;
      for (let c = 0; c < classes; c++) {
        if (totals[c] > 0) cost += (count[c] * (2 * sum[c] + count[c])) / (totals[c] * totals[c]);
      }
      if (cost < least) [best, least] = [f, cost];
    });
    foldOf.set(name, best);
    for (let c = 0; c < classes; c++) sums[best][c] += count[c];
  }
  return Int32Array.from({ length: size }, (_, i) => foldOf.get(group[i]) as number);
}

function sidesOf(fold: Int32Array, learns: (at: number) => boolean): Fold {
  return {
    train: rowsWhere(fold.length, (i) => learns(fold[i])),
    test: rowsWhere(fold.length, (i) => !learns(fold[i])),
  };
}

/** The moments from which on these shares of the rows lie, ascending, the first after the earliest row. Throws `InputError`. */
function momentsAt(time: Float64Array, size: number, shares: readonly number[]): number[] {
  const odd = time.findIndex((at) => Number.isNaN(at));
  if (odd >= 0) throw new InputError(`row ${odd + 1} has no time, and the split is by time; leave such rows out`);
  const sorted = time.slice(0, size).sort();
  const bounds = shares.map((share) => sorted[Math.floor(size - size * share)]);
  if (bounds.every((at, s) => at > (s === 0 ? sorted[0] : bounds[s - 1]))) return bounds;
  throw new InputError(
    `the times of ${size} rows are too few to be split into ${shares.length + 1} spans; use fewer folds, or a finer time`,
  );
}

function rowsWhere(size: number, holds: (i: number) => boolean): Int32Array {
  const rows = new Int32Array(size);
  let count = 0;
  for (let i = 0; i < size; i++) if (holds(i)) rows[count++] = i;
  return rows.slice(0, count);
}

function picked({ label, classes, group, time }: FoldRows, rows: Int32Array): FoldRows {
  return {
    size: rows.length,
    label: rows.map((i) => label[i]),
    classes,
    ...(group && { group: rows.map((i) => group[i]) }),
    ...(time && { time: Float64Array.from(rows, (i) => time[i]) }),
  };
}

function tooFew(count: number, what: string, k: number): InputError {
  return new InputError(`${count} ${what} cannot be split into ${k} folds; use fewer folds, or bring more rows`);
}
