/** A table held in memory, cells as texts: what `csv-table.ts` and `json-lines.ts` read small files into. */
import type { SkippedRows } from './source.ts';
import { hourOf, kindOf, numberOf, SAMPLE } from './table.ts';
import type { Cells, Table, TableBlock, Want } from './table.ts';

export interface HeldRows {
  path: string;
  names: readonly string[];
  /** (rows)(names) */
  records: readonly (readonly string[])[];
  /** (rows) the line on which each begins, from 1. */
  lines: readonly number[];
  torn: readonly SkippedRows[];
  /** `file:line:column` of a cell. */
  place: (row: number, column: number) => Promise<string>;
}

/** The table of these rows. */
export function heldTable({ path, names, records, lines, torn, place }: HeldRows): Table {
  const columnOf = new Map(names.map((name, j) => [name, j]));
  const column = (name: string): number => columnOf.get(name) as number;
  const sample = records.slice(0, SAMPLE);
  return {
    path,
    names,
    kinds: new Map(names.map((name, j) => [name, kindOf(sample.map((record) => record[j]))])),
    async *blocks(wants, size) {
      for (let first = 0; first < records.length; first += size) {
        yield blockOf(first, Math.min(size, records.length - first), wants);
      }
    },
    numeric: async (wanted) =>
      new Set(wanted.filter((name) => kindOf(records.map((record) => record[column(name)])) === 'number')),
    rejected: async () => torn,
    where: (row) => `${path}:${lines[row]}`,
    cell: async (row, name) => ({ place: await place(row, column(name)), text: records[row][column(name)] }),
  };

  function blockOf(first: number, size: number, wants: readonly Want[]): TableBlock {
    const cells = wants.map(({ name, as }): Cells => {
      const j = column(name);
      if (as === 'text') return Array.from({ length: size }, (_, i) => records[first + i][j]);
      const read = as === 'number' ? numberOf : hourOf;
      const numbers = new Float64Array(size);
      for (let i = 0; i < size; i++) numbers[i] = read(records[first + i][j]);
      return numbers;
    });
    return { first, size, cells };
  }
}
