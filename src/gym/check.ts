/** Is it an environment? As Gymnasium's `check_env`, for ours and for yours. */
import { randomFrom } from '../core/random.ts';
import type { SingleEnvironment, Step } from './single.ts';

export interface Finding {
  /** What was checked, in a sentence. */
  check: string;
  ok: boolean;
  /** What is wrong, and what to do; empty where nothing is. */
  message: string;
}

/** Steps that are played in each of two runs. */
const STEPS = 200;

/** Plays an environment and says what it keeps and what it breaks. An environment that throws where it must not, breaks. */
export function checkEnvironment<Action>(environment: SingleEnvironment<Action>): Finding[] {
  const findings: Finding[] = [];
  const check = (sentence: string, test: () => string): void => {
    let message: string;
    try {
      message = test();
    } catch (error) {
      message = `threw ${(error as Error).message}`;
    }
    findings.push({ check: sentence, ok: message === '', message });
  };
  const { observationSpace, actionSpace } = environment;
  check('samples of a space lie in it', () => {
    const luck = randomFrom('check').stream('spaces').sequence();
    for (let i = 0; i < 50; i++) {
      if (!actionSpace.contains(actionSpace.sample(luck))) return 'actionSpace.sample() is not in actionSpace';
      if (!observationSpace.contains(observationSpace.sample(luck))) return 'observationSpace.sample() is not in it';
    }
    return '';
  });
  check('reset gives an observation of the space', () =>
    observationSpace.contains(environment.reset({ seed: 1 }).observation)
      ? ''
      : 'the observation is not in observationSpace; give as many finite numbers as it says',
  );
  check('steps give observations of the space, finite rewards, and true or false for both endings', () => {
    for (const step of run(environment, 1)) {
      if (!observationSpace.contains(step.observation)) return 'an observation is not in observationSpace';
      if (!Number.isFinite(step.reward)) return `a reward is ${step.reward}; rewards are finite numbers`;
      if (typeof step.terminated !== 'boolean' || typeof step.truncated !== 'boolean') {
        return 'terminated and truncated must be booleans, and apart: only a terminated episode has no future';
      }
      if (typeof step.info !== 'object' || step.info === null) return 'info must be an object';
    }
    return '';
  });
  check('the same seed and the same actions give the same', () =>
    same(run(environment, 7), run(environment, 7))
      ? ''
      : 'two runs differ; draw all chance from the seed given to reset',
  );
  check('another seed gives something else', () =>
    same(run(environment, 7), run(environment, 8)) ? 'two seeds give the same; use the seed given to reset' : '',
  );
  check('what was returned is not overwritten', () => {
    const { observation } = environment.reset({ seed: 3 });
    const copy = observation.slice();
    const luck = randomFrom('check').stream('actions').sequence();
    for (let i = 0; i < 5; i++) {
      const { terminated, truncated } = environment.step(actionSpace.sample(luck));
      if (terminated || truncated) environment.reset();
    }
    return observation.every((x, j) => x === copy[j]) ? '' : 'an earlier observation has changed; return copies';
  });
  check('a step after the end is refused', () => {
    environment.reset({ seed: 5 });
    const luck = randomFrom('check').stream('ends').sequence();
    for (let i = 0; i < 100_000; i++) {
      const { terminated, truncated } = environment.step(actionSpace.sample(luck));
      if (terminated || truncated)
        return refuses(() => environment.step(actionSpace.sample(luck)), 'a step after the end');
    }
    return 'no episode ended in 100,000 steps; an episode must end or be truncated';
  });
  check('an action outside the space is refused', () => {
    environment.reset({ seed: 5 });
    return refuses(() => environment.step(Number.NaN as Action), 'the action NaN');
  });
  return findings;
}

function refuses(act: () => unknown, what: string): string {
  try {
    act();
  } catch {
    return '';
  }
  return `${what} was accepted; throw, so that mistakes show`;
}

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
