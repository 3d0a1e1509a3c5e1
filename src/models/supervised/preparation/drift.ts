/** How new rows differ from those that a preparation was learned from, column by column, without keeping them. */
import { chiSquareTail } from '../../../core/chi-square.ts';
import type { Field } from '../examples.ts';
import { numbersOf, spanOf, textsOf } from './preparation.ts';
import type { PreparedField, PreparedNumber, Preparation } from './preparation.ts';
import type { TableRows } from './rows.ts';

export interface ColumnDrift {
  name: string;
  /** Share of missing cells, in training and now. */
  missing: readonly [before: number, now: number];
  /** Numbers: share now outside the range of training. Categories: share now of levels that training never met. */
  unseen: number;
  /**
   * Population stability index, Σ (q − p) log(q / p) over about ten spans or over levels, half a row added to each: 0 for the same
   * shares, above 0.1 by convention noticeable, above 0.25 large.
   */
  index: number;
  /** Chance of an index as large of two samples of one distribution (n·m/(n + m) × index is about χ²). */
  pValue: number;
}

/** Counts, block by block. */
export interface DriftWatch {
  add(rows: TableRows, fields: readonly Field[]): void;
  /** In the preparation's order: numbers, then fields. */
  columns(): ColumnDrift[];
}

/** Watches for drift against the training rows of a preparation. `add` takes the rows and the fields that `prepare` made of them. */
export function driftWatch({ numbers, fields, rows }: Preparation): DriftWatch {
  const ofNumbers = numbers.map((one) => numberWatch(one));
  const ofFields = fields.map((one) => fieldWatch(one, rows));
  return {
    add(table, coded) {
      numbers.forEach(({ name }, j) => ofNumbers[j].add(numbersOf(table, name).values));
      fields.forEach(({ name }, j) => {
        const { codes, texts } = textsOf(table, name);
        let blank = 0;
        for (let i = 0; i < codes.length; i++) if (texts[codes[i]] === '') blank++;
        ofFields[j].add(coded[j].codes, blank);
      });
    },
    columns: () => [...ofNumbers, ...ofFields].map((one) => one.column()),
  };
}

function numberWatch(prepared: PreparedNumber): { add(values: Float64Array): void; column(): ColumnDrift } {
  const { name, count, missing, least, largest, spans } = prepared;
  const now = new Float64Array(spans.rows.length);
  let [there, blank, outside] = [0, 0, 0];
  return {
    add(values) {
      for (const value of values) {
        if (Number.isNaN(value)) {
          blank++;
          continue;
        }
        there++;
        if (value < least || value > largest) outside++;
        now[spanOf(spans.edges, value)]++;
      }
    },
    column: () => ({
      name,
      missing: [shareOf(missing, count + missing), shareOf(blank, there + blank)],
      unseen: shareOf(outside, there),
      ...stability(spans.rows, now),
    }),
  };
}

function fieldWatch(
  { name, codes, rows: before, open }: PreparedField,
  rows: number,
): { add(codes: Int32Array, blank: number): void; column(): ColumnDrift } {
  const now = new Float64Array(codes);
  let [size, blank] = [0, 0];
  return {
    add(coded, missing) {
      for (const code of coded) now[open ? Math.min(code, 1) : code]++;
      size += coded.length;
      blank += missing;
    },
    column: () => ({
      name,
      missing: [shareOf(before[0], rows), shareOf(blank, size)],
      unseen: shareOf(now[0] - blank, size),
      ...stability(before, now),
    }),
  };
}

const shareOf = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/** Of counts before and now. */
function stability(before: ArrayLike<number>, now: ArrayLike<number>): { index: number; pValue: number } {
  const sum = (counts: ArrayLike<number>): number => Array.from(counts).reduce((a, b) => a + b, 0);
  const [n, m] = [sum(before), sum(now)];
  const used = Array.from({ length: before.length }, (_, s) => s).filter((s) => before[s] > 0 || now[s] > 0);
  if (n === 0 || m === 0 || used.length < 2) return { index: 0, pValue: 1 };
  let index = 0;
  for (const s of used) {
    const p = (before[s] + 0.5) / (n + 0.5 * used.length);
    const q = (now[s] + 0.5) / (m + 0.5 * used.length);
    index += (q - p) * Math.log(q / p);
  }
  return { index, pValue: chiSquareTail((index * n * m) / (n + m), used.length - 1) };
}
