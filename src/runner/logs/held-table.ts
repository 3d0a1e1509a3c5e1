/** A table held in memory, cells as texts: what `csv-table.ts` and `json-lines.ts` read small files into. */
import type { SkippedRows } from './source.ts';
import { hourOf, kindOf, numberOf, SAMPLE } from './table.ts';
import type { Cells, Table, Want } from './table.ts';

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
  const read = new Map<string, Cells>();
  return {
    path,
    names,
    kinds: new Map(names.map((name, j) => [name, kindOf(sample.map((record) => record[j]))])),
    async *blocks(wants, size) {
      const columns = wants.map(cellsOf);
      for (let first = 0; first < records.length; first += size) {
        const end = Math.min(first + size, records.length);
        yield { first, size: end - first, cells: columns.map((cells) => cells.slice(first, end)) };
      }
    },
    numeric: async (wanted) =>
      new Set(wanted.filter((name) => kindOf(records.map((record) => record[column(name)])) === 'number')),
    rejected: async () => torn,
    where: (row) => `${path}:${lines[row]}`,
    cell: async (row, name) => ({ place: await place(row, column(name)), text: records[row][column(name)] }),
  };

  /** The whole column; passes over a log are several, and its cells are read once. */
  function cellsOf({ name, as }: Want): Cells {
    const key = `${as} ${name}`;
    const known = read.get(key);
    if (known) return known;
    const j = column(name);
    const cells = as === 'text' ? records.map((record) => record[j]) : numbers(j, as === 'number' ? numberOf : hourOf);
    read.set(key, cells);
    return cells;
  }

  function numbers(j: number, of: (text: string) => number): Float64Array {
    const found = new Float64Array(records.length);
    for (let i = 0; i < found.length; i++) found[i] = of(records[i][j]);
    return found;
  }
}
