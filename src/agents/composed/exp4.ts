/** Learns which of several policies to follow, without any assumption on rewards but their range. */
import { z } from 'zod';
import type { Agent } from '../../core/contracts.ts';
import { matrix } from '../../core/matrix.ts';
import { spread } from '../odds.ts';
import { constantBid } from '../bid.ts';
import { commonFields, rewardBounds } from '../kind.ts';
import type { AgentKind, CommonConfig } from '../kind.ts';
import { refuseContexts, shownActions } from '../shown.ts';
import type { NestedConfig, Nesting } from './nested.ts';

export interface Exp4Config extends CommonConfig {
  kind: 'exp4';
  experts: NestedConfig[];
  gamma: number;
}

export interface Exp4Options {
  name?: string;
  bidUsd?: number;
  /** γ in (0, 1]. */
  gamma: number;
  low?: number;
  high?: number;
}

/** EXP4 with the weights of its experts open to view. */
export interface Exp4 extends Agent {
  /** (experts) sum to 1. */
  weights: Float64Array;
}

/**
 * EXP4 (Auer, Cesa-Bianchi, Freund & Schapire 2002, Figure 7) over k actions: odds (1 − γ)·Σ w_i π_i + γ/k; expert i's weight
 * grows by exp(γ/k · Σ_a π_i(a) r̂(a)), r̂(a) being the reward, scaled to [0, 1], over the odds of what was shown and 0
 * elsewhere. Experts that learn go on learning.
 */
export function exp4(k: number, experts: readonly Agent[], options: Exp4Options): Exp4 {
  const { name = 'exp4', gamma, low = 0, high = 1 } = options;
  const weights = new Float64Array(experts.length).fill(1 / experts.length);
  let shown = new Int32Array(0);
  return {
    name,
    weights,
    distribution(requests, out, page) {
      const one = matrix(out.rows, k);
      out.data.fill(0, 0, requests.size * k);
      experts.forEach((expert, e) => {
        expert.distribution(requests, one, page);
        for (let cell = 0; cell < requests.size * k; cell++) out.data[cell] += weights[e] * one.data[cell];
      });
      spread(out, requests, gamma);
    },
    bid: constantBid(options.bidUsd ?? 0),
    learn(requests, decisions, outcomes, next) {
      const n = requests.size;
      const slots = decisions.action.length / decisions.bid.length;
      if (shown.length !== n) shown = new Int32Array(n);
      refuseContexts(name, requests);
      shownActions(name, decisions, outcomes, shown, low, high);
      const said = matrix(n, k);
      const gains = experts.map((expert) => {
        expert.distribution(requests, said);
        let gain = 0;
        shown.forEach((action, i) => {
          if (action < 0) return;
          const reward = (outcomes.adReward[i * slots] - low) / (high - low);
          gain += (said.data[i * k + action] * reward) / decisions.propensity[i * slots];
        });
        return (gamma * gain) / k;
      });
      const most = Math.max(...gains);
      let sum = 0;
      gains.forEach((gain, e) => {
        weights[e] *= Math.exp(gain - most);
        sum += weights[e];
      });
      for (let e = 0; e < weights.length; e++) weights[e] /= sum;
      for (const expert of experts) expert.learn(requests, decisions, outcomes, next);
    },
  };
}

/** The kind, its experts read by `nesting`. */
export function exp4Kind(nesting: Nesting): AgentKind<Exp4Config> {
  return {
    kind: 'exp4',
    summary: 'learns which of several policies to follow, whatever rewards do; exact propensities',
    reference: 'Auer, Cesa-Bianchi, Freund & Schapire (2002), The nonstochastic multiarmed bandit problem, Figure 7',
    schema: z.strictObject({
      kind: z.literal('exp4').describe('Learns which of several policies to follow'),
      experts: z
        .array(nesting.schema)
        .min(1)
        .max(50)
        .prefault([{ kind: 'thompson' }, { kind: 'lin-ucb' }, { kind: 'uniform' }])
        .describe('The policies; default thompson, lin-ucb, uniform'),
      gamma: z
        .number()
        .positive()
        .max(1)
        .default(0.1)
        .describe('γ: share that explores evenly, and how fast weights move, in (0, 1]; default 0.1'),
      ...commonFields,
    }),
    sees: 'context',
    needs: [],
    holds: ({ experts }) => experts,
    create: ({ kind, name = kind, experts, ...config }, setup) =>
      exp4(
        setup.actions.size,
        experts.map((expert, e) => nesting.create(expert, setup, e)),
        { ...config, ...rewardBounds(setup.spec), name },
      ),
  };
}
