/** A matrix is its shape and one row-major Float64Array. */
export interface Matrix {
  rows: number;
  columns: number;
  /** (rows×columns) row-major: row i is [i·columns, (i + 1)·columns). */
  data: Float64Array;
}

/** A matrix of zeros, or a view on `data` where it is given. Throws RangeError if `data` is too short. */
export function matrix(rows: number, columns: number, data?: Float64Array): Matrix {
  if (data !== undefined && data.length < rows * columns) {
    throw new RangeError(`matrix: ${rows}×${columns} needs ${rows * columns} numbers, got ${data.length}`);
  }
  return { rows, columns, data: data ?? new Float64Array(rows * columns) };
}

/** A view on row i; writing to it writes to the matrix. */
export function row(m: Matrix, i: number): Float64Array {
  return m.data.subarray(i * m.columns, (i + 1) * m.columns);
}

/** A matrix from an array of equally long rows. Throws RangeError if they differ in length. */
export function matrixFrom(rows: readonly ArrayLike<number>[], columns: number = rows[0]?.length ?? 0): Matrix {
  const m = matrix(rows.length, columns);
  rows.forEach((values, i) => {
    if (values.length !== columns)
      throw new RangeError(`matrix: row ${i} has ${values.length} numbers, expected ${columns}`);
    m.data.set(values, i * columns);
  });
  return m;
}

/** A view on rows [from, to). */
export function rowRange(m: Matrix, from: number, to: number): Matrix {
  return { rows: to - from, columns: m.columns, data: m.data.subarray(from * m.columns, to * m.columns) };
}
