/** A process small enough to go through every episode of: three states, two actions, at most four steps, some end early. */
import { matrixFrom } from '../../../src/core/matrix.ts';
import type { Random } from '../../../src/core/random.ts';
import type { MarkovProcess } from '../../../src/ope/sequential/markov.ts';
import type { TabularEpisodes } from '../../../src/ope/sequential/tabular.ts';

export const [STATES, ACTIONS, HORIZON] = [3, 2, 4];
export const DISCOUNT = 0.9;

/** Rows sum to 0.7 … 0.9: what is missing ends the episode. */
export const tiny: MarkovProcess = {
  states: STATES,
  actions: ACTIONS,
  transition: Float64Array.from(
    [
      [0.3, 0.4, 0.1],
      [0.1, 0.2, 0.5],
      [0.2, 0.2, 0.3],
      [0.6, 0.1, 0.2],
      [0, 0.5, 0.3],
      [0.4, 0.4, 0.1],
    ].flat(),
  ),
  reward: Float64Array.of(0.2, 1, -0.3, 0.5, 0.8, 0.1),
  start: Float64Array.of(0.5, 0.3, 0.2),
};

/** The same, but only ever on to a higher state: three steps at most, so for ever is no longer than that. */
export const climbing: MarkovProcess = {
  ...tiny,
  transition: tiny.transition.map((p, at) => (at % STATES > Math.floor(at / STATES / ACTIONS) ? p : 0)),
};

export const behaviour = matrixFrom([
  [0.5, 0.5],
  [0.7, 0.3],
  [0.4, 0.6],
]);
export const evaluation = matrixFrom([
  [0.8, 0.2],
  [0.2, 0.8],
  [0.5, 0.5],
]);

export interface Weighted {
  episodes: TabularEpisodes;
  /** (n) the odds of each episode under the behaviour policy. */
  odds: Float64Array;
}

interface Walk {
  states: number[];
  actions: number[];
  odds: number;
  /** −1 where the episode ended, the state after the last step where the horizon cut it. */
  last: number;
}

/** Every episode of at most four steps. */
export function everyEpisode({ start, transition }: MarkovProcess = tiny): Weighted {
  const walks: Walk[] = [];
  start.forEach((p, s) => walk([s], [], p));
  return { episodes: episodesOf(walks, false), odds: Float64Array.from(walks, ({ odds }) => odds) };

  function walk(states: number[], actions: number[], odds: number): void {
    const s = states[states.length - 1];
    for (let a = 0; a < ACTIONS; a++) {
      const taken = [...actions, a];
      const p = odds * behaviour.data[s * ACTIONS + a];
      const next = transition.subarray((s * ACTIONS + a) * STATES, (s * ACTIONS + a + 1) * STATES);
      const last = taken.length === HORIZON;
      const ends = last ? 1 : 1 - next.reduce((sum, x) => sum + x, 0);
      walks.push({ states, actions: taken, odds: p * ends, last: -1 });
      if (last) continue;
      next.forEach((onward, to) => {
        if (onward > 0) walk([...states, to], taken, p * onward);
      });
    }
  }
}

/** n episodes drawn with the behaviour policy, at most `horizon` steps long. */
export function drawEpisodes(n: number, random: Random, horizon = HORIZON, cut = false): TabularEpisodes {
  const draw = random.sequence();
  const pick = (odds: ArrayLike<number>): number => {
    let u = draw.uniform();
    for (let j = 0; j < odds.length; j++) if ((u -= odds[j]) < 0) return j;
    return -1;
  };
  const walks = Array.from({ length: n }, () => {
    const walk: Walk = { states: [pick(tiny.start)], actions: [], odds: 1, last: -1 };
    for (;;) {
      const s = walk.states[walk.states.length - 1];
      const a = pick(behaviour.data.subarray(s * ACTIONS, (s + 1) * ACTIONS));
      walk.actions.push(a);
      const next = pick(tiny.transition.subarray((s * ACTIONS + a) * STATES, (s * ACTIONS + a + 1) * STATES));
      if (walk.actions.length === horizon) walk.last = next;
      if (next < 0 || walk.actions.length === horizon) return walk;
      walk.states.push(next);
    }
  });
  return episodesOf(walks, cut);
}

function episodesOf(walks: readonly Walk[], cut: boolean): TabularEpisodes {
  const offset = new Int32Array(walks.length + 1);
  walks.forEach(({ actions }, i) => (offset[i + 1] = offset[i] + actions.length));
  const state = Int32Array.from(walks.flatMap(({ states }) => states));
  const action = Int32Array.from(walks.flatMap(({ actions }) => actions));
  const column = (table: ArrayLike<number>): Float64Array =>
    Float64Array.from(state, (s, at) => table[s * ACTIONS + action[at]]);
  return {
    size: walks.length,
    offset,
    propensity: column(behaviour.data),
    evaluation: column(evaluation.data),
    reward: column(tiny.reward),
    discount: DISCOUNT,
    states: STATES,
    actions: ACTIONS,
    state,
    action,
    policy: evaluation,
    ...(cut && { finalState: Int32Array.from(walks, ({ last }) => last) }),
  };
}
