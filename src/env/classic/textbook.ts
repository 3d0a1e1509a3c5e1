/** Sutton & Barto's small worlds (2018), each as a table of moves. */
import type { Move, Table } from './tables.ts';

const COMPASS = ['up', 'right', 'down', 'left'] as const;
const UP_DOWN = [-1, 0, 1, 0];
const LEFT_RIGHT = [0, 1, 0, -1];
const END = -1;

const sure = (to: number, reward: number): readonly (Move & { probability: number })[] => [
  { to, reward, probability: 1 },
];

const within = (value: number, size: number): number => Math.min(size - 1, Math.max(0, value));

/** Example 6.6: 4×12; a step costs 1, the cliff 100 and leads back to the start. */
export function cliffWalking(): Table {
  const [rows, columns] = [4, 12];
  const start = (rows - 1) * columns;
  return {
    name: 'cliff-walking',
    states: rows * columns,
    actions: COMPASS,
    start,
    moves(state, action) {
      const row = within(Math.floor(state / columns) + UP_DOWN[action], rows);
      const column = within((state % columns) + LEFT_RIGHT[action], columns);
      if (row < rows - 1 || column === 0) return sure(row * columns + column, -1);
      return column === columns - 1 ? sure(END, -1) : sure(start, -100);
    },
  };
}

/** Upward push of each column of the windy grid. */
const WIND = [0, 0, 0, 1, 1, 1, 2, 2, 1, 0];

/** Example 6.5: 7×10 with a crosswind; a step costs 1. */
export function windyGrid(): Table {
  const [rows, columns] = [7, 10];
  const goal = 3 * columns + 7;
  return {
    name: 'windy-grid',
    states: rows * columns,
    actions: COMPASS,
    start: 3 * columns,
    moves(state, action) {
      const from = state % columns;
      const row = within(Math.floor(state / columns) + UP_DOWN[action] - WIND[from], rows);
      const to = row * columns + within(from + LEFT_RIGHT[action], columns);
      return sure(to === goal ? END : to, -1);
    },
  };
}

/** Example 4.1: 4×4, two opposite corners end; a step costs 1. States are the fourteen other cells, row by row. */
export function smallGrid(): Table {
  const last = 15;
  return {
    name: 'small-grid',
    states: last - 1,
    actions: COMPASS,
    start: 0,
    moves(state, action) {
      const cell = state + 1;
      const row = within(Math.floor(cell / 4) + UP_DOWN[action], 4);
      const to = row * 4 + within((cell % 4) + LEFT_RIGHT[action], 4);
      return sure(to === 0 || to === last ? END : to - 1, -1);
    },
  };
}

/** Example 6.2: five states in a row, from the middle left or right with equal chance; the right end pays 1. */
export function randomWalk(): Table {
  return {
    name: 'random-walk',
    states: 5,
    actions: ['walk'],
    start: 2,
    moves: (state) => [
      { to: state - 1, reward: 0, probability: 0.5 },
      { to: state === 4 ? END : state + 1, reward: state === 4 ? 1 : 0, probability: 0.5 },
    ],
  };
}

/**
 * Example 6.7: from A, right ends and left leads to B, both for nothing; in B each of `choices` actions ends the session
 * with a reward N(−0.1, 1). In A the first two actions are left and right, no other is eligible.
 */
export function maximisationBias(choices: number): Table {
  return {
    name: 'maximisation-bias',
    states: 2,
    actions: Array.from({ length: choices }, (_, a) => ['left', 'right'][a] ?? `b-${a + 1}`),
    start: 0,
    eligible: (state, action) => state === 1 || action < 2,
    moves(state, action) {
      if (state === 1) return [{ to: END, reward: -0.1, probability: 1, noise: 1 }];
      return action === 0 ? sure(1, 0) : sure(END, 0);
    },
  };
}
