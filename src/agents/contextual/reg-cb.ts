/** Keeps to actions that may still be best, by confidence bounds on a model of the reward. */
import { z } from 'zod';
import type { Agent } from '../../core/contracts.ts';
import { commonFields, rewardBounds } from '../kind.ts';
import type { AgentKind, CommonConfig } from '../kind.ts';
import { learnerFields, learnerOf } from './learners.ts';
import type { Learner, LearnerConfig } from './learners.ts';
import { modelAgent } from './model-agent.ts';
import { shareAmongBest } from '../odds.ts';

export interface RegCbConfig extends CommonConfig, LearnerConfig {
  kind: 'reg-cb';
  variant: 'optimistic' | 'elimination';
  mellowness: number;
}

export interface RegCbOptions {
  name?: string;
  bidUsd?: number;
  /** Optimistic: the highest upper bound; elimination: evenly among all whose upper bound reaches the highest lower one. */
  variant: 'optimistic' | 'elimination';
  /** c₀ ≥ 0. */
  mellowness: number;
  /** Known bounds of a reward: confidence bounds end there. */
  low: number;
  high: number;
}

/**
 * RegCB (Foster, Agarwal, Dudík, Luo & Schapire 2018, Algorithm 1) over k actions. Functions whose squared loss exceeds the
 * best one's by at most β = c₀·ln(k t) are still possible; over ridge regressions the range of their predictions is
 * f(x, a) ± √β·√(xᵀA⁻¹x), which is what this takes over any model.
 */
export function regCb(k: number, learner: Learner, options: RegCbOptions): Agent {
  const { name = 'reg-cb', variant, mellowness, low, high } = options;
  const bound = (value: number): number => Math.min(high, Math.max(low, value));
  return modelAgent(k, {
    ...options,
    name,
    learner,
    uncertain: true,
    odds(requests, { means, widths, learned }, out) {
      const radius = Math.sqrt(mellowness * Math.log(k * Math.max(1, learned)));
      for (let i = 0; i < requests.size; i++) {
        let highestLower = -Infinity;
        for (let at = i * k; at < i * k + k; at++) {
          out.data[at] = bound(means[at] + radius * widths[at]);
          if (requests.eligible[at] === 0) continue;
          highestLower = Math.max(highestLower, bound(means[at] - radius * widths[at]));
        }
        if (variant === 'optimistic') continue;
        for (let at = i * k; at < i * k + k; at++) {
          // A bound that is no number stays one, so that `decide` names the culprit.
          if (!Number.isNaN(out.data[at])) out.data[at] = out.data[at] >= highestLower ? 1 : 0;
        }
      }
      shareAmongBest(out, requests);
    },
  });
}

const schema = z.strictObject({
  kind: z.literal('reg-cb').describe('Confidence bounds on a model of the reward'),
  variant: z
    .enum(['optimistic', 'elimination'])
    .default('optimistic')
    .describe('optimistic: the highest upper bound (default); elimination: evenly among all that may still be best'),
  mellowness: z
    .number()
    .min(0)
    .max(100)
    .default(0.01)
    .describe('c₀: how far the loss of a possible model may exceed the best one’s, in [0, 100]; default 0.01'),
  ...learnerFields,
  ...commonFields,
}) satisfies z.ZodType<RegCbConfig>;

export const regCbKind: AgentKind<RegCbConfig> = {
  kind: 'reg-cb',
  summary: 'a model of the reward with confidence bounds: the highest upper bound, or all that may still be best',
  reference: 'Foster, Agarwal, Dudík, Luo & Schapire (2018), Practical contextual bandits with regression oracles',
  schema,
  sees: 'context',
  needs: [],
  create: ({ kind, name = kind, ...config }, setup) =>
    regCb(setup.actions.size, learnerOf(config, setup), { ...config, ...rewardBounds(setup.spec), name }),
};
