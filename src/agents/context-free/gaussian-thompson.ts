/** Each action with the probability that its mean is the best, rewards being normal; sees no context. */
import { z } from 'zod';
import type { Agent } from '../../core/contracts.ts';
import { gaussianContest } from './best-gaussian.ts';
import { bestOdds } from './best-odds.ts';
import { constantBid } from '../bid.ts';
import { commonFields } from '../kind.ts';
import type { AgentKind, CommonConfig } from '../kind.ts';
import { actionTotals, forgettingFields } from './totals.ts';
import type { Forgetting } from './totals.ts';

export interface GaussianThompsonConfig extends CommonConfig, Forgetting {
  kind: 'gaussian-thompson';
  noise: number;
  priorMean: number;
  priorSd: number;
}

/** Gaussian Thompson sampling with its posteriors open to view. */
export interface GaussianThompson extends Agent {
  /** (k) mean and standard deviation of each action's posterior. */
  mean: Float64Array;
  sd: Float64Array;
}

export interface GaussianThompsonOptions extends Forgetting {
  name?: string;
  bidUsd?: number;
  /** Standard deviation of a reward, taken as known; default 1. */
  noise?: number;
  priorMean?: number;
  priorSd?: number;
}

/**
 * Thompson sampling with normal posteriors over k actions. The defaults are the posterior N(Σr / (n + 1), 1 / (n + 1)) of
 * Agrawal & Goyal (2013, "Further optimal regret bounds", Algorithm 2). Rewards may be any finite numbers. The odds are
 * P(best) by quadrature, so the logged propensity is exact.
 */
export function gaussianThompson(k: number, options: GaussianThompsonOptions = {}): GaussianThompson {
  const { name = 'gaussian-thompson', noise = 1, priorMean = 0, priorSd = 1 } = options;
  const totals = actionTotals(name, k, options);
  const mean = new Float64Array(k).fill(priorMean);
  const sd = new Float64Array(k).fill(priorSd);
  const odds = bestOdds(k, (candidates, out) =>
    gaussianContest(
      candidates.map((j) => mean[j]),
      candidates.map((j) => sd[j]),
      out,
    ),
  );
  return {
    name,
    mean,
    sd,
    distribution: (requests, out) => odds.fill(requests, out),
    bid: constantBid(options.bidUsd ?? 0),
    learn(requests, decisions, outcomes) {
      totals.add(requests.size, decisions, outcomes);
      odds.forget();
      const known = 1 / (priorSd * priorSd);
      const each = 1 / (noise * noise);
      for (let j = 0; j < k; j++) {
        const precision = known + each * totals.count[j];
        mean[j] = (known * priorMean + each * totals.sum[j]) / precision;
        sd[j] = 1 / Math.sqrt(precision);
      }
    },
  };
}

const positive = z.number().min(1e-6).max(1e6).default(1);

const schema = z.strictObject({
  kind: z.literal('gaussian-thompson').describe('Each action with the probability that its mean is the best'),
  noise: positive.describe('Standard deviation of a reward, in [1e-6, 1e6]; default 1: cautious for clicks'),
  priorMean: z.number().min(-1e6).max(1e6).default(0).describe('Mean of the prior, in [-1e6, 1e6]; default 0'),
  priorSd: positive.describe('Standard deviation of the prior, in [1e-6, 1e6]; default 1'),
  ...forgettingFields,
  ...commonFields,
}) satisfies z.ZodType<GaussianThompsonConfig>;

export const gaussianThompsonKind: AgentKind<GaussianThompsonConfig> = {
  kind: 'gaussian-thompson',
  summary: 'each action with the probability that its mean is the best, under normal posteriors; exact propensities',
  reference: 'Agrawal & Goyal (2013), Further optimal regret bounds for Thompson sampling, Algorithm 2',
  schema,
  sees: 'context',
  needs: [],
  create: ({ kind, name = kind, ...options }, { actions }) => gaussianThompson(actions.size, { ...options, name }),
};
