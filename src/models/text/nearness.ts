/** How near vectors lie: cosines, nearest neighbours, and means of the vectors of many things. */
import type { Matrix } from '../../core/matrix.ts';
import { matrix } from '../../core/matrix.ts';
import type { TermRows } from './terms.ts';
import { timesDense } from './terms.ts';

/** Cosine of rows a and b in [−1, 1]; 0 where either is zero. */
export function cosine({ data, columns: d }: Matrix, a: number, b: number): number {
  let [inner, squareA, squareB] = [0, 0, 0];
  for (let j = 0; j < d; j++) {
    const [x, y] = [data[a * d + j], data[b * d + j]];
    inner += x * y;
    squareA += x * x;
    squareB += y * y;
  }
  return squareA * squareB === 0 ? 0 : inner / Math.sqrt(squareA * squareB);
}

/** The rows with the largest cosine to row `of`, itself left out; of equals the first. */
export function nearestTo(vectors: Matrix, of: number, count: number): { row: number; cosine: number }[] {
  return Array.from({ length: vectors.rows }, (_, row) => ({ row, cosine: row === of ? -2 : cosine(vectors, of, row) }))
    .toSorted((a, b) => b.cosine - a.cosine)
    .slice(0, Math.min(count, vectors.rows - 1));
}

/** (n×D) mean of the vectors of each row's terms, weighed by the row's values; zeros where a row is empty. */
export function meanVectors(rows: TermRows, vectors: Matrix): Matrix {
  const sums = timesDense(rows, vectors);
  const ones = timesDense(rows, matrix(rows.columns, 1, new Float64Array(rows.columns).fill(1)));
  const d = vectors.columns;
  for (let at = 0; at < sums.data.length; at++) {
    const weight = ones.data[Math.floor(at / d)];
    if (weight !== 0) sums.data[at] /= weight;
  }
  return sums;
}
