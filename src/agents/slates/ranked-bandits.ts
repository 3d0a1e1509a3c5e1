/** A bandit for each slot of the page, each learning from the clicks on its own slot. */
import { z } from 'zod';
import type { Agent } from '../../core/contracts.ts';
import { constantBid } from '../bid.ts';
import { klUcbRadius } from '../context-free/kl-ucb.ts';
import { klUpper } from '../context-free/rate-bounds.ts';
import { commonFields } from '../kind.ts';
import type { AgentKind, CommonConfig } from '../kind.ts';
import { shareScores } from '../odds.ts';
import { refuseRewards } from '../shown.ts';

export interface RankedBanditsConfig extends CommonConfig {
  kind: 'ranked-bandits';
}

/**
 * Ranked bandits (Radlinski, Kleinberg & Joachims 2008, Algorithm 2) over k actions and L slots, with KL-UCB in each: slot l
 * learns what adds a click there, given what the slots above have come to show, which makes pages diverse. Rewards in [0, 1].
 */
export function rankedBandits(k: number, slots: number, options: { name?: string; bidUsd?: number } = {}): Agent {
  const { name = 'ranked-bandits' } = options;
  const count = Array.from({ length: slots }, () => new Float64Array(k));
  const sum = Array.from({ length: slots }, () => new Float64Array(k));
  const indices = Array.from({ length: slots }, () => new Float64Array(k).fill(Infinity));
  return {
    name,
    distribution: (requests, out, page) => shareScores(indices[page?.slot ?? 0], out, requests),
    bid: constantBid(options.bidUsd ?? 0),
    learn(requests, decisions, outcomes) {
      refuseRewards(name, requests.size * slots, outcomes.adReward, 0, 1);
      for (let cell = 0; cell < requests.size * slots; cell++) {
        if (outcomes.slot[cell] < 0) continue;
        count[cell % slots][decisions.action[cell]]++;
        sum[cell % slots][decisions.action[cell]] += outcomes.adReward[cell];
      }
      indices.forEach((index, l) => {
        const t = count[l].reduce((a, b) => a + b, 0);
        for (let a = 0; a < k; a++) {
          const n = count[l][a];
          index[a] = n === 0 ? Infinity : klUpper(sum[l][a] / n, klUcbRadius(n, t));
        }
      });
    },
  };
}

const schema = z.strictObject({
  kind: z.literal('ranked-bandits').describe('A bandit for each slot of the page'),
  ...commonFields,
}) satisfies z.ZodType<RankedBanditsConfig>;

export const rankedBanditsKind: AgentKind<RankedBanditsConfig> = {
  kind: 'ranked-bandits',
  summary: 'a KL-UCB for each slot of the page, learning what adds a click there; sees no context',
  reference: 'Radlinski, Kleinberg & Joachims (2008), Learning diverse rankings with multi-armed bandits, Algorithm 2',
  schema,
  sees: 'context',
  needs: [],
  create: ({ kind, name = kind, bidUsd }, { actions, spec }) =>
    rankedBandits(actions.size, spec.slots, { name, bidUsd }),
};
