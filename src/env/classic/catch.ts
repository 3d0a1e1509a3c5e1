/** Catch (Osband et al. 2020, bsuite): a ball falls, a paddle moves under it. */
import type { Dynamics } from './world.ts';

const ROWS = 10;
const COLUMNS = 5;

/** A session is nine moves: left, stay or right; the last pays 1 where the ball was caught, else −1. */
export function catchBall(): Dynamics {
  return {
    name: 'catch',
    contextNames: ['state'],
    actions: ['left', 'stay', 'right'],
    rewardRange: [-1, 1],
    stateSize: 3, // row and column of the ball, column of the paddle
    start(state, at, luck) {
      state[at] = 0;
      state[at + 1] = Math.floor(luck() * COLUMNS);
      state[at + 2] = Math.floor(COLUMNS / 2);
    },
    context(state, at, out, to) {
      out[to] = (state[at] * COLUMNS + state[at + 1]) * COLUMNS + state[at + 2];
    },
    step(state, at, action) {
      state[at + 2] = Math.min(COLUMNS - 1, Math.max(0, state[at + 2] + action - 1));
      state[at]++;
      if (state[at] < ROWS - 1) return 0;
      return state[at + 1] === state[at + 2] ? 1 : -1;
    },
    isEnd: (state, at) => state[at] === ROWS - 1,
    expected: () => Number.NaN,
  };
}
