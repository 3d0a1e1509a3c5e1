/** A linear model of the reward per action, each action with the probability that it is the best under the posterior. */
import { z } from 'zod';
import type { Agent, Requests } from '../../core/contracts.ts';
import type { Random } from '../../core/random.ts';
import { bestScore, drawsField, roomForScores } from './best-score.ts';
import type { Scores } from './best-score.ts';
import { constantBid } from '../bid.ts';
import { disjointModels, ridgeFields, wantsIntercept } from './disjoint-models.ts';
import { commonFields } from '../kind.ts';
import type { AgentKind, CommonConfig } from '../kind.ts';
import type { Ridge } from './ridge.ts';

export interface LinTsConfig extends CommonConfig {
  kind: 'lin-ts';
  noise: number;
  lambda: number;
  intercept?: boolean | undefined;
  draws: number;
}

/** LinTS with its regressions and posterior scores open to view. */
export interface LinTs extends Agent {
  ridge: Ridge;
  /** Mean θ_a·x and standard deviation v·√(xᵀA_a⁻¹x) of every row's scores; the buffers are used again. */
  scores(requests: Requests): Scores;
}

export interface LinTsOptions {
  name?: string;
  bidUsd?: number;
  /** v: standard deviation of a reward about its mean. */
  noise: number;
  lambda: number;
  intercept?: boolean | undefined;
  /** See `drawsField`. */
  draws?: number;
}

/**
 * Disjoint linear Thompson sampling (Agrawal & Goyal 2013, "Thompson sampling for contextual bandits with linear payoffs",
 * with a model per action): the posterior of θ_a is N(A_a⁻¹ b_a, v² A_a⁻¹), so scores of one context are independent normal
 * variables and P(best) is an integral over one. Rewards may be any finite numbers.
 */
export function linTs(k: number, d: number, random: Random, options: LinTsOptions): LinTs {
  const { name = 'lin-ts', noise } = options;
  const model = disjointModels(k, d, { ...options, name });
  const best = bestScore(k, options.draws ?? 0, random.stream('posterior'));
  let kept: Scores = { means: new Float64Array(0), sds: new Float64Array(0) };
  return {
    name,
    ridge: model.ridge,
    scores,
    distribution: (requests, out) => best(requests, scores(requests), out),
    bid: constantBid(options.bidUsd ?? 0),
    learn: (requests, decisions, outcomes) => model.learn(requests, decisions, outcomes),
  };

  function scores(requests: Requests): Scores {
    kept = roomForScores(kept, requests.size * k);
    model.predict(requests, (from, to, means, squares, stride) => {
      for (let i = 0, at = from * k; i < to - from; i++) {
        for (let a = 0, p = i * stride; a < k; a++, p++, at++) {
          kept.means[at] = means[p];
          kept.sds[at] = noise * Math.sqrt(Math.max(0, squares[p]));
        }
      }
    });
    return kept;
  }
}

const schema = z.strictObject({
  kind: z.literal('lin-ts').describe('Linear Thompson sampling, one model per action'),
  noise: z
    .number()
    .min(0)
    .max(1000)
    .default(0.1)
    .describe('v: spread of a reward about its mean, in [0, 1000]; default 0.1, as clicks at a few per cent spread'),
  ...ridgeFields,
  ...drawsField,
  ...commonFields,
}) satisfies z.ZodType<LinTsConfig>;

export const linTsKind: AgentKind<LinTsConfig> = {
  kind: 'lin-ts',
  summary:
    'a ridge regression of the reward per action, each with the probability that it is the best; exact propensities',
  reference: 'Agrawal & Goyal (2013), Thompson sampling for contextual bandits with linear payoffs',
  schema,
  sees: 'context',
  needs: [],
  create: ({ kind, name = kind, ...config }, setup) =>
    linTs(setup.actions.size, setup.spec.contextNames.length, setup.random, {
      ...config,
      name,
      intercept: wantsIntercept(config, setup),
    }),
};
