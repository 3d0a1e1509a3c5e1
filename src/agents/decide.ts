/** The one place that draws: policies state odds, this draws from them and writes the propensity it drew from. */
import type { Decisions, Policy, Requests } from '../core/contracts.ts';
import { InputError } from '../core/errors.ts';
import type { Matrix } from '../core/matrix.ts';
import type { Random } from '../core/random.ts';

/** How far from 1 the sum of a row of odds may be. */
const TOLERANCE = 1e-9;
const TWO_POW_MINUS_32 = 2 ** -32;

/**
 * Fills `scratch` (n×k) with the policy's distribution and draws row i by inverse CDF from a uniform that is a pure
 * function of (random, impression id): nothing else that is drawn, here or elsewhere, shifts it. Writes slot 0 of
 * `decisions.action` and `decisions.propensity`; further slots stay empty (−1, propensity 1). Where
 * `decisions.distribution` exists, the rows are copied there.
 *
 * Throws `InputError` naming the policy where a row has no eligible action, or odds that are NaN, negative, on an
 * ineligible action, or that do not sum to 1 within 1e-9.
 */
export function decide(
  policy: Policy,
  requests: Requests,
  random: Random,
  decisions: Decisions,
  scratch: Matrix,
): void {
  const n = requests.size;
  const k = scratch.columns;
  const slots = decisions.action.length / decisions.bid.length;
  const { action, propensity } = decisions;
  const { eligible, impression } = requests;
  const odds = scratch.data;
  policy.distribution(requests, scratch);
  for (let i = 0; i < n; i++) {
    const start = i * k;
    let sum = 0;
    let sound = true;
    for (let j = 0; j < k; j++) {
      const p = odds[start + j];
      sum += p;
      // `!(p >= 0)` also catches NaN.
      if (!(p >= 0) || (p > 0 && eligible[start + j] === 0)) sound = false;
    }
    if (!sound || Math.abs(sum - 1) > TOLERANCE) throw unsound(policy, requests, scratch, i);
    const id = impression[i];
    const u = random.uniform(id | 0, Math.floor(id * TWO_POW_MINUS_32) | 0) * sum;
    const chosen = invert(odds, start, k, u);
    const slot = i * slots;
    action[slot] = chosen;
    propensity[slot] = odds[start + chosen];
    for (let l = 1; l < slots; l++) {
      action[slot + l] = -1;
      propensity[slot + l] = 1;
    }
  }
  decisions.distribution?.data.set(odds.subarray(0, n * k));
}

/**
 * The first action whose cumulative probability exceeds u: never one of probability 0, as the sum does not grow there.
 * The row ends above u: its last cumulative probability is `sum` to the bit, and (1 − 2⁻⁵³)·sum rounds below `sum`.
 */
function invert(odds: Float64Array, start: number, k: number, u: number): number {
  let cumulative = 0;
  for (let j = 0; j < k; j++) {
    cumulative += odds[start + j];
    if (u < cumulative) return j;
  }
  throw new RangeError(`decide: drew ${u}, beyond the end of the odds; uniforms must lie in [0, 1)`);
}

function unsound(policy: Policy, requests: Requests, odds: Matrix, i: number): InputError {
  const k = odds.columns;
  const where = `agent "${policy.name}": row ${i} (impression ${requests.impression[i]})`;
  const eligible = requests.eligible.subarray(i * k, (i + 1) * k);
  if (!eligible.includes(1)) {
    return new InputError(`${where} has no eligible action; leave such requests out or allow at least one action`);
  }
  const row = odds.data.subarray(i * k, (i + 1) * k);
  const bad = row.findIndex((p, j) => !(p >= 0) || (p > 0 && eligible[j] === 0));
  if (bad >= 0) {
    const why = row[bad] > 0 ? 'though it is not eligible' : 'which is not a probability';
    return new InputError(`${where} gives action ${bad} the probability ${row[bad]}, ${why}; mend its distribution`);
  }
  const sum = row.reduce((a, b) => a + b, 0);
  return new InputError(`${where} has odds that sum to ${sum}, not 1; mend its distribution`);
}
