/** The one place that draws: policies state odds, this draws from them and writes the propensity it drew from. */
import type { Decisions, Policy, Requests } from '../core/contracts.ts';
import { InputError } from '../core/errors.ts';
import type { Matrix } from '../core/matrix.ts';
import type { Random } from '../core/random.ts';

/** How far from 1 the sum of a row of odds may be. */
const TOLERANCE = 1e-9;
const TWO_POW_MINUS_32 = 2 ** -32;

/** Further slots draw from streams of their own: the slot goes into the upper bits of a counter word that ids leave free. */
const SLOT_SHIFT = 22;

/**
 * Fills `scratch` (n×k) with the policy's distribution and draws row i by inverse CDF from a uniform that is a pure
 * function of (random, impression id, slot): nothing else that is drawn, here or elsewhere, shifts it. Writes
 * `decisions.action` and `decisions.propensity`; where nothing is eligible the slot stays empty (−1, propensity 1). A
 * page of L slots is filled from the top: for each further slot the policy is asked again, the ads above being no longer
 * eligible, so each propensity is that of the slot given the slots above. Where `decisions.distribution` exists, the
 * rows for slot 0 are copied there.
 *
 * Throws `InputError` naming the policy where a row has odds that are NaN, negative, on an ineligible action, or that do
 * not sum to 1 within 1e-9.
 */
export function decide(
  policy: Policy,
  requests: Requests,
  random: Random,
  decisions: Decisions,
  scratch: Matrix,
): void {
  const slots = decisions.action.length / decisions.bid.length;
  decisions.estimate.fill(Number.NaN, 0, requests.size);
  draw(policy, requests, random, decisions, scratch, 0);
  decisions.distribution?.data.set(scratch.data.subarray(0, requests.size * scratch.columns));
  if (slots === 1) return;
  const left = { ...requests, eligible: requests.eligible.slice() };
  for (let l = 1; l < slots; l++) {
    for (let i = 0; i < requests.size; i++) {
      const above = decisions.action[i * slots + l - 1];
      if (above >= 0) left.eligible[i * scratch.columns + above] = 0;
    }
    draw(policy, left, random, decisions, scratch, l);
  }
}

/** Draws slot l of every row. */
function draw(
  policy: Policy,
  requests: Requests,
  random: Random,
  decisions: Decisions,
  scratch: Matrix,
  l: number,
): void {
  const n = requests.size;
  const k = scratch.columns;
  const slots = decisions.action.length / decisions.bid.length;
  const { action, propensity } = decisions;
  const { eligible, impression } = requests;
  const odds = scratch.data;
  policy.distribution(requests, scratch, l > 0 ? { slot: l, slots, action } : undefined);
  const counters = random.counters(n);
  for (let i = 0; i < n; i++) {
    counters[2 * i] = impression[i];
    counters[2 * i + 1] = Math.floor(impression[i] * TWO_POW_MINUS_32) | (l << SLOT_SHIFT);
  }
  const luck = random.uniforms(n);
  for (let i = 0; i < n; i++) {
    const start = i * k;
    let sum = 0;
    let forbidden = 0; // odds of what is not eligible
    let negative = false;
    for (let j = start; j < start + k; j++) {
      const p = odds[j];
      sum += p;
      forbidden += p * (1 - eligible[j]);
      if (p < 0) negative = true;
    }
    const cell = i * slots + l;
    // A NaN anywhere makes the sum NaN, which lies within no tolerance.
    if (negative || forbidden !== 0 || !(Math.abs(sum - 1) <= TOLERANCE)) {
      if (!eligible.subarray(start, start + k).includes(1)) {
        odds.fill(0, start, start + k);
        action[cell] = -1;
        propensity[cell] = 1;
        continue;
      }
      throw unsound(policy, requests, scratch, i);
    }
    const chosen = invert(odds, start, k, luck[i] * sum);
    action[cell] = chosen;
    propensity[cell] = odds[start + chosen];
  }
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
  const row = odds.data.subarray(i * k, (i + 1) * k);
  const bad = row.findIndex((p, j) => !(p >= 0) || (p > 0 && eligible[j] === 0));
  if (bad >= 0) {
    const why = row[bad] > 0 ? 'though it is not eligible' : 'which is not a probability';
    return new InputError(`${where} gives action ${bad} the probability ${row[bad]}, ${why}; mend its distribution`);
  }
  const sum = row.reduce((a, b) => a + b, 0);
  return new InputError(`${where} has odds that sum to ${sum}, not 1; mend its distribution`);
}
