/** Each action is shown with the probability that it is the best one; sees no context. */
import { z } from 'zod';
import type { Agent } from '../core/contracts.ts';
import { betaContest } from './best-beta.ts';
import { constantBid } from './bid.ts';
import { commonFields } from './kind.ts';
import type { AgentKind, CommonConfig } from './kind.ts';
import { sameEligible } from './odds.ts';
import { actionTotals } from './totals.ts';

export interface ThompsonConfig extends CommonConfig {
  kind: 'thompson';
  priorAlpha: number;
  priorBeta: number;
}

/** Thompson sampling with its posteriors open to view. */
export interface Thompson extends Agent {
  /** (k) Beta parameters of each action's posterior. */
  alpha: Float64Array;
  beta: Float64Array;
}

/** Distinct sets of eligible actions whose odds are remembered between two ticks of learning. */
const REMEMBERED = 4096;

/**
 * Thompson sampling with Beta posteriors (Thompson 1933; Chapelle & Li 2011) over k actions. Nothing is sampled to state
 * the odds: they are P(best) by quadrature, so the logged propensity is exact. A reward r in [0, 1] adds r to alpha and
 * 1 − r to beta; any other is refused with `InputError`.
 */
export function thompson(
  k: number,
  options: { name?: string; priorAlpha?: number; priorBeta?: number; bidUsd?: number } = {},
): Thompson {
  const name = options.name ?? 'thompson';
  const priorAlpha = options.priorAlpha ?? 1;
  const priorBeta = options.priorBeta ?? 1;
  const totals = actionTotals(name, k, 0, 1);
  const alpha = new Float64Array(k).fill(priorAlpha);
  const beta = new Float64Array(k).fill(priorBeta);
  const contest = betaContest();
  const remembered = new Map<string, Float64Array>();

  /** P(best) among the actions of one row. */
  function oddsAmong(eligible: Uint8Array): Float64Array {
    const known = remembered.get(String.fromCharCode(...eligible));
    if (known) return known;
    const odds = new Float64Array(k);
    const candidates: number[] = [];
    for (let j = 0; j < k; j++) if (eligible[j] !== 0) candidates.push(j);
    const among = new Float64Array(candidates.length);
    contest(
      candidates.map((j) => alpha[j]),
      candidates.map((j) => beta[j]),
      among,
    );
    candidates.forEach((j, c) => {
      odds[j] = among[c];
    });
    if (remembered.size >= REMEMBERED) remembered.clear();
    remembered.set(String.fromCharCode(...eligible), odds);
    return odds;
  }

  return {
    name,
    alpha,
    beta,
    distribution(requests, out) {
      const { eligible } = requests;
      let odds: Float64Array = new Float64Array(0);
      for (let i = 0; i < requests.size; i++) {
        const start = i * k;
        if (i === 0 || !sameEligible(eligible, start, k)) odds = oddsAmong(eligible.subarray(start, start + k));
        out.data.set(odds, start);
      }
    },
    bid: constantBid(options.bidUsd ?? 0),
    learn(requests, decisions, outcomes) {
      totals.add(requests.size, decisions, outcomes);
      remembered.clear();
      for (let j = 0; j < k; j++) {
        alpha[j] = priorAlpha + totals.sum[j];
        beta[j] = priorBeta + (totals.count[j] - totals.sum[j]);
      }
    },
  };
}

const prior = z.number().min(0.1).max(1e6).default(1);

const schema = z.strictObject({
  kind: z.literal('thompson').describe('Each action with the probability that it is the best'),
  priorAlpha: prior.describe('Prior successes, in [0.1, 1e6]; default 1 (with priorBeta 1: the uniform prior)'),
  priorBeta: prior.describe('Prior failures, in [0.1, 1e6]; default 1'),
  ...commonFields,
}) satisfies z.ZodType<ThompsonConfig>;

export const thompsonKind: AgentKind<ThompsonConfig> = {
  kind: 'thompson',
  summary: 'each action with the probability that it is the best, under Beta posteriors; exact propensities',
  reference: 'Thompson (1933); Chapelle & Li (2011), An empirical evaluation of Thompson sampling',
  schema,
  sees: 'context',
  needs: [],
  create: (config, { actions }) =>
    thompson(actions.size, {
      name: config.name ?? config.kind,
      priorAlpha: config.priorAlpha,
      priorBeta: config.priorBeta,
      bidUsd: config.bidUsd,
    }),
};
