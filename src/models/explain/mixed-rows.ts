/**
 * Rows put together of columns of other rows: what every way of explaining a model from outside asks it about. A column that an
 * explanation speaks of may be several of a model's (a text is a sequence of words and numbers of its shape): these go together.
 */
import { matrix } from '../../core/matrix.ts';
import type { Examples } from '../supervised/examples.ts';

/** Columns that are taken together, under one name: positions in `numericNames`, `fields` and `sequences`. */
export interface ExplainedColumn {
  name: string;
  numbers: readonly number[];
  fields: readonly number[];
  sequences: readonly number[];
}

/** Each number, field and sequence under its name; numbers called `NAME: …` belong to the sequence NAME. */
export function wholeColumns({ numericNames, fields, sequences }: Examples): ExplainedColumn[] {
  const texts = sequences.map(({ name }) => name);
  const ownerOf = (name: string): number => texts.findIndex((text) => name.startsWith(`${text}: `));
  return [
    ...numericNames.flatMap((name, j) =>
      ownerOf(name) < 0 ? [{ name, numbers: [j], fields: [], sequences: [] }] : [],
    ),
    ...fields.map(({ name }, f) => ({ name, numbers: [], fields: [f], sequences: [] })),
    ...texts.map((name, s) => {
      const numbers = [...numericNames.keys()].filter((j) => ownerOf(numericNames[j]) === s);
      return { name, numbers, fields: [], sequences: [s] };
    }),
  ];
}

/** The same with some of them as one: `together` lists names. Throws RangeError where one is unknown or named twice. */
export function groupedColumns(
  columns: readonly ExplainedColumn[],
  together: readonly (readonly string[])[],
): ExplainedColumn[] {
  const grouped = together.map((names) => {
    const parts = names.map((name) => {
      const found = columns.find((column) => column.name === name);
      if (found) return found;
      throw new RangeError(`there is no column "${name}"`);
    });
    const all = (key: 'numbers' | 'fields' | 'sequences'): number[] => parts.flatMap((part) => [...part[key]]);
    return { name: names.join(' + '), numbers: all('numbers'), fields: all('fields'), sequences: all('sequences') };
  });
  const named = together.flat();
  if (new Set(named).size < named.length) throw new RangeError('a column is in two groups');
  return [...columns.filter(({ name }) => !named.includes(name)), ...grouped];
}

/** Row r takes column c from row `donors[c][r]` of `rows`; `columns` are all there are. Groups and times are left out. */
export function mixedRows(
  rows: Examples,
  columns: readonly ExplainedColumn[],
  donors: readonly Int32Array[],
): Examples {
  const size = donors.length === 0 ? rows.size : donors[0].length;
  const d = rows.numeric.columns;
  const numeric = matrix(size, d);
  const fields = rows.fields.map((field) => ({ ...field, codes: new Int32Array(size) }));
  const sequences = rows.sequences.map((sequence) => ({
    ...sequence,
    codes: new Int32Array(size * sequence.steps),
    length: new Int32Array(size),
  }));
  columns.forEach((column, c) => {
    const from = donors[c];
    for (const j of column.numbers) {
      for (let r = 0; r < size; r++) numeric.data[r * d + j] = rows.numeric.data[from[r] * d + j];
    }
    for (const f of column.fields) {
      for (let r = 0; r < size; r++) fields[f].codes[r] = rows.fields[f].codes[from[r]];
    }
    for (const s of column.sequences) {
      const { steps, codes, length } = rows.sequences[s];
      for (let r = 0; r < size; r++) {
        sequences[s].length[r] = length[from[r]];
        for (let t = 0; t < steps; t++) sequences[s].codes[r * steps + t] = codes[from[r] * steps + t];
      }
    }
  });
  const { numericNames } = rows;
  return { size, numeric, numericNames, fields, sequences };
}
