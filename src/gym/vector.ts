/**
 * Many sessions side by side, as Gymnasium's vector environments with `AutoresetMode.SAME_STEP`: where a session ends,
 * the observation returned is already the first of the next one.
 */
import { decisionsOf, outcomesOf, trueRequestsOf } from '../core/batch.ts';
import { TERMINATED, TRUNCATED } from '../core/contracts.ts';
import type { Environment } from '../core/contracts.ts';
import { InputError } from '../core/errors.ts';
import { matrix } from '../core/matrix.ts';
import type { Matrix } from '../core/matrix.ts';
import { box, discrete, page } from './spaces.ts';
import type { Space } from './spaces.ts';

/** What comes beside the observations of n rows. */
export interface VectorInfo {
  /** (n×k) 1 where an action may be taken; another is not shown. */
  actionMask: Uint8Array;
  /** (n) */
  user: Int32Array;
  session: Int32Array;
  /** (n)[h] since the start. */
  hour: Float64Array;
}

export interface VectorStep {
  /** (n×d) */
  observations: Matrix;
  /** (n)[the world's reward unit] */
  rewards: Float64Array;
  /** (n) 1 where the user left. */
  terminated: Uint8Array;
  /** (n) 1 where the session was cut, by the world's horizon or by `requests`. */
  truncated: Uint8Array;
  /** (n×d) read only where truncated: what would have been seen next, to bootstrap from. */
  finalObservations: Matrix;
  info: VectorInfo;
}

/** Buffers are used again at the next step: copy what you keep. */
export interface VectorEnvironment {
  lanes: number;
  observationSpace: Space<Float64Array>;
  /** Of one row. */
  actionSpace: Space<number> | Space<Int32Array>;
  rewardUnit: string;
  reset(options: { seed: string | number }): { observations: Matrix; info: VectorInfo };
  /** `actions` (n×L); `bids` [per unit of the auction] one for each row, or one for all; default 0.01. */
  step(actions: Int32Array, options?: { bids?: Float64Array | number }): VectorStep;
}

/**
 * The sessions of a world of one player. After `requests` requests in all (default: never) every session is truncated;
 * then `reset` has to be called. Throws `InputError` for a step before reset, after the end, with actions of another
 * length or outside the space, or with bids that are none.
 */
export function vectorOf(world: Environment, requests = Infinity): VectorEnvironment {
  if (!(requests > 0)) throw new InputError(`make: requests: ${requests} is not above 0; leave it out for no end`);
  const { spec } = world;
  const [n, k, L, d] = [spec.lanes, spec.actions.length, spec.slots, spec.contextNames.length];
  const shape = { rows: n, context: d, actions: k, slots: L };
  const seen = trueRequestsOf(shape, spec.hiddenSize);
  const decisions = decisionsOf(shape);
  const outcomes = outcomesOf(shape);
  decisions.propensity.fill(1);
  const terminated = new Uint8Array(n);
  const truncated = new Uint8Array(n);
  const finalObservations = matrix(n, d);
  const info: VectorInfo = { actionMask: seen.eligible, user: seen.user, session: seen.session, hour: seen.hour };
  const actionSpace = L === 1 ? discrete(k) : page(k, L);
  let played = Infinity;
  return {
    lanes: n,
    observationSpace: box(spec.contextNames),
    actionSpace,
    rewardUnit: spec.rewardUnit,
    reset({ seed }) {
      world.reset(String(seed));
      world.observe(seen);
      played = 0;
      return { observations: seen.context, info };
    },
    step,
  };

  function step(actions: Int32Array, { bids = 0.01 }: { bids?: Float64Array | number } = {}): VectorStep {
    if (played === Infinity) throw new InputError('step: call reset({ seed }) first');
    if (played >= requests) throw new InputError('step: the episode is over; call reset({ seed })');
    check(actions);
    decisions.action.set(actions);
    if (typeof bids !== 'number' && bids.length !== n) {
      throw new InputError(`step: ${bids.length} bids for ${n} rows; give one for each, or one number for all`);
    }
    if (typeof bids === 'number') decisions.bid.fill(bids);
    else decisions.bid.set(bids);
    const bad = decisions.bid.findIndex((bid) => !(bid >= 0));
    if (bad >= 0) throw new InputError(`step: row ${bad} bids ${decisions.bid[bad]}; bids are 0 or more`);
    world.step(seen, [decisions], [outcomes]);
    played += n;
    world.observe(seen);
    const over = played >= requests;
    for (let i = 0; i < n; i++) {
      terminated[i] = outcomes.ended[i] === TERMINATED ? 1 : 0;
      const cut = outcomes.ended[i] === TRUNCATED;
      truncated[i] = cut || (over && terminated[i] === 0) ? 1 : 0;
      const from = cut ? outcomes.finalContext : seen.context;
      if (truncated[i] === 1) finalObservations.data.set(from.data.subarray(i * d, i * d + d), i * d);
    }
    return {
      observations: seen.context,
      rewards: outcomes.reward,
      terminated,
      truncated,
      finalObservations,
      info,
    };
  }

  function check(actions: Int32Array): void {
    if (actions.length !== n * L) {
      throw new InputError(`step: ${actions.length} actions for ${n} rows of ${L} slots; give ${n * L}`);
    }
    for (let i = 0; i < n; i++) {
      const action = L === 1 ? actions[i] : actions.slice(i * L, i * L + L);
      if (!actionSpace.contains(action) && action !== -1) {
        throw new InputError(`step: row ${i} takes ${String(action)}, which is outside ${JSON.stringify(actionSpace)}`);
      }
    }
  }
}
