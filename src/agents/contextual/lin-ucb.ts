/** A linear model of the reward per action, and the highest upper confidence bound. */
import { z } from 'zod';
import type { Agent, Requests } from '../../core/contracts.ts';
import type { Matrix } from '../../core/matrix.ts';
import { constantBid } from '../bid.ts';
import { disjointModels, ridgeFields, wantsIntercept } from './disjoint-models.ts';
import { commonFields } from '../kind.ts';
import type { AgentKind, CommonConfig } from '../kind.ts';
import { shareAmongBest } from '../odds.ts';
import type { Ridge } from './ridge.ts';

export interface LinUcbConfig extends CommonConfig {
  kind: 'lin-ucb';
  alpha: number;
  lambda: number;
  intercept?: boolean | undefined;
}

/** LinUCB with its regressions and scores open to view. */
export interface LinUcb extends Agent {
  ridge: Ridge;
  /** Fills `out` (n×k) with θ_a·x + α·√(xᵀA_a⁻¹x). */
  scores(requests: Requests, out: Matrix): void;
}

/**
 * Disjoint LinUCB (Li, Chu, Langford & Schapire 2010, algorithm 1) over k actions and d context features: score
 * θ_a·x + α·√(xᵀA_a⁻¹x), the best score shown, ties shared evenly. `intercept` puts a constant 1 before the features.
 * Rewards may be any finite numbers.
 */
export function linUcb(
  k: number,
  d: number,
  options: { name?: string; alpha: number; lambda: number; intercept?: boolean; bidUsd?: number },
): LinUcb {
  const { name = 'lin-ucb', alpha } = options;
  const model = disjointModels(k, d, { ...options, name });

  function scores(requests: Requests, out: Matrix): void {
    model.predict(requests, (from, to, means, squares, stride) => {
      for (let i = 0, at = from * k; i < to - from; i++) {
        for (let a = 0, p = i * stride; a < k; a++, p++) {
          out.data[at++] = means[p] + alpha * Math.sqrt(Math.max(0, squares[p]));
        }
      }
    });
  }

  return {
    name,
    ridge: model.ridge,
    scores,
    distribution(requests, out) {
      scores(requests, out);
      shareAmongBest(out, requests);
    },
    bid: constantBid(options.bidUsd ?? 0),
    learn: (requests, decisions, outcomes) => model.learn(requests, decisions, outcomes),
  };
}

const schema = z.strictObject({
  kind: z.literal('lin-ucb').describe('Linear upper confidence bounds, one model per action'),
  alpha: z
    .number()
    .min(0)
    .max(100)
    .default(0.1)
    .describe(
      'Width of the bound in standard errors of a reward with spread 1, in [0, 100]; default 0.1, as clicks at a few ' +
        'per cent spread by about 0.15; 0 is greedy',
    ),
  ...ridgeFields,
  ...commonFields,
}) satisfies z.ZodType<LinUcbConfig>;

export const linUcbKind: AgentKind<LinUcbConfig> = {
  kind: 'lin-ucb',
  summary: 'a ridge regression of the reward per action, the highest upper confidence bound shown (disjoint LinUCB)',
  reference: 'Li, Chu, Langford & Schapire (2010), A contextual-bandit approach to news article recommendation, alg. 1',
  schema,
  sees: 'context',
  needs: [],
  create: (config, setup) =>
    linUcb(setup.actions.size, setup.spec.contextNames.length, {
      name: config.name ?? config.kind,
      alpha: config.alpha,
      lambda: config.lambda,
      intercept: wantsIntercept(config, setup),
      bidUsd: config.bidUsd,
    }),
};
