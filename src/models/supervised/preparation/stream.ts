/**
 * Preparing a table of any length that is read once: its first rows say which column is what, levels are hashed as they come, and
 * what is told of the columns is gathered on the way.
 */
import { InputError } from '../../../core/errors.ts';
import { hashOf } from '../../../core/hash.ts';
import { labelFor } from './label.ts';
import type { PreparedLabel } from './label.ts';
import { addNumbers, noMoments } from './moments.ts';
import { planColumns } from './plan.ts';
import type { ColumnPlan } from './plan.ts';
import { learnPreparation, numberFacts, numbersOf, textsOf } from './preparation.ts';
import type { Preparation, PreparedField } from './preparation.ts';
import type { ColumnRoles } from './roles.ts';
import { floats, picked, pieces, rowDraw } from './row-draw.ts';
import type { TableRows } from './rows.ts';
import { MOST_STEPS } from './words.ts';
import type { PreparedText } from './words.ts';

/** Numbers that are held of a column to tell its spans by. */
const HELD = 100_000;

/** How rows are prepared; of what is told of the columns, only their names are right yet. */
export interface StreamStart {
  preparation: Preparation;
  plan: ColumnPlan;
}

/**
 * What the first rows say of all. Throws `InputError` as `planColumns` and `learnPreparation` do, and where these rows have one
 * label only and nobody said which one counts.
 */
export function startOfStream(first: TableRows, roles: ColumnRoles): StreamStart {
  const label = streamLabel(first, roles);
  const plan = planColumns(first, roles);
  const learned = learnPreparation(first, { plan: { ...plan, fields: [], texts: [] }, roles, label });
  const fields = plan.fields.map((name): PreparedField => ({
    name,
    levels: [],
    codes: 2,
    rare: [],
    other: -1,
    open: true,
    rows: [0, 0],
  }));
  const texts = plan.texts.map((name): PreparedText => ({
    name,
    steps: MOST_STEPS,
    words: [''],
    open: true,
    empty: 0,
  }));
  return { plan, preparation: { ...learned, fields, texts } };
}

/** Later rows may say what none of the first did, so one that counts is held against whatever else comes. */
function streamLabel(first: TableRows, { label, positive }: ColumnRoles): PreparedLabel {
  if (positive !== undefined) {
    return { name: label, classes: [`not ${positive}`, positive], oneAgainstRest: true };
  }
  const cells = textsOf(first, label);
  const seen = new Set(cells.codes);
  seen.delete(0);
  if (seen.size === 1) {
    const [only] = seen;
    throw new InputError(
      `label "${label}": the first ${first.size} rows all say ${JSON.stringify(cells.texts[only])}; say which label counts as 1 with --positive`,
    );
  }
  return labelFor(cells);
}

/** What is told of the columns. */
export interface StreamFacts {
  add(rows: TableRows): void;
  /** With what all rows so far say of the columns. */
  preparation(): Preparation;
  /** Cells of columns of numbers that say something else, by column. */
  odd(): ReadonlyMap<string, number>;
}

/** Counts, means and deviations are of all rows; spans of numbers, of rows drawn evenly over them. */
export function streamFacts(start: Preparation): StreamFacts {
  const drawn = rowDraw();
  const numbers = start.numbers.map(({ name }) => ({
    name,
    moments: noMoments(),
    odd: 0,
    some: pieces(floats),
  }));
  const missing = new Map([...start.fields, ...start.texts].map(({ name }) => [name, 0]));
  const without = ({ name }: { name: string }): number => missing.get(name) ?? 0;
  let total = 0;
  return {
    add(rows) {
      const kept = drawn.next(rows.size, (i) => hashOf(String(total + i)));
      for (const one of numbers) {
        const { values, odd } = numbersOf(rows, one.name);
        addNumbers(one.moments, values);
        one.odd += odd;
        one.some.add(picked(values, kept, floats));
      }
      drawn.keepBelow(HELD, (left) => numbers.forEach(({ some }) => some.thin(left)));
      for (const [name, before] of missing) missing.set(name, before + missingIn(rows, name));
      total += rows.size;
    },
    preparation: () => ({
      ...start,
      rows: total,
      numbers: numbers.map(({ name, moments, some }) => numberFacts(name, moments, some.whole())),
      fields: start.fields.map((field) => ({ ...field, rows: [without(field), total - without(field)] })),
      texts: start.texts.map((text) => ({ ...text, empty: without(text) })),
    }),
    odd: () => new Map(numbers.flatMap(({ name, odd }) => (odd > 0 ? [[name, odd] as const] : []))),
  };
}

function missingIn(rows: TableRows, name: string): number {
  let count = 0;
  for (const code of textsOf(rows, name).codes) if (code === 0) count++;
  return count;
}
