/** One session after the other, as a Gymnasium environment: an episode is a user's visit. */
import { InputError } from '../core/errors.ts';
import type { Space } from './spaces.ts';
import type { VectorEnvironment } from './vector.ts';

export interface Info {
  /** (k) 1 where an action may be taken; another is not shown. */
  actionMask: Uint8Array;
  user: number;
  /** [h] since the start. */
  hour: number;
}

export interface Step<Observation = Float64Array> {
  /** (d) After the end: what would have been seen next if truncated, else what was seen last. */
  observation: Observation;
  reward: number;
  /** The user left. */
  terminated: boolean;
  /** The session was cut: bootstrap from `observation`. */
  truncated: boolean;
  /** At the end: as it was before the last step. */
  info: Info;
}

/** How a visit begins. */
interface Start {
  observation: Float64Array;
  info: Info;
}

/** What `checkEnvironment` can check: also for environments of your own. */
export interface SingleEnvironment<Action = number | Int32Array> {
  observationSpace: Space<Float64Array>;
  actionSpace: Space<Action>;
  /**
   * A new episode: of the world of this seed from its start, or, without a seed, the next visit. Throws without a seed
   * the first time, and while a visit goes on: it cannot be skipped.
   */
  reset(options?: { seed?: string | number }): { observation: Float64Array; info: Info };
  /** `bid` [per unit of the auction], where there is one; default 0.01. Throws where the episode is over. */
  step(action: Action, options?: { bid?: number }): Step;
}

/** A vector of one lane, a session at a time; what it returns is yours to keep. */
export function singleOf(vector: VectorEnvironment): SingleEnvironment {
  let last: Start | undefined;
  let over = true;
  let next: Start | undefined; // of the visit that follows the one just over
  return {
    observationSpace: vector.observationSpace,
    actionSpace: vector.actionSpace as Space<number | Int32Array>,
    reset({ seed } = {}) {
      if (seed !== undefined) {
        const { observations, info } = vector.reset({ seed });
        next = { observation: observations.data.slice(), info: infoOf(info) };
      } else if (last && !over) {
        throw new InputError('reset: the visit goes on; step until it ends, or give a seed');
      }
      if (!next) throw new InputError('reset: give a seed the first time');
      last = next;
      next = undefined;
      over = false;
      return last;
    },
    step(action, { bid } = {}) {
      if (over) throw new InputError('step: the episode is over, or none has begun; call reset');
      if (!vector.actionSpace.contains(action)) {
        throw new InputError(`step: the action ${String(action)} is outside ${JSON.stringify(vector.actionSpace)}`);
      }
      const step = vector.step(
        typeof action === 'number' ? Int32Array.of(action) : action,
        bid === undefined ? {} : { bids: bid },
      );
      const [terminated, truncated] = [step.terminated[0] === 1, step.truncated[0] === 1];
      over = terminated || truncated;
      const start = { observation: step.observations.data.slice(), info: infoOf(step.info) };
      if (over) {
        // What came with the step is of the next visit already; this one ends with what was known of it.
        next = start;
        const ended = last as Start;
        const observation = truncated ? step.finalObservations.data.slice() : ended.observation.slice();
        return { observation, reward: step.rewards[0], terminated, truncated, info: ended.info };
      }
      last = start;
      return { ...start, reward: step.rewards[0], terminated, truncated };
    },
  };
}

function infoOf({ actionMask, user, hour }: ReturnType<VectorEnvironment['step']>['info']): Info {
  return { actionMask: actionMask.slice(), user: user[0], hour: hour[0] };
}
