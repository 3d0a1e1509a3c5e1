/**
 * The peers' bootstrap: means of resampled values of rows. For self-normalised estimators a row's value has the denominators of
 * the whole log in it, which then do not vary as they should; here only to show that our rows are theirs.
 */
import type { Matrix } from '../../src/core/matrix.ts';
import { numpyIndices } from './numpy-random.ts';

/** (m) Each row's value: a first column as it is where their number is odd, and of each pair numerator / mean denominator. */
export function peerValues({ rows: m, columns: c, data }: Matrix): Float64Array {
  const means = new Float64Array(c);
  for (let at = 0; at < m * c; at++) means[at % c] += data[at] / m;
  return Float64Array.from({ length: m }, (_, i) => {
    let value = c % 2 === 1 ? data[i * c] : 0;
    for (let a = c % 2; a < c; a += 2) value += data[i * c + a] / means[a + 1];
    return value;
  });
}

/** Mean, 2.5 % and 97.5 % points (by linear interpolation) of the means of `resamples` resamples. */
export function peerBootstrap(values: Float64Array, resamples: number, seed: number): [number, number, number] {
  const n = values.length;
  const indices = numpyIndices(seed, n, n * resamples);
  const means = new Float64Array(resamples);
  indices.forEach((i, at) => (means[Math.floor(at / n)] += values[i] / n));
  const sorted = means.toSorted();
  const percentile = (p: number): number => {
    const below = Math.floor(p * (resamples - 1));
    const above = Math.min(below + 1, resamples - 1);
    return sorted[below] + (p * (resamples - 1) - below) * (sorted[above] - sorted[below]);
  };
  return [means.reduce((a, b) => a + b, 0) / resamples, percentile(0.025), percentile(0.975)];
}
