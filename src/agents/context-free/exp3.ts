/** Bandits against an adversary: rewards may follow any plan that does not look at the draws; see no context. */
import { z } from 'zod';
import type { Agent, Decisions, Outcomes } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import { bestOdds } from './best-odds.ts';
import { constantBid } from '../bid.ts';
import { commonFields, rewardBounds } from '../kind.ts';
import type { AgentKind, CommonConfig } from '../kind.ts';
import { shownActions } from '../shown.ts';

export interface Exp3Config extends CommonConfig {
  kind: 'exp3';
  gamma?: number | undefined;
}

export interface Exp3IxConfig extends CommonConfig {
  kind: 'exp3-ix';
}

/** EXP3 with its estimates open to view. */
export interface Exp3 extends Agent {
  /** (k) Σ of the importance-weighted gains (EXP3) or losses (EXP3-IX) of each action, rewards scaled to [0, 1]. */
  estimates: Float64Array;
}

export interface Exp3Options {
  name?: string;
  bidUsd?: number;
  /** Least and greatest reward; default 0 and 1. */
  low?: number;
  high?: number;
}

/**
 * EXP3 (Auer, Cesa-Bianchi, Freund & Schapire 2002, Figure 1): odds (1 − γ) softmax(γ Ĝ / k) + γ / k, where a gain x of an
 * action drawn with probability p adds x / p to Ĝ. Within a tick all rows were drawn with the odds that were logged.
 */
export function exp3(k: number, gamma: number, options: Exp3Options = {}): Exp3 {
  return exponentialWeights(
    k,
    { name: 'exp3', ...options },
    {
      rate: () => gamma / k,
      explored: gamma,
      estimate: (gain, p) => gain / p,
    },
  );
}

/**
 * EXP3-IX (Neu 2015, Algorithm 1, with the rates of Corollary 1 that need no horizon): odds softmax(−η L̂), where a loss
 * 1 − x of an action drawn with probability p adds (1 − x) / (p + η / 2) to L̂, η = √(2 ln k / (k t)).
 */
export function exp3Ix(k: number, options: Exp3Options = {}): Exp3 {
  const rate = (t: number): number => Math.sqrt((2 * Math.log(Math.max(2, k))) / (k * Math.max(1, t)));
  return exponentialWeights(
    k,
    { name: 'exp3-ix', ...options },
    {
      rate: (t) => -rate(t),
      explored: 0,
      estimate: (gain, p, t) => (1 - gain) / (p + rate(t) / 2),
    },
  );
}

interface Rule {
  /** What a unit of an estimate adds to the log of the odds after t impressions. */
  rate: (t: number) => number;
  /** Share of the odds that is spread evenly. */
  explored: number;
  /** What an impression adds to the estimate of its action. */
  estimate: (gain: number, propensity: number, t: number) => number;
}

function exponentialWeights(
  k: number,
  { name, bidUsd = 0, low = 0, high = 1 }: Exp3Options & { name: string },
  { rate, explored, estimate }: Rule,
): Exp3 {
  const estimates = new Float64Array(k);
  let t = 0;
  let shown = new Int32Array(0);
  const odds = bestOdds(k, (candidates, out) => {
    const scale = rate(t);
    const best = Math.max(...candidates.map((j) => scale * estimates[j]));
    let sum = 0;
    candidates.forEach((j, c) => (sum += out[c] = Math.exp(scale * estimates[j] - best)));
    for (let c = 0; c < candidates.length; c++) {
      out[c] = (1 - explored) * (out[c] / sum) + explored / candidates.length;
    }
  });
  return {
    name,
    estimates,
    distribution: (requests, out) => odds.fill(requests, out),
    bid: constantBid(bidUsd),
    learn(requests, decisions, outcomes) {
      if (shown.length !== requests.size) shown = new Int32Array(requests.size);
      shownActions(name, decisions, outcomes, shown, low, high);
      for (let i = 0; i < requests.size; i++) if (shown[i] >= 0) learnRow(i, decisions, outcomes);
      odds.forget();
    },
  };

  function learnRow(i: number, { propensity }: Decisions, { adReward, reward }: Outcomes): void {
    const cell = i * (adReward.length / reward.length);
    t++;
    estimates[shown[i]] += estimate((adReward[cell] - low) / (high - low), propensity[cell], t);
  }
}

const schema = z.strictObject({
  kind: z.literal('exp3').describe('Exponential weights against an adversary'),
  gamma: z
    .number()
    .min(1e-6)
    .max(1)
    .optional()
    .describe('γ, in [1e-6, 1]; default: √(k ln k / ((e − 1) T)), best for the T requests of the episode'),
  ...commonFields,
}) satisfies z.ZodType<Exp3Config>;

export const exp3Kind: AgentKind<Exp3Config> = {
  kind: 'exp3',
  summary: 'exponential weights on importance-weighted gains: holds against any adversary; sees no context',
  reference: 'Auer, Cesa-Bianchi, Freund & Schapire (2002), The nonstochastic multiarmed bandit problem, Figure 1',
  schema,
  sees: 'context',
  needs: [],
  create({ kind, name = kind, bidUsd, gamma }, { actions: { size: k }, spec, requests }) {
    if (gamma === undefined && requests === undefined) {
      throw new InputError(`agent "${name}": how many requests there will be is not known; set gamma`);
    }
    // Corollary 3.2.
    const best = Math.min(1, Math.sqrt((k * Math.log(Math.max(2, k))) / ((Math.E - 1) * (requests ?? 1))));
    return exp3(k, gamma ?? best, { name, bidUsd, ...rewardBounds(spec) });
  },
};

const ixSchema = z.strictObject({
  kind: z.literal('exp3-ix').describe('Exponential weights with implicit exploration'),
  ...commonFields,
}) satisfies z.ZodType<Exp3IxConfig>;

export const exp3IxKind: AgentKind<Exp3IxConfig> = {
  kind: 'exp3-ix',
  summary: 'exponential weights on losses with implicit exploration: EXP3 with far less luck in it; sees no context',
  reference: 'Neu (2015), Explore no more: improved high-probability regret bounds for non-stochastic bandits',
  schema: ixSchema,
  sees: 'context',
  needs: [],
  create: ({ kind, name = kind, bidUsd }, { actions, spec }) =>
    exp3Ix(actions.size, { name, bidUsd, ...rewardBounds(spec) }),
};
