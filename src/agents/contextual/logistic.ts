/** Online logistic regression of the click rate per action: Thompson sampling and upper confidence bounds on it. */
import { z } from 'zod';
import type { Agent, Requests } from '../../core/contracts.ts';
import type { Matrix } from '../../core/matrix.ts';
import type { Random } from '../../core/random.ts';
import { bestScore, drawsField, roomForScores } from './best-score.ts';
import type { Scores } from './best-score.ts';
import { constantBid } from '../bid.ts';
import { interceptField, wantsIntercept } from './disjoint-models.ts';
import { commonFields } from '../kind.ts';
import type { AgentKind, CommonConfig } from '../kind.ts';
import { shareAmongBest } from '../odds.ts';
import { onlineLogistic } from './online-logistic.ts';
import type { OnlineLogistic } from './online-logistic.ts';
import { firstRewards, refuseContexts, shownActions } from '../shown.ts';

interface LogisticConfig extends CommonConfig {
  lambda: number;
  intercept?: boolean | undefined;
}

export interface LogisticTsConfig extends LogisticConfig {
  kind: 'logistic-ts';
  scale: number;
  draws: number;
}

export interface LogisticUcbConfig extends LogisticConfig {
  kind: 'logistic-ucb';
  alpha: number;
}

/** A logistic agent with its models open to view. */
export interface Logistic extends Agent {
  /** (k) */
  models: readonly OnlineLogistic[];
  /** Mean x·m_a and standard deviation √(Σ x²/q_a) of the log-odds of a click; the buffers are used again. */
  scores(requests: Requests): Scores;
}

export interface LogisticOptions {
  name: string;
  bidUsd?: number;
  /** Precision of every weight before anything is known, > 0. */
  lambda: number;
  intercept?: boolean | undefined;
}

/** How scores become odds. */
type Odds = (requests: Requests, scores: Scores, out: Matrix) => void;

/** Thompson sampling (Chapelle & Li 2011, Algorithm 3) over k actions and d features; `scale` multiplies the spread. */
export function logisticTs(
  k: number,
  d: number,
  random: Random,
  options: LogisticOptions & { scale?: number; draws?: number },
): Logistic {
  const { scale = 1, draws = 0 } = options;
  const best = bestScore(k, draws, random.stream('posterior'));
  return logistic(k, d, options, scale, best);
}

/** The highest upper bound x·m + α·√(Σ x²/q) of the log-odds (as in Li, Chu, Langford, Moon & Wang 2012, with the diagonal precision). */
export function logisticUcb(k: number, d: number, options: LogisticOptions & { alpha: number }): Logistic {
  return logistic(k, d, options, options.alpha, (requests, { means, sds }, out) => {
    for (let cell = 0; cell < requests.size * k; cell++) out.data[cell] = means[cell] + sds[cell];
    shareAmongBest(out, requests);
  });
}

function logistic(k: number, d: number, options: LogisticOptions, scale: number, odds: Odds): Logistic {
  const { name, bidUsd = 0, lambda } = options;
  const lead = options.intercept ? 1 : 0;
  const width = d + lead;
  const models = Array.from({ length: k }, () => onlineLogistic(width, lambda));
  let kept: Scores = { means: new Float64Array(0), sds: new Float64Array(0) };
  const row = new Float64Array(width);
  let shown = new Int32Array(0);
  return {
    name,
    models,
    scores,
    distribution: (requests, out) => odds(requests, scores(requests), out),
    bid: constantBid(bidUsd),
    learn(requests, decisions, outcomes) {
      const n = requests.size;
      if (shown.length !== n) shown = new Int32Array(n);
      refuseContexts(name, requests);
      shownActions(name, decisions, outcomes, shown, 0, 1);
      const rewards = firstRewards(outcomes);
      for (let a = 0; a < k; a++) {
        const rows: number[] = [];
        for (let i = 0; i < n; i++) if (shown[i] === a) rows.push(i);
        const x = new Float64Array(rows.length * width);
        rows.forEach((i, r) => {
          fill(requests, i);
          x.set(row, r * width);
        });
        models[a].learn(
          rows.length,
          x,
          rows.map((i) => rewards[i]),
        );
      }
    },
  };

  function fill({ context }: Requests, i: number): void {
    if (lead === 1) row[0] = 1;
    for (let j = 0; j < d; j++) row[lead + j] = context.data[i * d + j];
  }

  function scores(requests: Requests): Scores {
    kept = roomForScores(kept, requests.size * k);
    for (let i = 0, cell = 0; i < requests.size; i++) {
      fill(requests, i);
      for (let a = 0; a < k; a++, cell++) {
        const { mean, precision } = models[a];
        let sum = 0;
        let variance = 0;
        for (let j = 0; j < width; j++) {
          sum += row[j] * mean[j];
          variance += (row[j] * row[j]) / precision[j];
        }
        kept.means[cell] = sum;
        kept.sds[cell] = scale * Math.sqrt(variance);
      }
    }
    return kept;
  }
}

const modelFields = {
  lambda: z
    .number()
    .positive()
    .max(1e9)
    .default(1)
    .describe('Precision of every weight before anything is known, in (0, 1e9]; default 1'),
  ...interceptField,
};

const tsSchema = z.strictObject({
  kind: z.literal('logistic-ts').describe('Thompson sampling on an online logistic regression per action'),
  ...modelFields,
  scale: z
    .number()
    .min(0)
    .max(100)
    .default(0.5)
    .describe(
      'Multiplies the posterior’s spread, in [0, 100]; default 0.5, best in Chapelle & Li’s ads; 1 is the posterior',
    ),
  ...drawsField,
  ...commonFields,
}) satisfies z.ZodType<LogisticTsConfig>;

export const logisticTsKind: AgentKind<LogisticTsConfig> = {
  kind: 'logistic-ts',
  summary:
    'an online logistic regression per action, each with the probability that it is the best; exact propensities',
  reference: 'Chapelle & Li (2011), An empirical evaluation of Thompson sampling, Algorithm 3',
  schema: tsSchema,
  sees: 'context',
  needs: [],
  create: ({ kind, name = kind, ...config }, setup) =>
    logisticTs(setup.actions.size, setup.spec.contextNames.length, setup.random, {
      ...config,
      name,
      intercept: wantsIntercept(config, setup),
    }),
};

const ucbSchema = z.strictObject({
  kind: z.literal('logistic-ucb').describe('Upper confidence bounds on an online logistic regression per action'),
  ...modelFields,
  alpha: z
    .number()
    .min(0)
    .max(100)
    .default(1)
    .describe('Width of the bound in standard deviations of the log-odds, in [0, 100]; default 1; 0 is greedy'),
  ...commonFields,
}) satisfies z.ZodType<LogisticUcbConfig>;

export const logisticUcbKind: AgentKind<LogisticUcbConfig> = {
  kind: 'logistic-ucb',
  summary: 'an online logistic regression of the click per action, the highest upper confidence bound shown',
  reference:
    'Li, Chu, Langford, Moon & Wang (2012), An unbiased offline evaluation of contextual bandit algorithms with GLMs',
  schema: ucbSchema,
  sees: 'context',
  needs: [],
  create: ({ kind, name = kind, ...config }, setup) =>
    logisticUcb(setup.actions.size, setup.spec.contextNames.length, {
      ...config,
      name,
      intercept: wantsIntercept(config, setup),
    }),
};
