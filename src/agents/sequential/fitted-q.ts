/** Looks ahead by regressions on a log, fitted again and again to what they themselves say comes next. */
import { z } from 'zod';
import type { Agent, ImpressionLog } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import { constantBid } from '../bid.ts';
import { commonFields } from '../kind.ts';
import type { AgentKind, AgentSetup, CommonConfig } from '../kind.ts';
import { learnerFields, learnerOf } from '../contextual/learners.ts';
import type { Learner, LearnerConfig } from '../contextual/learners.ts';
import { logOf, transitionsOf } from './logged.ts';
import { shareAmongBest } from '../odds.ts';
import { lookingAheadFields } from './value-table.ts';

export interface FittedQConfig extends CommonConfig, LearnerConfig {
  kind: 'fitted-q';
  discount: number;
  iterations: number;
}

export interface FittedQOptions {
  name?: string;
  bidUsd?: number;
  discount: number;
  iterations: number;
}

/** Values beyond so many times what rewards could add up to are no longer learning. */
const RUNAWAY = 10;

/**
 * Fitted Q iteration (Ernst, Geurts & Wehenkel 2005, Figure 1) over k actions: a fresh model is fitted to r + γ·max of the one
 * before, so many times. Greedy, and frozen once taught. Throws `InputError` on a log without a transition, and where the
 * values run away, as they may with models that extrapolate.
 */
export function fittedQ(k: number, log: ImpressionLog, fresh: () => Learner, options: FittedQOptions): Agent {
  const { name = 'fitted-q', discount, iterations } = options;
  const transitions = transitionsOf(log);
  if (transitions.length === 0) {
    throw new InputError(`agent "${name}": no session of the log has two requests, or an end; log more requests`);
  }
  const action = new Int32Array(log.size).fill(-1);
  for (const one of transitions) action[one.row] = one.action;
  const most =
    transitions.reduce((sum, { reward }) => Math.max(sum, Math.abs(reward)), 0) / (1 - Math.min(discount, 0.999));
  const target = new Float64Array(log.size);
  const values = new Float64Array(log.size * k);
  let learner = fresh();
  for (let iteration = 0; iteration < iterations; iteration++) {
    if (iteration > 0) learner.predict(log.requests, values);
    for (const { row, reward, next } of transitions) target[row] = reward + (next < 0 ? 0 : discount * best(next));
    learner = fresh();
    learner.learn(log.requests, action, target);
  }
  let means = new Float64Array(0);
  return {
    name,
    distribution(requests, out) {
      if (means.length < requests.size * k) means = new Float64Array(requests.size * k);
      learner.predict(requests, means);
      out.data.set(means.subarray(0, requests.size * k));
      shareAmongBest(out, requests);
    },
    bid: constantBid(options.bidUsd ?? 0),
    learn() {},
  };

  function best(row: number): number {
    let value = -Infinity;
    for (let a = 0; a < k; a++) {
      if (log.requests.eligible[row * k + a] === 1) value = Math.max(value, values[row * k + a]);
    }
    if (Math.abs(value) > RUNAWAY * most && value !== -Infinity) {
      throw new InputError(
        `agent "${name}": its values run away; use a smaller discount, a larger lambda or another model`,
      );
    }
    return value === -Infinity ? 0 : value;
  }
}

const schema = z.strictObject({
  kind: z.literal('fitted-q').describe('Looks ahead: fitted Q iteration on the log'),
  discount: lookingAheadFields.discount,
  iterations: z.int().min(1).max(1000).default(30).describe('Fits, in [1, 1000]; default 30'),
  ...learnerFields,
  model: z
    .enum(['linear', 'shared'])
    .default('linear')
    .describe('linear: a ridge regression per action (default); shared: one on request and creative features for all'),
  ...commonFields,
}) satisfies z.ZodType<FittedQConfig>;

export const fittedQKind: AgentKind<FittedQConfig> = {
  kind: 'fitted-q',
  summary: 'regressions on the log, fitted again and again to the reward and what they say comes next',
  reference: 'Ernst, Geurts & Wehenkel (2005), Tree-based batch mode reinforcement learning',
  schema,
  sees: 'context',
  needs: ['log'],
  create({ kind, name = kind, ...config }, setup: AgentSetup) {
    const { rows } = logOf(setup, name);
    return fittedQ(setup.actions.size, rows, () => learnerOf(config, setup), { ...config, name });
  },
};
