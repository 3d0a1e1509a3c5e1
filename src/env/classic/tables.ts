/** Small decision processes with few states, and what a policy is worth in them by arithmetic. */
import { normalOf } from './world.ts';
import type { Dynamics, Luck } from './world.ts';

/** A move: where it leads, what it pays. A state below 0 ends the session. */
export interface Move {
  to: number;
  reward: number;
}

export interface Table {
  name: string;
  states: number;
  actions: readonly string[];
  start: number;
  /** Default: every action everywhere. */
  eligible?: (state: number, action: number) => boolean;
  /** Its moves and their probabilities; noise, where there is any, is normal about the reward. */
  moves: (state: number, action: number) => readonly (Move & { probability: number; noise?: number })[];
}

/** The process as lanes can play it: the agent sees the state's number. */
export function tableDynamics(table: Table): Dynamics {
  const { name, states, actions, start } = table;
  const moves = Array.from({ length: states }, (_, s) => actions.map((_name, a) => table.moves(s, a)));
  return {
    name,
    actions,
    contextNames: ['state'],
    stateSize: 1,
    start(state, at) {
      state[at] = start;
    },
    context(state, at, out, to) {
      out[to] = state[at];
    },
    ...(table.eligible && {
      eligible: (state: Float64Array, at: number, action: number) => table.eligible?.(state[at], action) ?? true,
    }),
    step(state, at, action, luck: Luck) {
      const [move, ...others] = moves[state[at]][action];
      let taken = move;
      if (others.length > 0) {
        let u = luck() - move.probability;
        for (let m = 0; u >= 0 && m < others.length; m++) {
          taken = others[m];
          u -= taken.probability;
        }
      }
      state[at] = taken.to;
      return taken.noise ? taken.reward + taken.noise * normalOf(luck) : taken.reward;
    },
    isEnd: (state, at) => state[at] < 0,
    expected: (state, at, action) =>
      moves[state[at]][action].reduce((sum, move) => sum + move.probability * move.reward, 0),
  };
}

/**
 * (states) expected undiscounted return of a policy that takes every eligible action alike, by sweeps until no value
 * moves by 1e-12 (Sutton & Barto 2018, section 4.1).
 */
export function evenPolicyValues(table: Table): Float64Array {
  const values = new Float64Array(table.states);
  for (let moved = Infinity; moved > 1e-12;) {
    moved = 0;
    for (let s = 0; s < table.states; s++) {
      const allowed = table.actions.flatMap((_, a) => (table.eligible?.(s, a) === false ? [] : [a]));
      let value = 0;
      for (const a of allowed) {
        for (const { to, reward, probability } of table.moves(s, a)) {
          value += (probability * (reward + (to < 0 ? 0 : values[to]))) / allowed.length;
        }
      }
      moved = Math.max(moved, Math.abs(value - values[s]));
      values[s] = value;
    }
  }
  return values;
}

/** Steps from the start to the end where each step costs 1, by breadth-first search; Infinity where there is no way. */
export function shortestPath(table: Table): number {
  const seen = new Set([table.start]);
  let border = [table.start];
  for (let steps = 1; border.length > 0; steps++) {
    const next: number[] = [];
    for (const s of border) {
      for (const a of table.actions.keys()) {
        for (const { to } of table.moves(s, a)) {
          if (to < 0) return steps;
          if (!seen.has(to)) next.push(to);
          seen.add(to);
        }
      }
    }
    border = next;
  }
  return Infinity;
}
