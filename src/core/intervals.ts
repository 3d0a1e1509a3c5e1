/** Intervals for a proportion. */
import { betaQuantile, normalQuantile } from './quantiles.ts';

/**
 * Wilson's score interval for a binomial proportion (Wilson 1927, JASA 22). Returns [0, 1] for n = 0; throws RangeError
 * unless 0 ≤ hits ≤ n.
 */
export function wilson(hits: number, n: number, level = 0.95): [number, number] {
  if (!(hits >= 0 && hits <= n)) throw new RangeError(`wilson: ${hits} hits in ${n} trials`);
  if (n === 0) return [0, 1];
  const z = normalQuantile(0.5 + level / 2);
  const rate = hits / n;
  const centre = rate + (z * z) / (2 * n);
  const half = z * Math.sqrt((rate * (1 - rate)) / n + (z * z) / (4 * n * n));
  const scale = 1 + (z * z) / n;
  // At no hits and at all hits the bound is exact; rounding would miss it by an ulp.
  return [hits === 0 ? 0 : (centre - half) / scale, hits === n ? 1 : (centre + half) / scale];
}

/**
 * The exact interval for a binomial proportion (Clopper & Pearson 1934, Biometrika 26): never covers less than `level`, and
 * often more. Returns [0, 1] for n = 0; throws RangeError unless 0 ≤ hits ≤ n.
 */
export function clopperPearson(hits: number, n: number, level = 0.95): [number, number] {
  if (!(hits >= 0 && hits <= n)) throw new RangeError(`clopperPearson: ${hits} hits in ${n} trials`);
  const tail = 0.5 - level / 2;
  return [
    hits === 0 ? 0 : betaQuantile(tail, hits, n - hits + 1),
    hits === n ? 1 : betaQuantile(1 - tail, hits + 1, n - hits),
  ];
}
