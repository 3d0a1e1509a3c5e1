/**
 * How fast agents decide and learn: one decision with its logged propensity and one update per request, k = 10, each
 * beside the same rule as a textbook writes it, an object per arm.
 */
import { linearLearner } from '../src/agents/contextual/learners.ts';
import { squareCb } from '../src/agents/contextual/square-cb.ts';
import { klUcb } from '../src/agents/context-free/kl-ucb.ts';
import { logisticTs } from '../src/agents/contextual/logistic.ts';
import { thompson } from '../src/agents/context-free/thompson.ts';
import { decide } from '../src/agents/decide.ts';
import type { Agent } from '../src/core/contracts.ts';
import { matrix } from '../src/core/matrix.ts';
import { randomFrom } from '../src/core/random.ts';
import { ACTIONS, rate, ticksOf } from './ticks.ts';
import type { Player } from './ticks.ts';
import { parts as dqn } from './dqn.ts';
import { alone as linUcbAlone } from './linucb.ts';
import type { Figure } from './main.ts';

const D = 5;
const SECONDS = 2;

interface Case {
  name: string;
  make: () => Agent;
  baseline: string;
  plain: () => Player;
}

const logistic = (draws: number) => (): Agent =>
  logisticTs(ACTIONS, D, randomFrom('bench'), { name: 'logistic-ts', lambda: 1, draws });

const CASES: readonly Case[] = [
  {
    name: 'Thompson, exact propensities',
    make: () => thompson(ACTIONS, randomFrom('thompson')),
    baseline: 'a Beta draw per arm',
    plain: plainThompson,
  },
  {
    name: 'Thompson, drawing once',
    make: () => thompson(ACTIONS, randomFrom('thompson'), { draws: 1 }),
    baseline: 'a Beta draw per arm',
    plain: plainThompson,
  },
  { name: 'KL-UCB', make: () => klUcb(ACTIONS), baseline: '50 bisections per arm', plain: plainKlUcb },
  {
    name: `SquareCB over linear models, d = ${D}`,
    make: () => squareCb(ACTIONS, linearLearner(ACTIONS, D, false, 1), { gammaScale: 100, gammaExponent: 0.5 }),
    baseline: 'nested arrays, Sherman–Morrison',
    plain: plainSquareCb,
  },
  {
    name: `logistic Thompson, d = ${D}, drawing once`,
    make: logistic(1),
    baseline: 'nested arrays, one draw',
    plain: plainLogistic,
  },
  {
    name: `logistic Thompson, d = ${D}, shares of 100 draws`,
    make: logistic(100),
    baseline: 'nested arrays, one draw',
    plain: plainLogistic,
  },
  {
    name: `logistic Thompson, d = ${D}, exact propensities`,
    make: logistic(0),
    baseline: 'nested arrays, one draw',
    plain: plainLogistic,
  },
];

export const parts: readonly (() => AsyncIterable<Figure>)[] = [
  ...linUcbAlone,
  ...CASES.map((one) => () => figures(one)),
  ...dqn,
];

async function* figures({ name, make, baseline, plain }: Case): AsyncGenerator<Figure> {
  const slow = rate(plain(), ticksOf(64, 256, D), SECONDS);
  for (const rows of [1, 256]) {
    const perSecond = rate(playing(make(), rows), ticksOf(16_384 / rows, rows, D), SECONDS);
    yield {
      name: `${name}, tick ${rows}`,
      unit: 'requests',
      perSecond,
      nsPerRow: 1e9 / perSecond,
      baseline,
      ratio: perSecond / slow,
    };
  }
}

/** The agent as it is used. */
function playing(agent: Agent, rows: number): Player {
  const random = randomFrom('bench draws');
  const scratch = matrix(rows, ACTIONS);
  return (tick) => {
    decide(agent, tick.requests, random, tick.decisions, scratch);
    agent.learn(tick.requests, tick.decisions, tick.outcomes, tick.requests);
  };
}

const arms = <T>(make: () => T): T[] => Array.from({ length: ACTIONS }, make);
const bestOf = (scores: readonly number[]): number => scores.indexOf(Math.max(...scores));
const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, x, i) => sum + x * b[i], 0);

function plainThompson(): Player {
  const luck = randomFrom('plain').sequence();
  const own = arms(() => ({ hits: 1, misses: 1 }));
  const gamma = (shape: number): number => {
    for (;;) {
      const x = luck.normal();
      const v = (1 + x / Math.sqrt(9 * shape - 3)) ** 3;
      if (v > 0 && Math.log(luck.uniform()) < 0.5 * x * x + (shape - 1 / 3) * (1 - v + Math.log(v)))
        return (shape - 1 / 3) * v;
    }
  };
  return ({ requests, outcomes }) => {
    for (let i = 0; i < requests.size; i++) {
      const scores = own.map(({ hits, misses }) => {
        const x = gamma(hits);
        return x / (x + gamma(misses));
      });
      const arm = own[bestOf(scores)];
      arm.hits += outcomes.reward[i];
      arm.misses += 1 - outcomes.reward[i];
    }
  };
}

function plainKlUcb(): Player {
  const own = arms(() => ({ n: 1, sum: 0 }));
  let t = ACTIONS;
  const kl = (p: number, q: number): number =>
    (p > 0 ? p * Math.log(p / q) : 0) + (p < 1 ? (1 - p) * Math.log((1 - p) / (1 - q)) : 0);
  return ({ requests, outcomes }) => {
    for (let i = 0; i < requests.size; i++) {
      const scores = own.map(({ n, sum }) => {
        let [low, high] = [sum / n, 1];
        for (let step = 0; step < 50; step++) {
          const middle = (low + high) / 2;
          if (n * kl(sum / n, middle) > Math.log(t)) high = middle;
          else low = middle;
        }
        return low;
      });
      const arm = own[bestOf(scores)];
      arm.n++;
      arm.sum += outcomes.reward[i];
      t++;
    }
  };
}

function plainSquareCb(): Player {
  const luck = randomFrom('plain').sequence();
  const own = arms(() => ({
    inverse: Array.from({ length: D }, (_, i) => Array.from({ length: D }, (_, j) => (i === j ? 1 : 0))),
    moment: Array.from({ length: D }, () => 0),
  }));
  let t = 1;
  return ({ requests, outcomes }) => {
    for (let i = 0; i < requests.size; i++) {
      const x = Array.from(requests.context.data.subarray(i * D, (i + 1) * D));
      const scores = own.map(({ inverse, moment }) =>
        dot(
          moment,
          inverse.map((row) => dot(row, x)),
        ),
      );
      const best = bestOf(scores);
      const gamma = 100 * Math.sqrt(t++);
      const odds = scores.map((score, a) => (a === best ? 0 : 1 / (ACTIONS + gamma * (scores[best] - score))));
      odds[best] = 1 - odds.reduce((a, b) => a + b, 0);
      let u = luck.uniform();
      const { inverse, moment } =
        own[
          Math.max(
            0,
            odds.findIndex((p) => (u -= p) < 0),
          )
        ];
      const v = inverse.map((row) => dot(row, x));
      const q = 1 + dot(x, v);
      inverse.forEach((row, a) => row.forEach((_, b) => (row[b] -= (v[a] * v[b]) / q)));
      x.forEach((xj, j) => (moment[j] += outcomes.reward[i] * xj));
    }
  };
}

/** One draw of the weights per arm; a Newton step along x / q stands for the fit. */
function plainLogistic(): Player {
  const luck = randomFrom('plain').sequence();
  const own = arms(() => ({ mean: Array.from({ length: D }, () => 0), precision: Array.from({ length: D }, () => 1) }));
  return ({ requests, outcomes }) => {
    for (let i = 0; i < requests.size; i++) {
      const x = Array.from(requests.context.data.subarray(i * D, (i + 1) * D));
      const scores = own.map(({ mean, precision }) =>
        dot(
          mean.map((m, j) => m + luck.normal() / Math.sqrt(precision[j])),
          x,
        ),
      );
      const { mean, precision } = own[bestOf(scores)];
      for (let step = 0; step < 5; step++) {
        const p = 1 / (1 + Math.exp(-dot(mean, x)));
        mean.forEach((_, j) => (mean[j] += ((outcomes.reward[i] - p) * x[j]) / precision[j] / 5));
      }
      const p = 1 / (1 + Math.exp(-dot(mean, x)));
      precision.forEach((_, j) => (precision[j] += x[j] * x[j] * p * (1 - p)));
    }
  };
}
