/**
 * The studentised bootstrap (bootstrap-t): what is resampled is not the estimate but its distance from the estimate in
 * standard errors, so the interval is wide where a resample with few clicks believes in itself too much. Efron 1982; Hall
 * 1988: its coverage error falls with 1/m where the percentile's falls with 1/√m.
 */
import type { Matrix } from '../../core/contracts.ts';
import { matrix, row } from '../../core/matrix.ts';
import type { Moments } from '../moments.ts';
import { RESAMPLES, noRows, sortedQuantile } from './bootstrap.ts';
import { standardError } from './delta.ts';
import { resampledSums } from './resampled-sums.ts';
import type { IntervalRule } from './rule.ts';

/** (m × c + c(c+1)/2) each row less the mean row, and its products: a resample's sums are then its moments. */
export function withProducts(rows: Matrix, { sums, count }: Moments): Matrix {
  const c = rows.columns;
  const wide = matrix(count, c + (c * (c + 1)) / 2);
  const { data } = wide;
  for (let i = 0, at = 0; i < count; i++) {
    const start = at;
    for (let a = 0; a < c; a++) data[at++] = rows.data[i * c + a] - sums[a] / count;
    for (let a = 0; a < c; a++) for (let b = 0; b <= a; b++) data[at++] = data[start + a] * data[start + b];
  }
  return wide;
}

/** The moments of a resample, from the sums over its rows of `withProducts`. */
export function momentsOfResample(wide: Float64Array, { sums, count }: Moments): Moments {
  const c = sums.length;
  const found = {
    count,
    sums: Float64Array.from(sums, (sum, a) => sum + wide[a]),
    cross: new Float64Array(c * c),
  };
  for (let a = 0, at = c; a < c; a++) {
    for (let b = 0; b <= a; b++, at++) {
      found.cross[a * c + b] = found.cross[b * c + a] = wide[at] - (wide[a] * wide[b]) / count;
    }
    // What rounding leaves of a spread that is none.
    if (found.cross[a * c + a] < 0) found.cross[a * c + a] = 0;
  }
  return found;
}

export const bootstrapStudentised: IntervalRule = {
  name: 'bootstrap-studentised',
  summary: `The estimate less quantiles of how many standard errors ${RESAMPLES} resampled estimates lie away from it.`,
  reference: 'Efron 1982; Hall 1988 (bootstrap-t)',
  unsuited: noRows,
  interval({ estimator, moments, rows, random }, level) {
    const value = estimator.value(moments.sums, moments.count);
    const error = standardError(estimator, moments);
    if (error === 0) return [value, value];
    const sums = resampledSums(withProducts(rows as Matrix, moments), 0, RESAMPLES, random);
    const distances = new Float64Array(RESAMPLES);
    for (let b = 0; b < RESAMPLES; b++) {
      const drawn = momentsOfResample(row(sums, b), moments);
      const gap = estimator.value(drawn.sums, moments.count) - value;
      const spread = standardError(estimator, drawn);
      // A resample without spread is infinitely sure of itself: it says that the log may be so.
      distances[b] = spread > 1e-9 * error ? gap / spread : gap === 0 ? 0 : gap * Infinity;
    }
    const sorted = distances.filter((x) => !Number.isNaN(x)).sort();
    return [
      value - error * sortedQuantile(sorted, 0.5 + level / 2),
      value - error * sortedQuantile(sorted, 0.5 - level / 2),
    ];
  },
};
