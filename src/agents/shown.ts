/** Which rows of a tick teach a bandit something, and whether their rewards may be learned from. */
import type { Decisions, Outcomes, Requests } from '../core/contracts.ts';
import { InputError } from '../core/errors.ts';

/**
 * Fills `out` (n) with the first ad of the page, or −1 where it was not shown (empty slot or lost auction: then nothing
 * was learned about the creative). What it brought is `outcomes.adReward`; ads further down, which fewer users look at,
 * teach nothing. Throws `InputError` before anything is learned where a reward is not a
 * number in [low, high].
 */
export function shownActions(
  name: string,
  decisions: Decisions,
  outcomes: Outcomes,
  out: Int32Array,
  low = -Infinity,
  high = Infinity,
): void {
  const slots = decisions.action.length / decisions.bid.length;
  for (let i = 0; i < out.length; i++) {
    const action = outcomes.slot[i * slots] < 0 ? -1 : decisions.action[i * slots];
    out[i] = action;
    if (action < 0) continue;
    const reward = outcomes.adReward[i * slots];
    if (!Number.isFinite(reward) || reward < low || reward > high) throw refused(name, i, reward, low, high);
  }
}

/** Throws `InputError` where one of the first n rewards is not a number in [low, high]. */
export function refuseRewards(name: string, n: number, reward: Float64Array, low: number, high: number): void {
  for (let i = 0; i < n; i++) {
    if (!Number.isFinite(reward[i]) || reward[i] < low || reward[i] > high)
      throw refused(name, i, reward[i], low, high);
  }
}

/**
 * Throws `InputError` where a context that is to be learned from holds what is no number, or one so large that its square is
 * none: before anything is learned, as one such row would spoil a model for good.
 */
export function refuseContexts(name: string, { size, context }: Requests): void {
  const { data, columns } = context;
  let squares = 0;
  for (let c = 0; c < size * columns; c++) squares += data[c] * data[c];
  if (Number.isFinite(squares)) return;
  for (let c = 0; c < size * columns; c++) {
    if (Number.isFinite(data[c] * data[c])) continue;
    const place = `row ${Math.floor(c / columns)} has ${data[c]} in context column ${c % columns}`;
    throw new InputError(`agent "${name}": ${place}; contexts must be numbers below 1e150: mend or scale it`);
  }
}

/** (n) what the first ad of each page brought. */
export function firstRewards({ adReward, reward }: Outcomes): Float64Array {
  const slots = adReward.length / reward.length;
  return slots === 1 ? adReward : adReward.filter((_, c) => c % slots === 0);
}

function refused(name: string, i: number, reward: number, low: number, high: number): InputError {
  if (!Number.isFinite(reward)) {
    return new InputError(`agent "${name}": row ${i} has the reward ${reward}; rewards must be finite numbers`);
  }
  return new InputError(
    `agent "${name}": row ${i} has the reward ${reward}, outside [${low}, ${high}] where its rule holds; ` +
      'scale the reward or use an agent for rewards of any size, such as epsilon-greedy or lin-ucb',
  );
}
