/** Is it a vector environment? Sessions side by side, each followed by the next in the same step. */
import { randomFrom } from '../core/random.ts';
import type { Sequence } from '../core/random.ts';
import { refuses } from './findings.ts';
import type { Check } from './findings.ts';
import type { VectorEnvironment } from './vector.ts';

/** Steps that are played in each run. */
const STEPS = 200;

/** Tries a fresh vector environment. */
export function checkVector(environment: VectorEnvironment, check: Check): void {
  const { lanes, observationSpace, actionSpace } = environment;
  check('a step before the first reset is refused', 'throw, or give a fresh environment', () =>
    refuses(() => environment.step(actionsOf(environment, randomFrom('check').sequence())), 'a step'),
  );
  check('reset gives an observation of the space for every row', 'give lanes × as many finite numbers', () => {
    const { observations } = environment.reset({ seed: 1 });
    return observations.rows === lanes && inSpace(environment, observations.data) ? '' : 'a row is not in the space';
  });
  check(
    'steps give observations of the space, finite rewards, and at most one ending a row',
    'write 1 to terminated where there is no future, to truncated where there is one, never to both',
    () => {
      let wrong = '';
      play(environment, 1, ({ observations, rewards, terminated, truncated }) => {
        if (!inSpace(environment, observations.data)) wrong = 'an observation is not in observationSpace';
        for (let i = 0; i < lanes; i++) {
          if (!Number.isFinite(rewards[i])) wrong = `a reward is ${rewards[i]}`;
          if (![0, 1].includes(terminated[i] + truncated[i]))
            wrong = 'a row ends twice, or neither 0 nor 1 says if it ends';
        }
      });
      return wrong;
    },
  );
  check(
    'where a session ends, the next one is there in the same step',
    'return the first observation of the next session, and in info.session its id',
    () => {
      let ends = 0;
      let wrong = '';
      let before = environment.reset({ seed: 2 }).info.session.slice();
      play(environment, 2, ({ terminated, truncated, info }) => {
        for (let i = 0; i < lanes; i++) {
          const ended = terminated[i] + truncated[i] > 0;
          if (ended) ends++;
          if (ended === (info.session[i] === before[i]))
            wrong = `row ${i} ends its session without beginning the next, or the other way round`;
        }
        before = info.session.slice();
      });
      return ends === 0 && wrong === '' ? `no session ended in ${STEPS} steps of ${lanes} rows` : wrong;
    },
  );
  check(
    'the last observation of a truncated session is kept',
    'write what would have been seen next to finalObservations',
    () => {
      let wrong = '';
      const d = observationSpace.sample(randomFrom('check').sequence()).length;
      play(environment, 3, ({ truncated, finalObservations }) => {
        for (let i = 0; i < lanes; i++) {
          const final = finalObservations.data.slice(i * d, i * d + d);
          if (truncated[i] === 1 && !observationSpace.contains(final))
            wrong = 'a final observation is not in the space';
        }
      });
      return wrong;
    },
  );
  check('the same seed and the same actions give the same', 'draw all chance from the seed given to reset', () =>
    record(environment, 7) === record(environment, 7) ? '' : 'two runs differ',
  );
  check('another seed gives something else', 'use the seed given to reset', () =>
    record(environment, 7) === record(environment, 8) ? 'two seeds give the same' : '',
  );
  check('another number of actions, and actions outside the space, are refused', 'throw, so that mistakes show', () => {
    environment.reset({ seed: 5 });
    const actions = actionsOf(environment, randomFrom('check').sequence());
    const outside = actions.slice().fill(2 ** 30, actions.length - 1);
    return (
      refuses(() => environment.step(actions.subarray(1)), 'one action too few') ||
      (actionSpace.contains(outside[outside.length - 1])
        ? ''
        : refuses(() => environment.step(outside), `the action ${2 ** 30}`))
    );
  });
}

function inSpace({ lanes, observationSpace }: VectorEnvironment, data: Float64Array): boolean {
  const d = data.length / lanes;
  for (let i = 0; i < lanes; i++) if (!observationSpace.contains(data.slice(i * d, i * d + d))) return false;
  return true;
}

function actionsOf({ lanes, actionSpace }: VectorEnvironment, luck: Sequence): Int32Array {
  return Int32Array.from(
    Array.from({ length: lanes }, () => actionSpace.sample(luck)).flatMap((one) =>
      typeof one === 'number' ? [one] : [...one],
    ),
  );
}

function play(
  environment: VectorEnvironment,
  seed: number,
  onStep: (step: ReturnType<VectorEnvironment['step']>) => void,
): void {
  const luck = randomFrom('check').stream('run').sequence();
  environment.reset({ seed });
  for (let t = 0; t < STEPS; t++) onStep(environment.step(actionsOf(environment, luck)));
}

/** Everything that was seen, as a string. */
function record(environment: VectorEnvironment, seed: number): string {
  const seen: string[] = [];
  play(environment, seed, ({ observations, rewards, terminated, truncated }) =>
    seen.push([observations.data, rewards, terminated, truncated].map((column) => column.join()).join('\n')),
  );
  return seen.join('\n');
}
