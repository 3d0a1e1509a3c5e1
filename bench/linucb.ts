/** How fast LinUCB decides and learns, by itself and in the market. One core, one decision and one update per request. */
import { decide } from '../src/agents/decide.ts';
import { linUcb } from '../src/agents/contextual/lin-ucb.ts';
import { matrix } from '../src/core/matrix.ts';
import { randomFrom } from '../src/core/random.ts';
import type { Figure } from './main.ts';
import { linUcbInTheMarket } from './market.ts';
import { ACTIONS, rate, ticksOf } from './ticks.ts';
import type { Player } from './ticks.ts';

/** The agent as it is used: odds, a draw with its propensity, an update. */
function ours(d: number, rows: number): Player {
  const agent = linUcb(ACTIONS, d, { alpha: 0.5, lambda: 1 });
  const random = randomFrom('bench draws');
  const scratch = matrix(rows, ACTIONS);
  return (tick) => {
    decide(agent, tick.requests, random, tick.decisions, scratch);
    agent.learn(tick.requests, tick.decisions, tick.outcomes, tick.requests);
  };
}

/** As a textbook writes it: nested arrays, one row and one action at a time, Sherman–Morrison; no propensities. */
function textbook(d: number): Player {
  const identity = (): number[][] =>
    Array.from({ length: d }, (_, i) => Array.from({ length: d }, (_, j) => (i === j ? 1 : 0)));
  const arms = Array.from({ length: ACTIONS }, () => ({
    inverse: identity(),
    moment: Array.from({ length: d }, () => 0),
  }));
  const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, x, i) => sum + x * b[i], 0);
  const times = (m: readonly number[][], x: readonly number[]): number[] => m.map((row) => dot(row, x));
  return ({ requests, outcomes }) => {
    for (let i = 0; i < requests.size; i++) {
      const x = Array.from(requests.context.data.subarray(i * d, (i + 1) * d));
      const scores = arms.map(({ inverse, moment }) => {
        const v = times(inverse, x);
        return dot(moment, v) + 0.5 * Math.sqrt(dot(x, v));
      });
      const { inverse, moment } = arms[scores.indexOf(Math.max(...scores))];
      const v = times(inverse, x);
      const q = 1 + dot(x, v);
      inverse.forEach((row, a) => row.forEach((_, b) => (row[b] -= (v[a] * v[b]) / q)));
      x.forEach((xj, j) => (moment[j] += outcomes.reward[i] * xj));
    }
  };
}

const SECONDS = 2;

/** By itself, a width a part. */
export const alone: readonly (() => AsyncIterable<Figure>)[] = [5, 16, 50].map((d) => () => byItself(d));

export const parts: readonly (() => AsyncIterable<Figure>)[] = [() => inTheMarket(), ...alone];

async function* inTheMarket(): AsyncGenerator<Figure> {
  const slow = rate(textbook(16), ticksOf(40, 256, 16), SECONDS);
  const played = 1000 / linUcbInTheMarket();
  yield {
    name: 'LinUCB in the quiet market, features and log on, d = 16, k = 10, tick 256',
    unit: 'requests',
    perSecond: played,
    nsPerRow: 1e9 / played,
    baseline: 'nested arrays, no market',
    ratio: played / slow,
  };
}

async function* byItself(d: number): AsyncGenerator<Figure> {
  const slow = rate(textbook(d), ticksOf(40, 256, d), SECONDS);
  for (const rows of [1, 256]) {
    const fast = rate(ours(d, rows), ticksOf(Math.max(40, Math.ceil(4096 / rows)), rows, d), SECONDS);
    yield {
      name: `LinUCB alone, d = ${d}, k = ${ACTIONS}, tick ${rows}`,
      unit: 'requests',
      perSecond: fast,
      nsPerRow: 1e9 / fast,
      baseline: 'nested arrays',
      ratio: fast / slow,
    };
  }
}
