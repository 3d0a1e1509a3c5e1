/** What supervised models learn from and predict on: rows as columns, wherever they came from. */
import type { Matrix } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import { matrix } from '../../core/matrix.ts';

/** A categorical column, coded. */
export interface Field {
  name: string;
  /** Codes are in [0, levels); code 0 is "missing, or not seen when the codes were made". */
  levels: number;
  /** (m) */
  codes: Int32Array;
  /** (levels) what each code stands for, where it is known: hashed fields have none. */
  labels?: readonly string[];
}

/** What came before each row, oldest first: a list of coded events, such as the categories a user looked at. */
export interface Sequence {
  name: string;
  /** Codes are in [0, levels); code 0 is padding. */
  levels: number;
  /** T: events kept per row; the latest, where there were more. */
  steps: number;
  /** (m×T) row-major; row i has `length[i]` events from its start, then zeros. */
  codes: Int32Array;
  /** (m) in [0, T]. */
  length: Int32Array;
  /** (levels) what each code stands for, where that is known: the words of a text. */
  labels?: readonly string[];
  /** The field in whose codes the events are written, such as the category of the ad: attention compares the two. */
  target?: string;
}

/** Rows to predict on. */
export interface Examples {
  /** m */
  size: number;
  /** (m×d) NaN where missing. */
  numeric: Matrix;
  /** (d) */
  numericNames: readonly string[];
  fields: readonly Field[];
  sequences: readonly Sequence[];
  /** (m) whose row it is, such as the user: folds keep a group together, and GAUC averages over groups. */
  group?: Int32Array;
  /** (m) [any one unit] when the row happened: splits by time use it. */
  time?: Float64Array;
}

/** Rows to learn from. */
export interface LabelledExamples extends Examples {
  /** (m) class of each row, in [0, classes). */
  label: Int32Array;
  /** How many classes there are: 2 for clicks and conversions. */
  classes: number;
  /** (classes) */
  classNames: readonly string[];
  /** (m) ≥ 0: how much each row counts; default 1. */
  weight?: Float64Array;
  /** (m) 1 where the row was clicked, else 0: where label 1 is a conversion, and models are to learn of both. */
  click?: Int32Array;
}

/** The rows `rows`, in that order, copied. */
export function selectExamples<T extends Examples>(examples: T, rows: ArrayLike<number>): T {
  const n = rows.length;
  const { numeric, fields, sequences, group, time } = examples;
  const taken = <A extends Int32Array | Float64Array>(from: A, width: number): A => {
    const out = new (from.constructor as new (size: number) => A)(n * width);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < width; j++) out[i * width + j] = from[rows[i] * width + j];
    }
    return out;
  };
  const { label, weight, click } = examples as Partial<LabelledExamples>;
  return {
    ...examples,
    size: n,
    numeric: matrix(n, numeric.columns, taken(numeric.data, numeric.columns)),
    fields: fields.map((field) => ({ ...field, codes: taken(field.codes, 1) })),
    sequences: sequences.map((s) => ({ ...s, codes: taken(s.codes, s.steps), length: taken(s.length, 1) })),
    ...(group && { group: taken(group, 1) }),
    ...(time && { time: taken(time, 1) }),
    ...(label && { label: taken(label, 1) }),
    ...(weight && { weight: taken(weight, 1) }),
    ...(click && { click: taken(click, 1) }),
  };
}

/**
 * Throws `InputError` where there are no rows, a number is infinite, or only one class is there: nothing to tell apart.
 * `what` names the rows in the sentence, such as `training rows`. Missing numbers (NaN) pass.
 */
export function checkLabelled(examples: LabelledExamples, what: string): void {
  checkExamples(examples, what);
  const { size, label, classNames } = examples;
  if (label.every((c) => c === label[0])) {
    throw new InputError(
      `${what}: all ${size} labels are ${JSON.stringify(classNames[label[0]])}, nothing to tell apart; bring rows of both kinds`,
    );
  }
}

/** Throws `InputError` where there are no rows or a number is infinite. */
export function checkExamples({ size, numeric, numericNames }: Examples, what: string): void {
  if (size === 0) throw new InputError(`${what}: there are none; bring some rows`);
  const d = numeric.columns;
  for (let c = 0; c < size * d; c++) {
    const value = numeric.data[c];
    if (Number.isFinite(value) || Number.isNaN(value)) continue;
    throw new InputError(
      `${what}, row ${Math.floor(c / d) + 1}: "${numericNames[c % d]}" is ${value}; use a finite number, or leave it empty where it is missing`,
    );
  }
}
