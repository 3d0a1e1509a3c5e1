/** Rows of terms: what each of n texts holds of v terms, without the zeros (compressed sparse rows). */
import type { Matrix } from '../../core/matrix.ts';
import { matrix } from '../../core/matrix.ts';

export interface TermRows {
  rows: number; // n
  columns: number; // v
  /** (n + 1) row i has the entries [starts[i], starts[i + 1]). */
  starts: Int32Array;
  /** (entries) columns, ascending within a row. */
  index: Int32Array;
  /** (entries) */
  value: Float64Array;
}

/**
 * Rows whose value in a column is the sum of what `entries(i)` says of it; columns whose sum is 0 are left out. `entries`
 * gives (column, value) pairs in any order, a column as often as it likes.
 */
export function termRows(
  rows: number,
  columns: number,
  entries: (row: number) => Iterable<readonly [column: number, value: number]>,
): TermRows {
  const starts = new Int32Array(rows + 1);
  const index: number[] = [];
  const value: number[] = [];
  for (let i = 0; i < rows; i++) {
    const sums = new Map<number, number>();
    for (const [column, amount] of entries(i)) sums.set(column, (sums.get(column) ?? 0) + amount);
    const filled = [...sums].filter(([, sum]) => sum !== 0).sort(([a], [b]) => a - b);
    for (const [column, sum] of filled) {
      index.push(column);
      value.push(sum);
    }
    starts[i + 1] = index.length;
  }
  return { rows, columns, starts, index: Int32Array.from(index), value: Float64Array.from(value) };
}

/** Scales every row to length 1, in place; empty rows stay empty. */
export function normaliseRows({ rows, starts, value }: TermRows): void {
  for (let i = 0; i < rows; i++) {
    let square = 0;
    for (let e = starts[i]; e < starts[i + 1]; e++) square += value[e] * value[e];
    if (square === 0) continue;
    const scale = 1 / Math.sqrt(square);
    for (let e = starts[i]; e < starts[i + 1]; e++) value[e] *= scale;
  }
}

/** A·B (n×l), of B (v×l). */
export function timesDense({ rows, starts, index, value, columns }: TermRows, b: Matrix): Matrix {
  const l = b.columns;
  if (b.rows !== columns) throw new RangeError(`terms: ${rows}×${columns} times ${b.rows}×${l}`);
  const out = matrix(rows, l);
  for (let i = 0; i < rows; i++) {
    const to = i * l;
    for (let e = starts[i]; e < starts[i + 1]; e++) {
      const from = index[e] * l;
      const amount = value[e];
      for (let j = 0; j < l; j++) out.data[to + j] += amount * b.data[from + j];
    }
  }
  return out;
}

/** Aᵀ·B (v×l), of B (n×l). */
export function transposeTimesDense({ rows, starts, index, value, columns }: TermRows, b: Matrix): Matrix {
  const l = b.columns;
  if (b.rows !== rows) throw new RangeError(`terms: ${columns}×${rows} times ${b.rows}×${l}`);
  const out = matrix(columns, l);
  for (let i = 0; i < rows; i++) {
    const from = i * l;
    for (let e = starts[i]; e < starts[i + 1]; e++) {
      const to = index[e] * l;
      const amount = value[e];
      for (let j = 0; j < l; j++) out.data[to + j] += amount * b.data[from + j];
    }
  }
  return out;
}
