/** Each action is shown with the probability that it is the best one; sees no context. */
import { z } from 'zod';
import type { Agent } from '../../core/contracts.ts';
import type { Random } from '../../core/random.ts';
import { betaContest } from './best-beta.ts';
import { bestOdds } from './best-odds.ts';
import { drawsField } from '../contextual/best-score.ts';
import { drawnBest } from './beta-draws.ts';
import { constantBid } from '../bid.ts';
import { commonFields } from '../kind.ts';
import type { AgentKind, CommonConfig } from '../kind.ts';
import { actionTotals, forgettingFields } from './totals.ts';
import type { Forgetting } from './totals.ts';

export interface ThompsonConfig extends CommonConfig, Forgetting {
  kind: 'thompson';
  priorAlpha: number;
  priorBeta: number;
  draws: number;
}

export interface ThompsonOptions extends Forgetting {
  name?: string;
  bidUsd?: number;
  priorAlpha?: number;
  priorBeta?: number;
  /** See `drawsField`. */
  draws?: number;
  /** See `TotalsOptions`. */
  cascade?: boolean;
}

/** Thompson sampling with its posteriors open to view. */
export interface Thompson extends Agent {
  /** (k) Beta parameters of each action's posterior. */
  alpha: Float64Array;
  beta: Float64Array;
}

/**
 * Thompson sampling with Beta posteriors (Thompson 1933; Chapelle & Li 2011) over k actions. Without `draws` nothing is
 * sampled to state the odds: they are P(best) by quadrature, so the logged propensity is exact. A reward r in [0, 1] adds
 * r to alpha and 1 − r to beta; any other is refused with `InputError`. A window or a discount forgets, for drift (Raj &
 * Kalyani 2017).
 */
export function thompson(k: number, random: Random, options: ThompsonOptions = {}): Thompson {
  const name = options.name ?? 'thompson';
  const priorAlpha = options.priorAlpha ?? 1;
  const priorBeta = options.priorBeta ?? 1;
  const totals = actionTotals(name, k, { ...options, low: 0, high: 1 });
  const alpha = new Float64Array(k).fill(priorAlpha);
  const beta = new Float64Array(k).fill(priorBeta);
  const contest = betaContest();
  const odds = bestOdds(k, (candidates, out) =>
    contest(
      candidates.map((j) => alpha[j]),
      candidates.map((j) => beta[j]),
      out,
    ),
  );
  const { draws = 0 } = options;
  const drawn = draws > 0 ? drawnBest(k, draws, random.stream('posterior')) : undefined;
  return {
    name,
    alpha,
    beta,
    distribution: (requests, out) => (drawn ? drawn(requests, alpha, beta, out) : odds.fill(requests, out)),
    bid: constantBid(options.bidUsd ?? 0),
    learn(requests, decisions, outcomes) {
      totals.add(requests.size, decisions, outcomes);
      odds.forget();
      for (let j = 0; j < k; j++) {
        alpha[j] = priorAlpha + Math.max(0, totals.sum[j]);
        beta[j] = priorBeta + Math.max(0, totals.count[j] - totals.sum[j]);
      }
    },
  };
}

const prior = z.number().min(0.1).max(1e6).default(1);

const schema = z.strictObject({
  kind: z.literal('thompson').describe('Each action with the probability that it is the best'),
  priorAlpha: prior.describe('Prior successes, in [0.1, 1e6]; default 1 (with priorBeta 1: the uniform prior)'),
  priorBeta: prior.describe('Prior failures, in [0.1, 1e6]; default 1'),
  ...drawsField,
  ...forgettingFields,
  ...commonFields,
}) satisfies z.ZodType<ThompsonConfig>;

export const thompsonKind: AgentKind<ThompsonConfig> = {
  kind: 'thompson',
  summary: 'each action with the probability that it is the best, under Beta posteriors; exact propensities',
  reference: 'Thompson (1933); Chapelle & Li (2011), An empirical evaluation of Thompson sampling',
  schema,
  sees: 'context',
  needs: [],
  create: ({ kind, name = kind, ...options }, { actions, random }) =>
    thompson(actions.size, random, { ...options, name }),
};
