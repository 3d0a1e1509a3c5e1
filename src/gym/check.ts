/** Is it an environment? As Gymnasium's `check_env`, for ours and for yours, one session after the other or many side by side. */
import { randomFrom } from '../core/random.ts';
import { findings, refuses } from './findings.ts';
import type { Check, Finding } from './findings.ts';
import { checkVector } from './check-vector.ts';
import type { SingleEnvironment, Step } from './single.ts';
import type { VectorEnvironment } from './vector.ts';

/** Steps that are played in each of two runs. */
const STEPS = 200;

/**
 * Plays a fresh environment and says what it keeps and what it breaks. An environment that throws where it must not,
 * breaks.
 */
export function checkEnvironment<Action>(environment: SingleEnvironment<Action> | VectorEnvironment): Finding[] {
  return findings((check) =>
    'lanes' in environment ? checkVector(environment, check) : checkSingle(environment, check),
  );
}

function checkSingle<Action>(environment: SingleEnvironment<Action>, check: Check): void {
  const { observationSpace, actionSpace } = environment;
  check('a step before the first reset is refused', 'throw, or give a fresh environment', () =>
    refuses(() => environment.step(actionSpace.sample(randomFrom('check').stream('first').sequence())), 'a step'),
  );
  check('samples of a space lie in it', 'let sample() draw only what contains() accepts', () => {
    const luck = randomFrom('check').stream('spaces').sequence();
    for (let i = 0; i < 50; i++) {
      if (!actionSpace.contains(actionSpace.sample(luck))) return 'actionSpace.sample() is not in actionSpace';
      if (!observationSpace.contains(observationSpace.sample(luck))) return 'observationSpace.sample() is not in it';
    }
    return '';
  });
  check('reset gives an observation of the space', 'give as many finite numbers as observationSpace says', () =>
    observationSpace.contains(environment.reset({ seed: 1 }).observation)
      ? ''
      : 'the observation is not in observationSpace',
  );
  check(
    'steps give observations of the space, finite rewards, and true or false for both endings',
    'keep terminated and truncated apart: only a terminated episode has no future',
    () => {
      for (const step of run(environment, 1)) {
        if (!observationSpace.contains(step.observation)) return 'an observation is not in observationSpace';
        if (!Number.isFinite(step.reward)) return `a reward is ${step.reward}; rewards are finite numbers`;
        if (typeof step.terminated !== 'boolean' || typeof step.truncated !== 'boolean') {
          return 'terminated and truncated are not both booleans';
        }
        if (typeof step.info !== 'object' || step.info === null) return 'info is no object';
      }
      return '';
    },
  );
  check('the same seed and the same actions give the same', 'draw all chance from the seed given to reset', () =>
    same(run(environment, 7), run(environment, 7)) ? '' : 'two runs differ',
  );
  check('another seed gives something else', 'use the seed given to reset', () =>
    same(run(environment, 7), run(environment, 8)) ? 'two seeds give the same' : '',
  );
  check('what was returned is not overwritten', 'return copies', () => {
    const { observation } = environment.reset({ seed: 3 });
    const copy = observation.slice();
    const luck = randomFrom('check').stream('actions').sequence();
    for (let i = 0; i < 5; i++) {
      const { terminated, truncated } = environment.step(actionSpace.sample(luck));
      if (terminated || truncated) environment.reset();
    }
    return observation.every((x, j) => x === copy[j]) ? '' : 'an earlier observation has changed';
  });
  check('a step after the end is refused', 'throw, so that mistakes show; let episodes end', () => {
    environment.reset({ seed: 5 });
    const luck = randomFrom('check').stream('ends').sequence();
    for (let i = 0; i < 100_000; i++) {
      const { terminated, truncated } = environment.step(actionSpace.sample(luck));
      if (terminated || truncated) {
        return refuses(() => environment.step(actionSpace.sample(luck)), 'a step after the end');
      }
    }
    return 'no episode ended in 100,000 steps';
  });
  check('actions outside the space are refused', 'throw where actionSpace does not contain the action', () => {
    for (const action of OUTSIDE) {
      if (actionSpace.contains(action)) continue;
      environment.reset({ seed: 5 });
      const accepted = refuses(() => environment.step(action as Action), `the action ${String(action)}`);
      if (accepted !== '') return accepted;
    }
    return '';
  });
}

/** What few spaces contain. */
const OUTSIDE: readonly unknown[] = [Number.NaN, -2, 0.5, 1e9, undefined, Int32Array.of(-7)];

/** The steps of sampled actions, over as many episodes as it takes. */
function run<Action>(environment: SingleEnvironment<Action>, seed: number): Step[] {
  const luck = randomFrom('check').stream('run').sequence();
  const steps: Step[] = [];
  environment.reset({ seed });
  for (let i = 0; i < STEPS; i++) {
    const step = environment.step(environment.actionSpace.sample(luck));
    steps.push({ ...step, observation: step.observation.slice() });
    if (step.terminated || step.truncated) environment.reset();
  }
  return steps;
}

function same(a: readonly Step[], b: readonly Step[]): boolean {
  return a.every(
    (step, i) =>
      step.reward === b[i].reward &&
      step.terminated === b[i].terminated &&
      step.truncated === b[i].truncated &&
      step.observation.length === b[i].observation.length &&
      step.observation.every((x, j) => x === b[i].observation[j]),
  );
}
