/** How often each action was taken, overall and by segment: what can be said of a logging policy without a model. */
import type { ImpressionLog } from '../../core/contracts.ts';
import type { Matrix } from '../../core/matrix.ts';

/** [rows] of each action that a count starts with (Jeffreys). */
const START = 0.5;

/** Fills the rows `held` of `out` (m×k) with each eligible action's share of the rows `train`. */
export function marginalOdds(log: ImpressionLog, train: ArrayLike<number>, held: ArrayLike<number>, out: Matrix): void {
  const k = out.columns;
  const counts = new Float64Array(k).fill(START);
  for (let t = 0; t < train.length; t++) counts[log.decisions.action[train[t]]]++;
  for (let t = 0; t < held.length; t++) spreadOver(log, held[t], (a) => counts[a], out);
}

/**
 * The same within the row's segment, as if it began with k rows of `base` (m×k), the odds without segments: a segment that
 * `train` has not seen has those.
 */
export function segmentOdds(
  log: ImpressionLog,
  segment: ArrayLike<number | string>,
  train: ArrayLike<number>,
  held: ArrayLike<number>,
  base: Matrix,
  out: Matrix,
): void {
  const k = out.columns;
  const counts = new Map<number | string, Float64Array>();
  for (let t = 0; t < train.length; t++) {
    const i = train[t];
    const found = counts.get(segment[i]) ?? new Float64Array(k);
    counts.set(segment[i], found);
    found[log.decisions.action[i]]++;
  }
  for (let t = 0; t < held.length; t++) {
    const i = held[t];
    const found = counts.get(segment[i]);
    spreadOver(log, i, (a) => (found?.[a] ?? 0) + k * base.data[i * k + a], out);
  }
}

/** Row i of `out` ∝ `mass` over the row's eligible actions. */
function spreadOver(log: ImpressionLog, i: number, mass: (a: number) => number, out: Matrix): void {
  const k = out.columns;
  const { eligible } = log.requests;
  let sum = 0;
  for (let a = 0; a < k; a++) sum += out.data[i * k + a] = eligible[i * k + a] === 1 ? mass(a) : 0;
  for (let a = 0; a < k; a++) out.data[i * k + a] /= sum;
}
