/** Several models, each taught a bootstrap sample of what happened: where they disagree, there is something to learn. */
import { z } from 'zod';
import type { Agent, Requests } from '../../core/contracts.ts';
import type { Random } from '../../core/random.ts';
import { constantBid } from '../bid.ts';
import { commonFields } from '../kind.ts';
import type { AgentKind, CommonConfig } from '../kind.ts';
import { addVotes, shareOut, spread } from '../odds.ts';
import { learnerFields, learnerOf } from './learners.ts';
import type { Learner, LearnerConfig } from './learners.ts';
import { firstRewards, refuseContexts, shownActions } from '../shown.ts';

export interface BaggingConfig extends CommonConfig, LearnerConfig {
  kind: 'bagging';
  bags: number;
  epsilon: number;
}

/**
 * Bagging (Bietti, Agarwal & Langford 2021, Algorithm 4) over k actions: each model learns each row Poisson(1) times
 * (Oza & Russell 2001), the first once, which makes it the greedy policy; the odds are the shares of their votes, with
 * ε spread evenly. They are exact: nothing is drawn to state them.
 */
export function bagging(
  k: number,
  learners: readonly Learner[],
  random: Random,
  options: { name?: string; epsilon: number; bidUsd?: number },
): Agent {
  const { name = 'bagging', epsilon } = options;
  const weights = random.stream('bags');
  const [low, high] = learners[0].range;
  let means = new Float64Array(0);
  let shown = new Int32Array(0);
  return {
    name,
    distribution(requests, out) {
      if (means.length < requests.size * k) means = new Float64Array(requests.size * k);
      out.data.fill(0, 0, requests.size * k);
      for (const learner of learners) {
        learner.predict(requests, means);
        addVotes(means, requests, out);
      }
      shareOut(out, learners.length);
      spread(out, requests, epsilon);
    },
    bid: constantBid(options.bidUsd ?? 0),
    learn(requests, decisions, outcomes) {
      const n = requests.size;
      if (shown.length !== n) shown = new Int32Array(n);
      refuseContexts(name, requests);
      shownActions(name, decisions, outcomes, shown, low, high);
      const reward = firstRewards(outcomes);
      learners.forEach((learner, b) => {
        const times = shown.map((action, i) => {
          if (action < 0) return 0;
          return b === 0 ? 1 : poisson(weights.uniform(requests.impression[i] | 0, b + BAGS * high32(requests, i)));
        });
        for (let pass = 1; times.some((count) => count >= pass); pass++) {
          learner.learn(
            requests,
            shown.map((action, i) => (times[i] >= pass ? action : -1)),
            reward,
          );
        }
      });
    },
  };
}

/** More models than anybody has; the counter word above it holds the id's upper half. */
const BAGS = 1024;

function high32({ impression }: Requests, i: number): number {
  return Math.floor(impression[i] / 2 ** 32);
}

/** The quantile of Poisson(1) at u. */
export function poisson(u: number): number {
  let mass = Math.exp(-1);
  let count = 0;
  for (let below = mass; u >= below && count < 20; below += mass) mass /= ++count;
  return count;
}

const schema = z.strictObject({
  kind: z.literal('bagging').describe('The votes of models taught on bootstrap samples'),
  bags: z.int().min(1).max(100).default(10).describe('How many models, in [1, 100]; default 10'),
  epsilon: z.number().min(0).max(1).default(0).describe('Share that explores evenly besides, in [0, 1]; default 0'),
  ...learnerFields,
  ...commonFields,
}) satisfies z.ZodType<BaggingConfig>;

export const baggingKind: AgentKind<BaggingConfig> = {
  kind: 'bagging',
  summary: 'models taught on bootstrap samples of what happened; the odds are the shares of their votes',
  reference: 'Bietti, Agarwal & Langford (2021), A contextual bandit bake-off, Algorithm 4',
  schema,
  sees: 'context',
  needs: [],
  create: ({ kind, name = kind, ...config }, setup) => {
    const learners = Array.from({ length: config.bags }, () => learnerOf(config, setup));
    return bagging(setup.actions.size, learners, setup.random, { ...config, name });
  },
};
