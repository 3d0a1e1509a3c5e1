/** A model of the reward, explored the less the further an action falls behind the best. */
import { z } from 'zod';
import type { Agent } from '../../core/contracts.ts';
import { commonFields } from '../kind.ts';
import type { AgentKind, CommonConfig } from '../kind.ts';
import { learnerFields, learnerOf } from './learners.ts';
import type { Learner, LearnerConfig } from './learners.ts';
import { modelAgent } from './model-agent.ts';

export interface SquareCbConfig extends CommonConfig, LearnerConfig {
  kind: 'square-cb';
  gammaScale: number;
  gammaExponent: number;
}

/**
 * Inverse gap weighting of one row: 1 / (m + γ (best − f_a)) for each of m eligible actions but the best, which has the
 * rest (Foster & Rakhlin 2020, Algorithm 1; ties go to the first). Writes to `out` at `at`, 0 where not eligible.
 */
export function inverseGapWeights(
  scores: Float64Array,
  from: number,
  k: number,
  eligible: Uint8Array,
  gamma: number,
  out: Float64Array,
  at: number,
): void {
  let best = -1;
  let m = 0;
  for (let a = 0; a < k; a++) {
    if (eligible[at + a] === 0) continue;
    m++;
    if (best < 0 || scores[from + a] > scores[from + best]) best = a;
  }
  let rest = 1;
  for (let a = 0; a < k; a++) {
    out[at + a] = 0;
    if (eligible[at + a] === 0 || a === best) continue;
    rest -= out[at + a] = 1 / (m + gamma * (scores[from + best] - scores[from + a]));
  }
  if (best >= 0) out[at + best] = rest;
}

/** SquareCB over k actions and any model, γ = gammaScale · t^gammaExponent after t impressions. */
export function squareCb(
  k: number,
  learner: Learner,
  options: { name?: string; bidUsd?: number; gammaScale: number; gammaExponent: number },
): Agent {
  const { name = 'square-cb', gammaScale, gammaExponent } = options;
  return modelAgent(k, {
    ...options,
    name,
    learner,
    odds(requests, { means, learned }, out) {
      const gamma = gammaScale * Math.exp(gammaExponent * Math.log(Math.max(1, learned)));
      for (let i = 0; i < requests.size; i++) {
        inverseGapWeights(means, i * k, k, requests.eligible, gamma, out.data, i * k);
      }
    },
  });
}

const schema = z.strictObject({
  kind: z.literal('square-cb').describe('Inverse gap weighting over a model of the reward'),
  gammaScale: z
    .number()
    .positive()
    .max(1e9)
    .default(10)
    .describe(
      'γ after the first impression [1/reward], in (0, 1e9]; default 10; clicks at a few per cent want 100 to 1000',
    ),
  gammaExponent: z.number().min(0).max(1).default(0.5).describe('γ grows as t to this power, in [0, 1]; default 0.5'),
  ...learnerFields,
  ...commonFields,
}) satisfies z.ZodType<SquareCbConfig>;

export const squareCbKind: AgentKind<SquareCbConfig> = {
  kind: 'square-cb',
  summary: 'a model of the reward; each action but the best has the odds 1 / (k + γ · its gap)',
  reference: 'Foster & Rakhlin (2020), Beyond UCB: optimal and efficient contextual bandits with regression oracles',
  schema,
  sees: 'context',
  needs: [],
  create: ({ kind, name = kind, ...config }, setup) =>
    squareCb(setup.actions.size, learnerOf(config, setup), { ...config, name }),
};
