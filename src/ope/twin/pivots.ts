/**
 * Intervals from how far estimates fell from the truth on the twin of a log: with t = (V̂ − V) / se there, [V̂ − t_high·se,
 * V̂ − t_low·se] here. Unlike Student's t it knows that an estimate of few heavy rewards falls short far more often than it
 * overshoots, and has then a standard error that is too small as well. A parametric bootstrap-t (Efron & Tibshirani 1993,
 * §12.5), with a twin in the log's place.
 */
export const TWIN_T = 'twin-t';

/** t of one made-up log; infinite where it shows no spread and yet is not right. */
export function pivot(value: number, error: number, truth: number): number {
  if (error > 0) return (value - truth) / error;
  return value === truth ? 0 : value < truth ? -Infinity : Infinity;
}

/** [t_low, t_high], cut off so that a share of at most (1 − level) / 2 lies beyond each. `pivots` (worlds) is sorted here. */
export function pivotBounds(pivots: Float64Array, level: number): readonly [number, number] {
  const sorted = pivots.toSorted();
  const beyond = Math.floor(((1 - level) / 2) * (sorted.length + 1));
  // With fewer worlds than the level needs, nothing is known of its ends.
  if (beyond < 1) return [-Infinity, Infinity];
  return [sorted[beyond - 1], sorted[sorted.length - beyond]];
}

/** The interval, kept in the range of rewards where that is known. A bound that is unknown is the range's end. */
export function twinInterval(
  value: number,
  error: number,
  [low, high]: readonly [number, number],
  [least, most]: readonly [number, number] = [-Infinity, Infinity],
): readonly [number, number] {
  const from = high === Infinity ? least : value - high * error;
  const to = low === -Infinity ? most : value - low * error;
  return [Math.max(from, least), Math.min(to, most)];
}
