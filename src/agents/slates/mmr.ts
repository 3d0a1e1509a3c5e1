/** Pages of what is wanted, each ad the less the more it resembles one above it. */
import { z } from 'zod';
import type { ActionTable, Agent, PageSoFar, Requests } from '../../core/contracts.ts';
import type { Matrix } from '../../core/matrix.ts';
import { learnerFields, learnerOf } from '../contextual/learners.ts';
import type { Learner, LearnerConfig } from '../contextual/learners.ts';
import { modelAgent } from '../contextual/model-agent.ts';
import { commonFields } from '../kind.ts';
import type { AgentKind, CommonConfig } from '../kind.ts';
import { shareAmongBest } from '../odds.ts';

export interface MmrConfig extends CommonConfig, LearnerConfig {
  kind: 'mmr';
  relevance: number;
  epsilon: number;
}

export interface MmrOptions {
  name?: string;
  bidUsd?: number;
  /** λ in [0, 1]. */
  relevance: number;
  epsilon: number;
}

/**
 * (k×k) how alike two creatives are, in [0, 1]: half for the same category, half by the cosine of their features, each
 * feature less its mean.
 */
export function likeness({ size: k, category, features }: ActionTable): Float64Array {
  const { columns: f, data } = features;
  const centred = data.slice();
  for (let j = 0; j < f; j++) {
    let mean = 0;
    for (let a = 0; a < k; a++) mean += data[a * f + j] / k;
    for (let a = 0; a < k; a++) centred[a * f + j] -= mean;
  }
  const dot = (a: number, b: number): number => {
    let sum = 0;
    for (let j = 0; j < f; j++) sum += centred[a * f + j] * centred[b * f + j];
    return sum;
  };
  return Float64Array.from({ length: k * k }, (_, cell) => {
    const [a, b] = [Math.floor(cell / k), cell % k];
    const length = Math.sqrt(dot(a, a) * dot(b, b));
    const cosine = length > 0 ? Math.max(0, dot(a, b) / length) : a === b ? 1 : 0;
    return 0.5 * (category[a] === category[b] ? 1 : 0) + 0.5 * cosine;
  });
}

/**
 * Maximal marginal relevance (Carbonell & Goldstein 1998) over k actions and any model: each slot takes the highest
 * λ·(predicted reward, as a share of the row's best) − (1 − λ)·(likeness to the most alike ad above), ε spread evenly.
 */
export function mmr(k: number, alike: Float64Array, learner: Learner, options: MmrOptions): Agent {
  const { name = 'mmr', relevance, epsilon } = options;
  const agent = modelAgent(k, {
    ...options,
    name,
    learner,
    odds(requests, { means }, out) {
      out.data.set(means.subarray(0, requests.size * k));
    },
  });
  return {
    ...agent,
    distribution(requests, out, page) {
      agent.distribution(requests, out);
      for (let i = 0; i < requests.size; i++) rescore(requests, out, i, page);
      shareAmongBest(out, requests, epsilon);
    },
  };

  function rescore({ eligible }: Requests, out: Matrix, i: number, page: PageSoFar | undefined): void {
    let best = 0;
    for (let at = i * k; at < i * k + k; at++) if (eligible[at] === 1) best = Math.max(best, Math.abs(out.data[at]));
    for (let a = 0; a < k; a++) {
      let most = 0;
      for (let l = 0; l < (page?.slot ?? 0); l++) {
        const above = page?.action[i * page.slots + l] ?? -1;
        if (above >= 0) most = Math.max(most, alike[a * k + above]);
      }
      const wanted = best > 0 ? out.data[i * k + a] / best : out.data[i * k + a];
      out.data[i * k + a] = relevance * wanted - (1 - relevance) * most;
    }
  }
}

const schema = z.strictObject({
  kind: z.literal('mmr').describe('Pages of what is wanted and not alike'),
  relevance: z
    .number()
    .min(0)
    .max(1)
    .default(0.7)
    .describe('λ: weight of the predicted reward against likeness to ads above, in [0, 1]; default 0.7; 1 ignores it'),
  epsilon: z.number().min(0).max(1).default(0.05).describe('Share of slots that explore, in [0, 1]; default 0.05'),
  ...learnerFields,
  ...commonFields,
}) satisfies z.ZodType<MmrConfig>;

export const mmrKind: AgentKind<MmrConfig> = {
  kind: 'mmr',
  summary: 'pages by a model of the reward, each ad the less the more it resembles one above it',
  reference: 'Carbonell & Goldstein (1998), The use of MMR, diversity-based reranking for reordering documents',
  schema,
  sees: 'context',
  needs: [],
  create: ({ kind, name = kind, ...config }, setup) =>
    mmr(setup.actions.size, likeness(setup.actions), learnerOf(config, setup), { ...config, name }),
};
