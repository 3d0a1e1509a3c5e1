/** Rows that say in every column what an earlier row said. */
import type { ColumnCells, TableRows } from './rows.ts';

/** Rows without repeats, ascending: the first of each. Compared cell by cell; missing equals missing. */
export function distinctRows({ size, columns }: TableRows): Int32Array {
  const hashes = columns.map(cellHashes);
  const seen = new Map<number, number[]>();
  const kept: number[] = [];
  for (let i = 0; i < size; i++) {
    let hash = 0;
    for (const of of hashes) hash = (Math.imul(hash ^ of(i), 0x85ebca6b) ^ (hash >>> 13)) | 0;
    const alike = seen.get(hash);
    if (alike?.some((j) => columns.every((column) => sameCell(column, i, j)))) continue;
    if (alike) alike.push(i);
    else seen.set(hash, [i]);
    kept.push(i);
  }
  return Int32Array.from(kept);
}

function cellHashes(column: ColumnCells): (i: number) => number {
  if (column.kind === 'text') return (i) => column.codes[i];
  const bits = new Int32Array(column.values.buffer, column.values.byteOffset, 2 * column.values.length);
  // NaN has many bit patterns, and −0 equals 0.
  return (i) => {
    const value = column.values[i];
    if (Number.isNaN(value)) return 0x7ff80000;
    return value === 0 ? 0 : bits[2 * i] ^ Math.imul(bits[2 * i + 1], 0x9e3779b1);
  };
}

function sameCell(column: ColumnCells, i: number, j: number): boolean {
  if (column.kind === 'text') return column.codes[i] === column.codes[j];
  const [a, b] = [column.values[i], column.values[j]];
  return a === b || (Number.isNaN(a) && Number.isNaN(b));
}
