/**
 * From rows as they were read to rows a model learns from, and the same way again for new rows: levels, words and statistics
 * are learned from training rows alone and kept with the model. Plain JSON.
 */
import { InputError } from '../../../core/errors.ts';
import { hashOf } from '../../../core/hash.ts';
import { matrix } from '../../../core/matrix.ts';
import type { Examples, Field, LabelledExamples, Sequence } from '../examples.ts';
import { labelCodes } from './label.ts';
import type { PreparedLabel } from './label.ts';
import { addNumbers, deviationOf, noMoments } from './moments.ts';
import type { Moments } from './moments.ts';
import type { ColumnPlan } from './plan.ts';
import type { ColumnRoles } from './roles.ts';
import { asNumbers, asTexts, selectTable } from './rows.ts';
import type { ColumnCells, NumberCells, TableRows, TextCells } from './rows.ts';
import { numberOfShape, numberOfVector, preparedText, SHAPES, wordCodes } from './words.ts';
import type { PreparedText } from './words.ts';

export interface PreparedNumber {
  name: string;
  /** Training rows that had a number, and that had none. */
  count: number;
  missing: number;
  mean: number;
  deviation: number;
  least: number;
  largest: number;
  /** About ten spans of equally many training numbers, and how many each has; drift is measured by them. */
  spans: Spans;
}

/** Span s is (edges[s − 1], edges[s]]; the first begins and the last ends nowhere. */
export interface Spans {
  /** Ascending. */
  edges: readonly number[];
  /** (edges + 1) */
  rows: readonly number[];
}

export interface PreparedField {
  name: string;
  /** What each code stands for; code 0: missing, or not seen in training. Empty where codes are hashes. */
  levels: readonly string[];
  /** Codes are in [0, codes). */
  codes: number;
  /** Levels of too few training rows, all of them under the code `other` (−1: there are none). */
  rare: readonly string[];
  other: number;
  /** Of a hashed field: its texts are in 2^bits buckets, codes 1 … 2^bits; unlike texts may share one. */
  bits?: number;
  /**
   * Of a stream: levels were not gathered. Codes hold for one table alone and their labels are the texts, which models that hash
   * read; `rows` counts the missing and the others.
   */
  open?: true;
  /** (codes) training rows of each. */
  rows: readonly number[];
}

/** A pre-trained sentence encoder. */
export interface PreparedEncoder {
  /** As the user wrote it. */
  folder: string;
  /** Of all its files. */
  sha256: string;
}

export interface Preparation {
  /** Training rows that it was learned from. */
  rows: number;
  label: PreparedLabel;
  numbers: readonly PreparedNumber[];
  fields: readonly PreparedField[];
  texts: readonly PreparedText[];
  /** What the texts were encoded by, where they were. */
  encoder?: PreparedEncoder;
  group?: string;
  time?: string;
  weight?: string;
  click?: string;
}

/** What a preparation is learned by. */
export interface PreparationSettings {
  plan: ColumnPlan;
  roles: ColumnRoles;
  label: PreparedLabel;
  encoder?: PreparedEncoder;
}

/** Learns from the training rows. Throws `InputError` where a text column has no word that occurs often enough. */
export function learnPreparation(train: TableRows, { plan, roles, label, encoder }: PreparationSettings): Preparation {
  const { group, time, weight, click } = roles;
  return {
    rows: train.size,
    label,
    numbers: plan.numbers.map((name) => preparedNumber(numbersOf(train, name))),
    fields: plan.fields.map((name) => preparedField(textsOf(train, name), roles.rare, roles.hash[name])),
    texts: plan.texts.map((name) => preparedText(textsOf(train, name))),
    ...(encoder && { encoder }),
    ...(group !== undefined && { group }),
    ...(time !== undefined && { time }),
    ...(weight !== undefined && { weight }),
    ...(click !== undefined && { click }),
  };
}

/** Names of the columns that new rows must have for a prediction. */
export function neededColumns({ numbers, fields, texts }: Preparation): string[] {
  return [...numbers, ...fields, ...texts].map(({ name }) => name);
}

/** Rows to predict on. Throws `InputError` where a column is missing. */
export function prepare(preparation: Preparation, rows: TableRows): Examples {
  const { numbers, fields, texts } = preparation;
  const columns = numbers.map(({ name }) => numbersOf(rows, name).values);
  const names = numbers.map(({ name }) => name);
  const sequences: Sequence[] = [];
  for (const text of texts) {
    const cells = textsOf(rows, text.name);
    sequences.push(wordCodes(text, cells));
    for (const shape of SHAPES) {
      names.push(`${text.name}: ${shape}`);
      columns.push(numberOfShape(shape, cells));
    }
    for (let j = 0; j < (text.dimensions ?? 0); j++) {
      names.push(`${text.name}: ${j + 1}`);
      columns.push(numberOfVector(j, cells));
    }
  }
  const d = columns.length;
  const numeric = matrix(rows.size, d);
  columns.forEach((values, j) => {
    for (let i = 0, at = j; i < rows.size; i++, at += d) numeric.data[at] = values[i];
  });
  const { group, time } = preparation;
  return {
    size: rows.size,
    numeric,
    numericNames: names,
    fields: fields.map((field) => fieldCodes(field, textsOf(rows, field.name))),
    sequences,
    ...(group !== undefined && has(rows, group) && { group: groupCodes(textsOf(rows, group)) }),
    ...(time !== undefined && has(rows, time) && { time: numbersOf(rows, time).values }),
  };
}

/**
 * Rows to learn from, or to judge by; `left` counts rows left out because their label is missing. Throws `InputError` where a
 * column is missing, a label is unknown to the model, a weight is no number ≥ 0, or a click neither 0 nor 1.
 */
export function prepareLabelled(
  preparation: Preparation,
  table: TableRows,
): { examples: LabelledExamples; left: number } {
  const { label, weight, click } = preparation;
  const all = labelCodes(label, textsOf(table, label.name));
  const kept = Int32Array.from(all.keys()).filter((i) => all[i] >= 0);
  const rows = kept.length < table.size ? selectTable(table, kept) : table;
  const examples = {
    ...prepare(preparation, rows),
    label: kept.length < table.size ? Int32Array.from(kept, (i) => all[i]) : all,
    classes: label.classes.length,
    classNames: label.classes,
    ...(click !== undefined && has(rows, click) && { click: clicksOf(rows, click) }),
  };
  const left = table.size - kept.length;
  if (weight === undefined || !has(rows, weight)) return { examples, left };
  return { examples: { ...examples, weight: weightsOf(rows, weight) }, left };
}

/** (m) how much each row counts. Throws `InputError` for a weight that is no number ≥ 0. */
export function weightsOf(rows: TableRows, name: string): Float64Array {
  const weights = numbersOf(rows, name).values;
  const bad = weights.findIndex((value) => !(value >= 0 && value < Infinity));
  if (bad < 0) return weights;
  throw new InputError(`weight "${name}": row ${bad + 1} says ${weights[bad]}; use a finite number of 0 or more`);
}

/** Throws `InputError` where no row counts. */
export function checkWeights(weights: Float64Array, name = 'weight'): void {
  if (weights.some((one) => one > 0)) return;
  throw new InputError(`weight "${name}": every row says 0, so none counts; use numbers above 0`);
}

/** Throws `InputError` on anything but 0 and 1. */
function clicksOf(rows: TableRows, name: string): Int32Array {
  const { values } = numbersOf(rows, name);
  const bad = values.findIndex((value) => value !== 0 && value !== 1);
  if (bad < 0) return Int32Array.from(values);
  const said = Number.isNaN(values[bad]) ? 'nothing that is a number' : String(values[bad]);
  throw new InputError(`click "${name}": row ${bad + 1} says ${said}; use 1 for a click and 0 for none`);
}

/** A column as numbers. Throws `InputError` where the table lacks it. */
export function numbersOf(rows: TableRows, name: string): NumberCells {
  const cells = cellsOf(rows, name);
  return cells.kind === 'number' ? cells : asNumbers(cells);
}

/** A column as texts. Throws `InputError` where the table lacks it. */
export function textsOf(rows: TableRows, name: string): TextCells {
  const cells = cellsOf(rows, name);
  return cells.kind === 'text' ? cells : asTexts(cells);
}

const has = ({ columns }: TableRows, name: string): boolean => columns.some((column) => column.name === name);

function cellsOf({ columns }: TableRows, name: string): ColumnCells {
  const cells = columns.find((column) => column.name === name);
  if (cells) return cells;
  throw new InputError(`the rows have no column "${name}"; they have ${columns.map((one) => one.name).join(', ')}`);
}

function preparedNumber({ name, values }: NumberCells): PreparedNumber {
  const moments = noMoments();
  addNumbers(moments, values);
  return numberFacts(name, moments, values);
}

/** What is kept of a number: of all its rows, and spans of some that stand for them. */
export function numberFacts(name: string, moments: Moments, some: Float64Array): PreparedNumber {
  const { count, missing, mean, least, largest } = moments;
  const range = count === 0 ? { least: 0, largest: 0 } : { least, largest };
  return { name, count, missing, mean, deviation: deviationOf(moments), ...range, spans: spansOf(some) };
}

function spansOf(values: Float64Array): Spans {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const at = Array.from({ length: 9 }, (_, t) => sorted[Math.floor(((t + 1) * sorted.length) / 10)]);
  const edges = [...new Set(at)].filter((edge) => edge !== undefined && edge < sorted[sorted.length - 1]);
  const rows = Array.from({ length: edges.length + 1 }, () => 0);
  for (const value of sorted) rows[spanOf(edges, value)]++;
  return { edges, rows };
}

/** The span of a number. */
export function spanOf(edges: readonly number[], value: number): number {
  let span = 0;
  while (span < edges.length && value > edges[span]) span++;
  return span;
}

function preparedField({ name, codes, texts }: TextCells, rare: number, bits: number | undefined): PreparedField {
  const counts = new Int32Array(texts.length);
  for (let i = 0; i < codes.length; i++) counts[codes[i]]++;
  if (bits !== undefined) {
    const rows = Array.from({ length: (1 << bits) + 1 }, () => 0);
    texts.forEach((text, code) => (rows[bucketOf(text, bits)] += counts[code]));
    return { name, levels: [], codes: rows.length, rare: [], other: -1, bits, rows };
  }
  const seen = [...texts.keys()].filter((code) => code > 0 && counts[code] > 0);
  const kept = seen.filter((code) => counts[code] >= rare).sort((a, b) => (texts[a] < texts[b] ? -1 : 1));
  const folded = seen.filter((code) => counts[code] < rare);
  const other = folded.length > 0 ? kept.length + 1 : -1;
  const together = folded.reduce((sum, code) => sum + counts[code], 0);
  return {
    name,
    levels: ['missing', ...kept.map((code) => texts[code]), ...(other > 0 ? ['other'] : [])],
    codes: kept.length + 1 + (other > 0 ? 1 : 0),
    rare: folded.map((code) => texts[code]).sort(),
    other,
    rows: [counts[0], ...kept.map((code) => counts[code]), ...(other > 0 ? [together] : [])],
  };
}

/** 0 of the empty text, else in [1, 2^bits]. */
function bucketOf(text: string, bits: number): number {
  return text === '' ? 0 : 1 + (hashOf(text) % (1 << bits));
}

function fieldCodes({ name, levels, codes, rare, other, bits, open }: PreparedField, cells: TextCells): Field {
  if (open) return { name, levels: cells.texts.length, codes: cells.codes, labels: cells.texts };
  const known = new Map<string, number>();
  for (const level of rare) known.set(level, other);
  // The names of code 0 and of the folded levels are ours, not texts of the table.
  const named = other > 0 ? other : levels.length;
  for (let code = 1; code < named; code++) known.set(levels[code], code);
  const codeOf = (text: string): number => (bits === undefined ? (known.get(text) ?? 0) : bucketOf(text, bits));
  const coded = Int32Array.from(cells.texts, (text) => (text === '' ? 0 : codeOf(text)));
  const out = Int32Array.from(cells.codes, (code) => coded[code]);
  return { name, levels: codes, codes: out, ...(bits === undefined && { labels: levels }) };
}

/** Each missing group is a group of its own. */
function groupCodes({ codes, texts }: TextCells): Int32Array {
  let next = texts.length;
  return codes.map((code) => (code === 0 ? next++ : code));
}
