/** A table's rows as they were read: numbers, or texts as codes. What a preparation learns from, and is applied to. */
import type { Matrix } from '../../../core/matrix.ts';

/** Numbers, NaN where missing. */
export interface NumberCells {
  kind: 'number';
  name: string;
  /** (m) */
  values: Float64Array;
  /** Cells that said something, but no number: they are among the missing. */
  odd: number;
}

/** Texts, each distinct one once. */
export interface TextCells {
  kind: 'text';
  name: string;
  /** (m) index into `texts`; 0 is missing. */
  codes: Int32Array;
  /** `texts[0]` is the empty text. */
  texts: readonly string[];
  /** (texts×D) what a sentence encoder says of each, NaN of the empty one; where one was asked. */
  vectors?: Matrix;
}

export type ColumnCells = NumberCells | TextCells;

export interface TableRows {
  /** m */
  size: number;
  /** In the table's order. */
  columns: readonly ColumnCells[];
}

/** What says in many tables that a cell holds nothing; compared trimmed and in lower case. */
const MISSING: ReadonlySet<string> = new Set(['', 'na', 'n/a', 'nan', 'null', '?']);

/** True for a cell that holds nothing. */
export function isMissing(text: string): boolean {
  return MISSING.has(text.trim().toLowerCase());
}

/** A cell as the name of a level: trimmed, and `3` where a table of numbers wrote `3.0`. */
export function levelOf(text: string): string {
  const trimmed = text.trim();
  return /^-?\d+\.0+$/u.test(trimmed) ? trimmed.slice(0, trimmed.indexOf('.')) : trimmed;
}

/** A cell as a number: `true` and `false` are 1 and 0; NaN where it is none. */
export function numberOf(text: string): number {
  const trimmed = text.trim();
  if (trimmed === '') return Number.NaN;
  const value = Number(trimmed);
  if (!Number.isNaN(value)) return value;
  const word = trimmed.toLowerCase();
  return word === 'true' ? 1 : word === 'false' ? 0 : Number.NaN;
}

/** Numbers from texts: those that are none, and don't say "missing" either, are counted as odd. */
export function asNumbers({ name, codes, texts }: TextCells): NumberCells {
  const values = Float64Array.from(texts, numberOf);
  const odd = Uint8Array.from(texts, (text, c) => (Number.isNaN(values[c]) && !isMissing(text) ? 1 : 0));
  let count = 0;
  for (let i = 0; i < codes.length; i++) count += odd[codes[i]];
  return { kind: 'number', name, values: Float64Array.from(codes, (code) => values[code]), odd: count };
}

/** Texts from numbers, as a person would write them. */
export function asTexts({ name, values }: NumberCells): TextCells {
  const coder = textCoder();
  const codes = Int32Array.from(values, (value) => coder.code(Number.isNaN(value) ? '' : String(value)));
  return { kind: 'text', name, codes, texts: coder.texts };
}

/** Numbers texts in the order in which they come; what says "missing" is 0. */
export function textCoder(): { texts: string[]; code(text: string): number } {
  const texts = [''];
  const known = new Map<string, number>();
  return {
    texts,
    code(text) {
      let code = known.get(text);
      if (code !== undefined) return code;
      const level = isMissing(text) ? '' : levelOf(text);
      code = level === '' ? 0 : known.get(level);
      if (code === undefined) {
        code = texts.push(level) - 1;
        known.set(level, code);
      }
      known.set(text, code);
      return code;
    },
  };
}

/** The rows `rows`, in that order. */
export function selectTable({ columns }: TableRows, rows: ArrayLike<number>): TableRows {
  const size = rows.length;
  return {
    size,
    columns: columns.map((column) => {
      if (column.kind === 'text') {
        const codes = new Int32Array(size);
        for (let i = 0; i < size; i++) codes[i] = column.codes[rows[i]];
        return { ...column, codes };
      }
      const values = new Float64Array(size);
      for (let i = 0; i < size; i++) values[i] = column.values[rows[i]];
      return { ...column, values };
    }),
  };
}
