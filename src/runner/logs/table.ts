/** Rows of a file as columns, whatever holds them: the one thing that a log of mapped columns is made from. */
import type { SkippedRows } from './source.ts';

/** What a column holds: numbers, times, or texts. */
export type CellKind = 'number' | 'hour' | 'text';

/** A column, and what it should be read as. */
export interface Want {
  name: string;
  as: CellKind;
}

/** Numbers (NaN where a cell is blank or no number), hours (since 1970-01-01 UTC where it is a date), or texts. */
export type Cells = Float64Array | readonly string[];

export interface TableBlock {
  /** Rows before these. */
  first: number;
  size: number;
  /** (wants) one column for each that was wanted, of `size` cells. */
  cells: readonly Cells[];
}

export interface Table {
  /** As the user wrote it. */
  path: string;
  names: readonly string[];
  /** What each column holds, by the file's own types; where it has none, by its first `SAMPLE` rows. */
  kinds: ReadonlyMap<string, CellKind>;
  /** Columns that the file itself calls names, also where they look like numbers. */
  nominal?: ReadonlySet<string>;
  /** Blocks of `size` rows, the last one shorter, in the file's order. Throws `InputError` where the file is damaged. */
  blocks(wants: readonly Want[], size: number): AsyncIterable<TableBlock>;
  /** Those of the columns that hold nothing but numbers and blanks; every row is looked at. */
  numeric(names: readonly string[]): Promise<ReadonlySet<string>>;
  /** Rows that are not among the blocks because they are torn; known after a pass. */
  rejected(): Promise<readonly SkippedRows[]>;
  /** Where a row stands: `log.csv:17`, or `log.parquet row 16`. */
  where(row: number): string;
  /**
   * The count of rows, whether all of them are `sound` (laws in the words of SQL, each of the column wanted), and the
   * different cells of `names`, at most `most`; only where that is much quicker than to read the rows.
   */
  tally?(given: {
    sound: readonly { want: Want; law: (cell: string) => string }[];
    names: Want;
    most: number;
  }): Promise<{ rows: number; sound: boolean; names: readonly (string | number)[] }>;
  /** A cell as it is written, and where; `fault` where the whole row is no row. */
  cell(row: number, name: string): Promise<{ place: string; text: string; fault?: string }>;
}

/** So many rows say what a column holds where the file does not. */
export const SAMPLE = 1000;

/** A cell as a number; NaN where it is blank or none. `true` and `false` are 1 and 0. */
export function numberOf(text: string): number {
  const value = Number(text);
  if (value === 0 && text.trim() === '') return NaN; // what is blank passes for 0
  if (!Number.isNaN(value)) return value;
  const word = text.trim().toLowerCase();
  return word === 'true' ? 1 : word === 'false' ? 0 : NaN;
}

const MS_PER_HOUR = 3_600_000;

/** [h] A cell as a time: a number as it is, a date since 1970 in UTC (also where it names no zone); NaN where it is neither. */
export function hourOf(text: string): number {
  const number = numberOf(text);
  if (!Number.isNaN(number)) return number;
  if (!/^\s*\d{4}-\d\d-\d\d/u.test(text)) return NaN;
  const iso = text
    .trim()
    .replace(' ', 'T')
    .replace(/(\.\d{3})\d+/u, '$1')
    .replace(/([+-]\d\d)$/u, '$1:00');
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/u.test(iso) || !iso.includes('T') ? iso : `${iso}Z`;
  return Date.parse(zoned) / MS_PER_HOUR;
}

/** What a column holds, by a sample of its cells: numbers or times where every cell that is not blank is one. */
export function kindOf(sample: readonly string[]): CellKind {
  const filled = sample.filter((text) => text.trim() !== '');
  if (filled.length === 0) return 'number';
  if (filled.every((text) => !Number.isNaN(numberOf(text)) || text.trim().toLowerCase() === 'nan')) return 'number';
  return filled.every((text) => !Number.isNaN(hourOf(text))) ? 'hour' : 'text';
}
