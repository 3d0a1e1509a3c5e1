/** Small tables for tests. */
import { asNumbers, textCoder } from '../../../../src/models/supervised/preparation/rows.ts';
import type { ColumnCells, TableRows, TextCells } from '../../../../src/models/supervised/preparation/rows.ts';

/** A column of texts as a file has them. */
export function texts(name: string, cells: readonly string[]): TextCells {
  const coder = textCoder();
  const codes = Int32Array.from(cells, (cell) => coder.code(cell));
  return { kind: 'text', name, codes, texts: coder.texts };
}

/** Columns by name: numbers where every cell is a number or missing, else texts. */
export function tableOf(columns: Readonly<Record<string, readonly (string | number)[]>>): TableRows {
  const cells = Object.entries(columns).map(([name, values]): ColumnCells => {
    const text = texts(name, values.map(String));
    const numbers = asNumbers(text);
    return numbers.odd === 0 ? numbers : text;
  });
  return { size: Object.values(columns)[0].length, columns: cells };
}
