/** Logistic regression with an offset, to recover planted slopes from a log. Newton's method. */
export interface Observation {
  /** Features, the constant included where one is wanted. */
  x: readonly number[];
  /** Known part of the logit. */
  offset: number;
  /** 0 or 1. */
  y: number;
}

/** Maximum likelihood and its standard errors. */
export interface Fit {
  slopes: readonly number[];
  errors: readonly number[];
}

/** Fits the slopes. */
export function logisticFit(rows: readonly Observation[]): Fit {
  const d = rows[0].x.length;
  const slopes = Array.from({ length: d }, () => 0);
  let inverse: number[][] = [];
  for (let iteration = 0; iteration < 25; iteration++) {
    const gradient = Array.from({ length: d }, () => 0);
    const information = slopes.map(() => Array.from({ length: d }, () => 0));
    for (const { x, offset, y } of rows) {
      let logit = offset;
      for (let j = 0; j < d; j++) logit += slopes[j] * x[j];
      const p = 1 / (1 + Math.exp(-logit));
      for (let j = 0; j < d; j++) {
        gradient[j] += (y - p) * x[j];
        for (let g = 0; g < d; g++) information[j][g] += p * (1 - p) * x[j] * x[g];
      }
    }
    inverse = invert(information);
    for (let j = 0; j < d; j++) for (let g = 0; g < d; g++) slopes[j] += inverse[j][g] * gradient[g];
  }
  return { slopes, errors: inverse.map((row, j) => Math.sqrt(row[j])) };
}

function invert(a: readonly (readonly number[])[]): number[][] {
  const d = a.length;
  const m = a.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))]);
  for (let i = 0; i < d; i++) {
    const pivot = m[i][i];
    m[i] = m[i].map((v) => v / pivot);
    for (let r = 0; r < d; r++) if (r !== i) m[r] = m[r].map((v, c) => v - m[r][i] * m[i][c]);
  }
  return m.map((row) => row.slice(d));
}
