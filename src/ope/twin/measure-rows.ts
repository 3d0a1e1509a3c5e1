/**
 * How often intervals over slates or episodes hold the truth on logs like this one: drawn from its own rows with replacement,
 * where the estimate from all of them is the truth (the iterated bootstrap, Hall 1986). Weights heavier than any that was seen
 * are beyond it, so that what falls short here falls short for certain, and what holds here may yet.
 */
import type { Matrix, Random } from '../../core/contracts.ts';
import { matrix } from '../../core/matrix.ts';
import { studentQuantile } from '../../core/quantiles.ts';
import { rowEstimate } from '../row-estimator.ts';
import type { SumEstimator } from '../sum-estimator.ts';
import { count, coverageOf, noHits } from './hits.ts';
import { twinT } from './measure-coverage.ts';
import type { EstimatorCoverage } from './measure-coverage.ts';
import { pivot } from './pivots.ts';

export interface RowWorlds {
  level: number;
  /** n: rows of each world. */
  rows: number;
  worlds: number;
  random: Random;
}

/** `contributions` (m×columns): the estimator's, of every row. */
export function measureRows(
  estimator: SumEstimator,
  contributions: Matrix,
  { level, rows: n, worlds, random }: RowWorlds,
): EstimatorCoverage {
  const { rows: m, columns: c, data } = contributions;
  const truth = rowEstimate(estimator, m, (out, from, to) => out.data.set(data.subarray(from * c, to * c))).value;
  const quantile = studentQuantile(0.5 + level / 2, n - 1);
  const drawn = matrix(n, c);
  const values = new Float64Array(worlds);
  const errors = new Float64Array(worlds);
  const pivots = new Float64Array(worlds);
  const hits = noHits();
  for (let world = 0; world < worlds; world++) {
    const words = random.burst(n, world, 0);
    for (let i = 0; i < n; i++) {
      const from = Math.floor(((words[i] >>> 0) / 2 ** 32) * m) * c;
      for (let a = 0; a < c; a++) drawn.data[i * c + a] = data[from + a];
    }
    const { value, error } = rowEstimate(estimator, n, (out, from, to) =>
      out.data.set(drawn.data.subarray(from * c, to * c)),
    );
    values[world] = value;
    errors[world] = error;
    pivots[world] = pivot(value, error, truth);
    count(hits, [value - quantile * error, value + quantile * error], truth);
  }
  return {
    rules: [coverageOf('delta-t', hits, worlds), twinT(values, errors, pivots, truth, { level })],
    pivots,
  };
}
