/** Ticks for the benches of agents, and how fast a player gets through them. */
import { performance } from 'node:perf_hooks';
import { decisionsOf, outcomesOf, requestsOf } from '../src/core/batch.ts';
import type { Decisions, Outcomes, Requests } from '../src/core/contracts.ts';
import { randomFrom } from '../src/core/random.ts';

export interface Tick {
  requests: Requests;
  decisions: Decisions;
  outcomes: Outcomes;
}

/** Plays a tick: decides and learns. */
export type Player = (tick: Tick) => void;

export const ACTIONS = 10;

/** Ticks of random contexts, their luck drawn beforehand: what is timed is the agent. */
export function ticksOf(count: number, rows: number, d: number): Tick[] {
  const random = randomFrom('bench');
  return Array.from({ length: count }, (_, t) => {
    const shape = { rows, context: d, actions: ACTIONS, slots: 1 };
    const tick = { requests: requestsOf(shape), decisions: decisionsOf(shape), outcomes: outcomesOf(shape) };
    tick.requests.size = rows;
    tick.requests.eligible.fill(1);
    tick.outcomes.won.fill(1);
    tick.outcomes.slot.fill(0);
    for (let i = 0; i < rows; i++) {
      const id = t * rows + i;
      tick.requests.impression[i] = id;
      tick.outcomes.reward[i] = random.uniform(id, -1) < 0.05 ? 1 : 0;
      for (let j = 0; j < d; j++) tick.requests.context.data[i * d + j] = random.uniform(id, j) - 0.5;
    }
    return tick;
  });
}

/** Rows per second over at least `seconds`, after a warm-up of half that. */
export function rate(player: Player, ticks: readonly Tick[], seconds: number): number {
  let played = 0;
  const run = (until: number): number => {
    const start = performance.now();
    let rows = 0;
    while (performance.now() - start < until) {
      const tick = ticks[played++ % ticks.length];
      player(tick);
      rows += tick.requests.size;
    }
    return (1000 * rows) / (performance.now() - start);
  };
  run(500 * seconds);
  return run(1000 * seconds);
}
