/**
 * Rows as one dense matrix, for linear models and networks: numbers standardised, missing ones at the mean with a column that
 * says so, one column per level of each field. What it needs to know (means, scales, which columns) is learned from the
 * training rows alone.
 */
import type { Matrix } from '../../core/contracts.ts';
import { matrix } from '../../core/matrix.ts';
import type { SparseRows } from '../ctr/newton.ts';
import type { Examples } from './examples.ts';

/** How rows become a matrix; JSON values only, so that a model can keep it. */
export interface Design {
  numbers: readonly NumberColumn[];
  /** Fields by position, with the column at which their levels begin. Level 0 has none: it is all zeros. */
  fields: readonly { name: string; levels: number; first: number }[];
  /** Width of the matrix. */
  columns: number;
  /** (columns) */
  names: readonly string[];
}

interface NumberColumn {
  name: string;
  mean: number;
  /** 1 / standard deviation; 0 for a constant column, which then never enters. */
  inverseScale: number;
  /** Column that is 1 where the number is missing; −1 where none was in the training rows. */
  missing: number;
}

/** Learns the design from the training rows. */
export function designFor(train: Examples): Design {
  const names = [...train.numericNames];
  const numbers = train.numericNames.map((name, j): NumberColumn => {
    const { mean, inverseScale, missing } = columnMoments(train.numeric, j);
    return { name, mean, inverseScale, missing: missing ? names.push(`${name} missing`) - 1 : -1 };
  });
  const fields = train.fields.map(({ name, levels, labels }) => {
    const first = names.length;
    for (let level = 1; level < levels; level++) names.push(`${name}=${labels?.[level] ?? level}`);
    return { name, levels, first };
  });
  return { numbers, fields, columns: names.length, names };
}

/** (m×columns). Throws RangeError where the rows have other columns than those learned from. */
export function designMatrix(design: Design, rows: Examples): Matrix {
  const { width, index, value } = designRows(design, rows);
  const out = matrix(rows.size, design.columns);
  for (let i = 0; i < rows.size; i++) {
    for (let e = i * width; e < (i + 1) * width; e++) {
      if (value[e] !== 0) out.data[i * design.columns + index[e]] = value[e];
    }
  }
  return out;
}

/** The same rows, without the zeros of the fields. Throws RangeError where they have other columns than those learned from. */
export function designRows({ numbers, fields, columns }: Design, rows: Examples): SparseRows {
  const { numeric } = rows;
  const d = numbers.length;
  if (numeric.columns !== d || rows.fields.length !== fields.length) {
    throw new RangeError(
      `design: ${numeric.columns} numbers and ${rows.fields.length} fields, not ${d} and ${fields.length}`,
    );
  }
  const flagged = Int32Array.from(numbers.keys()).filter((j) => numbers[j].missing >= 0);
  const width = d + flagged.length + fields.length;
  const index = new Int32Array(rows.size * width);
  const value = new Float64Array(rows.size * width);
  for (let i = 0; i < rows.size; i++) {
    let at = i * width;
    for (let j = 0; j < d; j++, at++) {
      const raw = numeric.data[i * d + j];
      index[at] = j;
      value[at] = Number.isNaN(raw) ? 0 : (raw - numbers[j].mean) * numbers[j].inverseScale;
    }
    for (const j of flagged) {
      index[at] = numbers[j].missing;
      value[at++] = Number.isNaN(numeric.data[i * d + j]) ? 1 : 0;
    }
    for (let f = 0; f < fields.length; f++, at++) {
      const code = rows.fields[f].codes[i];
      const known = code > 0 && code < fields[f].levels;
      index[at] = known ? fields[f].first + code - 1 : Math.min(fields[f].first, columns - 1);
      value[at] = known ? 1 : 0;
    }
  }
  return { rows: rows.size, columns, width, index, value };
}

/** Mean and scale of the numbers that are there, in two passes. */
function columnMoments(
  { rows, columns, data }: Matrix,
  j: number,
): { mean: number; inverseScale: number; missing: boolean } {
  let count = 0;
  let sum = 0;
  for (let i = 0; i < rows; i++) {
    const value = data[i * columns + j];
    if (Number.isNaN(value)) continue;
    count++;
    sum += value;
  }
  const mean = count === 0 ? 0 : sum / count;
  let square = 0;
  for (let i = 0; i < rows; i++) {
    const value = data[i * columns + j];
    if (!Number.isNaN(value)) square += (value - mean) ** 2;
  }
  const variance = count === 0 ? 0 : square / count;
  // Below this, what is left of a column is rounding: it is constant.
  return {
    mean,
    inverseScale: variance > 1e-18 * (1 + mean * mean) ? 1 / Math.sqrt(variance) : 0,
    missing: count < rows,
  };
}
