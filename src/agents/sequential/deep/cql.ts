/** Looks ahead by a network taught from a log alone, which keeps to what the log has tried. */
import { z } from 'zod';
import type { Agent, ImpressionLog } from '../../../core/contracts.ts';
import { InputError } from '../../../core/errors.ts';
import type { Random } from '../../../core/random.ts';
import { adamOptimiser } from '../../../models/nets/adam.ts';
import { constantBid } from '../../bid.ts';
import { commonFields } from '../../kind.ts';
import type { AgentKind, CommonConfig } from '../../kind.ts';
import { logOf, transitionsOf } from '../logged.ts';
import { shareAmongBest } from '../../odds.ts';
import { lookingAheadFields } from '../value-table.ts';
import { netFields } from './dqn.ts';
import { qStep } from './q-step.ts';
import { replay } from './replay.ts';
import { valueNet } from './value-net.ts';

export interface CqlOptions {
  name?: string;
  bidUsd?: number;
  discount: number;
  /** α ≥ 0; 0 is DQN on the log. */
  conservatism: number;
  hidden: readonly number[];
  learningRate: number;
  batch: number;
  steps: number;
  copyEvery: number;
}

export interface CqlConfig extends CommonConfig, Required<Omit<CqlOptions, 'name' | 'bidUsd' | 'hidden'>> {
  kind: 'cql';
  hidden: number[];
}

/**
 * Conservative Q-learning, CQL(H) (Kumar, Zhou, Tucker & Levine 2020, eq. 4): the double-DQN loss on the log's transitions
 * and α·(ln Σ exp Q(s, ·) − Q(s, a)), which pulls down what the log did not try. Greedy, and frozen once taught: it may be
 * valued on a log. Throws `InputError` on a log without a transition.
 */
export function cql(k: number, d: number, log: ImpressionLog, random: Random, options: CqlOptions): Agent {
  const { name = 'cql', batch, steps, copyEvery, learningRate } = options;
  const transitions = transitionsOf(log);
  if (transitions.length === 0) {
    throw new InputError(`agent "${name}": no session of the log has two requests, or an end; log more requests`);
  }
  const memory = replay(d, k, random.stream('replay'), {
    capacity: transitions.length,
    batch,
    priority: 0,
    correction: 0,
  });
  const { context, eligible } = log.requests;
  for (const { row, action, reward, next } of transitions) {
    memory.add({
      context: context.data,
      at: row * d,
      action,
      reward,
      next: context.data,
      nextAt: next * d,
      eligible,
      eligibleAt: next < 0 ? -1 : next * k,
      goesOn: next >= 0,
    });
  }
  const online = valueNet(d, k, options.hidden, false, random.stream('weights'));
  const target = online.clone();
  const optimiser = adamOptimiser(online.net.parameters.length, { learningRate, clip: 10 });
  const step = qStep({ ...options, k, double: true });
  for (let s = 1; s <= steps; s++) {
    step(online, target, memory.sample(s), optimiser);
    if (s % copyEvery === 0) target.net.parameters.set(online.net.parameters);
  }
  return {
    name,
    distribution(requests, out) {
      out.data.set(online.values(requests.context.data, requests.size).subarray(0, requests.size * k));
      shareAmongBest(out, requests);
    },
    bid: constantBid(options.bidUsd ?? 0),
    learn() {},
  };
}

const schema = z.strictObject({
  kind: z.literal('cql').describe('Looks ahead: conservative Q-learning from the log'),
  discount: lookingAheadFields.discount,
  conservatism: z
    .number()
    .min(0)
    .max(1000)
    .default(0.1)
    .describe('α: how much what the log did not try is pulled down, in [0, 1000]; default 0.1; 0 is DQN on the log'),
  ...netFields,
  batch: z.int().min(1).max(4096).default(64).describe('Transitions in a learning step, in [1, 4096]; default 64'),
  steps: z.int().min(1).max(1e7).default(4000).describe('Learning steps, in [1, 1e7]; default 4000'),
  copyEvery: z.int().min(1).max(1e6).default(100).describe('Steps between two copies to the target net; default 100'),
  ...commonFields,
}) satisfies z.ZodType<CqlConfig>;

export const cqlKind: AgentKind<CqlConfig> = {
  kind: 'cql',
  summary: 'a network of what each action is worth, taught from the log alone; pulls down what the log did not try',
  reference: 'Kumar, Zhou, Tucker & Levine (2020), Conservative Q-learning for offline reinforcement learning',
  schema,
  sees: 'context',
  needs: ['log'],
  create({ kind, name = kind, ...config }, setup) {
    const { rows } = logOf(setup, name);
    return cql(setup.actions.size, setup.spec.contextNames.length, rows, setup.random, { ...config, name });
  },
};
