/** Which rows of a tick teach a bandit something, and whether their rewards may be learned from. */
import type { Decisions, Outcomes } from '../core/contracts.ts';
import { InputError } from '../core/errors.ts';

/**
 * Fills `out` (n) with the action shown in slot 0, or −1 where nothing was shown (empty slot or lost auction: then
 * nothing was learned about the creative). Throws `InputError` before anything is learned where a reward is not a
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
    const action = outcomes.won[i] === 0 ? -1 : decisions.action[i * slots];
    out[i] = action;
    if (action < 0) continue;
    const reward = outcomes.reward[i];
    if (!Number.isFinite(reward) || reward < low || reward > high) throw refused(name, i, reward, low, high);
  }
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
