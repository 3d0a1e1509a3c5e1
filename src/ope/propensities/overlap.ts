/** Whether estimated propensities can carry the weights of a policy at all. */
import type { ImpressionLog } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import { matrix } from '../../core/matrix.ts';
import type { Matrix } from '../../core/matrix.ts';

/** Below it a propensity is too small to be estimated, however many rows there are. */
const SMALLEST = 1e-3;
/** Rows that an action must be expected in: with ten, its frequency is known to a third. */
const EXPECTED_ROWS = 10;
/** Share of the policy's probability on such actions from which nothing is said any more. */
export const MOST_THIN = 0.05;

/** The least propensity that m rows can tell from 0: 0.001, and with fewer than 10,000 rows 10/m. */
export function leastPropensity(m: number): number {
  return Math.max(SMALLEST, EXPECTED_ROWS / m);
}

/**
 * The share of the evaluation policy's probability (m×k; default: every eligible action alike) on actions whose estimated
 * propensity is below `leastPropensity`.
 */
export function thinShare(log: ImpressionLog, behaviour: Matrix, evaluation: Matrix = uniformOver(log)): number {
  const least = leastPropensity(log.size);
  let thin = 0;
  for (let at = 0; at < log.size * behaviour.columns; at++) if (behaviour.data[at] < least) thin += evaluation.data[at];
  return thin / log.size;
}

/**
 * Throws `InputError` where more than 5 % of the evaluation policy's probability lies on actions that the logging policy,
 * by the estimate, took too rarely: there the weights would be ratios of guesses. Returns the share.
 */
export function requireOverlap(log: ImpressionLog, behaviour: Matrix, evaluation?: Matrix): number {
  const thin = thinShare(log, behaviour, evaluation);
  if (thin <= MOST_THIN) return thin;
  const policy = evaluation ? 'the evaluation policy' : 'a uniform policy';
  throw new InputError(
    `The log has no propensities, and they cannot be estimated well enough: ${(100 * thin).toPrecision(3)} % of the probability of ${policy} lies on actions that were taken with a probability below ${leastPropensity(log.size).toPrecision(3)} (at most ${100 * MOST_THIN} % may). Log the propensities, collect rows with more exploration, or evaluate a policy closer to the logged one.`,
  );
}

function uniformOver({ size, spec, requests }: ImpressionLog): Matrix {
  const k = spec.actions.length;
  const out = matrix(size, k);
  for (let start = 0; start < size * k; start += k) {
    let count = 0;
    for (let at = start; at < start + k; at++) count += requests.eligible[at];
    for (let at = start; at < start + k; at++) if (requests.eligible[at] === 1) out.data[at] = 1 / count;
  }
  return out;
}
