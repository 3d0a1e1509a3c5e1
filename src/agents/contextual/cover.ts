/** Several models, each paid for choosing what those before it leave out: few policies that cover what may be best. */
import { z } from 'zod';
import type { Agent, Requests } from '../../core/contracts.ts';
import type { Matrix } from '../../core/matrix.ts';
import { addVotes, shareOut, spread } from '../odds.ts';
import { constantBid } from '../bid.ts';
import { commonFields } from '../kind.ts';
import type { AgentKind, CommonConfig } from '../kind.ts';
import { learnerFields, learnerOf } from './learners.ts';
import type { Learner, LearnerConfig } from './learners.ts';
import { firstRewards, refuseContexts, shownActions } from '../shown.ts';

export interface CoverConfig extends CommonConfig, LearnerConfig {
  kind: 'cover';
  policies: number;
  psi: number;
  uniform: boolean;
}

export interface CoverOptions {
  name?: string;
  bidUsd?: number;
  /** ψ ≥ 0: what choosing a rare action is worth. */
  psi: number;
  /** Explore evenly besides, by ε_t = min(1/k, 1/√(k t)); without, it is Cover-NU. */
  uniform: boolean;
}

/**
 * Online Cover (Agarwal et al. 2014; Bietti, Agarwal & Langford 2021, Algorithm 5) over k actions: the odds are the votes of
 * the policies. The first learns what was seen; policy i learns doubly robust estimates of all rewards, by the first's
 * predictions, with ψ ε/(ε + (1 − kε) q_i(a)) added, q_i being the votes of those before it.
 */
export function cover(k: number, learners: readonly Learner[], options: CoverOptions): Agent {
  const { name = 'cover', psi, uniform } = options;
  const [low, high] = learners[0].range;
  let means = new Float64Array(0);
  let shown = new Int32Array(0);
  let learned = 0;
  return {
    name,
    distribution(requests, out) {
      out.data.fill(0, 0, requests.size * k);
      for (const learner of learners) vote(learner, requests, out);
      shareOut(out, learners.length);
      if (uniform) spread(out, requests, k * exploration());
    },
    bid: constantBid(options.bidUsd ?? 0),
    learn(requests, decisions, outcomes) {
      const n = requests.size;
      const slots = decisions.action.length / decisions.bid.length;
      if (shown.length !== n) shown = new Int32Array(n);
      refuseContexts(name, requests);
      shownActions(name, decisions, outcomes, shown, low, high);
      const reward = firstRewards(outcomes);
      const estimates = estimatesOf(requests, reward, (i) => decisions.propensity[i * slots]);
      const epsilon = exploration();
      const votes: Matrix = { rows: n, columns: k, data: new Float64Array(n * k) };
      const target = new Float64Array(n);
      learners.forEach((learner, p) => {
        if (p === 0) learner.learn(requests, shown, reward);
        for (let a = p === 0 ? k : 0; a < k; a++) {
          const action = shown.map((one, i) => (one >= 0 && requests.eligible[i * k + a] === 1 ? a : -1));
          for (let i = 0; i < n; i++) {
            const rare = (psi * epsilon) / (epsilon + ((1 - k * epsilon) * votes.data[i * k + a]) / p);
            target[i] = estimates[i * k + a] + rare;
          }
          learner.learn(requests, action, target);
        }
        vote(learner, requests, votes);
      });
      for (const action of shown) if (action >= 0) learned++;
    },
  };

  function exploration(): number {
    return Math.min(1 / k, 1 / Math.sqrt(k * Math.max(1, learned)));
  }

  function vote(learner: Learner, requests: Requests, out: Matrix): void {
    predict(learner, requests);
    addVotes(means, requests, out);
  }

  function predict(learner: Learner, requests: Requests): void {
    if (means.length < requests.size * k) means = new Float64Array(requests.size * k);
    learner.predict(requests, means);
  }

  /** (n×k) r̂(a) + 1{a shown}(r − r̂(a))/p, the first policy's model being r̂. */
  function estimatesOf(requests: Requests, reward: Float64Array, propensity: (i: number) => number): Float64Array {
    predict(learners[0], requests);
    const estimates = means.slice(0, requests.size * k);
    for (let i = 0; i < requests.size; i++) {
      if (shown[i] < 0) continue;
      const at = i * k + shown[i];
      estimates[at] += (reward[i] - estimates[at]) / Math.max(propensity(i), LEAST);
    }
    return estimates;
  }
}

/** No estimate weighs more than a row drawn with this probability. */
const LEAST = 0.01;

const schema = z.strictObject({
  kind: z.literal('cover').describe('Policies that cover what may be best'),
  policies: z.int().min(1).max(50).default(4).describe('How many policies, in [1, 50]; default 4'),
  psi: z.number().min(0).max(100).default(0.1).describe('ψ: worth of choosing a rare action, in [0, 100]; default 0.1'),
  uniform: z.boolean().default(false).describe('Explore evenly besides; default false, as Cover-NU'),
  ...learnerFields,
  ...commonFields,
}) satisfies z.ZodType<CoverConfig>;

export const coverKind: AgentKind<CoverConfig> = {
  kind: 'cover',
  summary: 'a few models, each paid for choosing what those before it leave out; the odds are their votes',
  reference: 'Agarwal et al. (2014), Taming the monster; Bietti, Agarwal & Langford (2021), Algorithm 5',
  schema,
  sees: 'context',
  needs: [],
  create: ({ kind, name = kind, ...config }, setup) => {
    const learners = Array.from({ length: config.policies }, () => learnerOf(config, setup));
    return cover(setup.actions.size, learners, { ...config, name });
  },
};
