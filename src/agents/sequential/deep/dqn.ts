/** Looks ahead by a network of the request's context, taught from a memory of what happened. */
import { z } from 'zod';
import { GOES_ON, TERMINATED } from '../../../core/contracts.ts';
import type { Agent } from '../../../core/contracts.ts';
import type { Random } from '../../../core/random.ts';
import { adamOptimiser } from '../../../models/nets/adam.ts';
import { constantBid } from '../../bid.ts';
import { commonFields } from '../../kind.ts';
import type { AgentKind, CommonConfig } from '../../kind.ts';
import { shareAmongBest } from '../../odds.ts';
import { refuseContexts } from '../../shown.ts';
import { lookingAheadFields, refuseUnfit } from '../value-table.ts';
import { qStep } from './q-step.ts';
import { replay } from './replay.ts';
import { valueNet } from './value-net.ts';

export interface DqnOptions {
  name?: string;
  bidUsd?: number;
  /** γ in [0, 1]. */
  discount: number;
  /** Exploration falls linearly from `epsilon` to `epsilonEnd` over `epsilonRequests` requests learned from. */
  epsilon: number;
  epsilonEnd: number;
  epsilonRequests: number;
  /** Units of each hidden layer. */
  hidden: readonly number[];
  learningRate: number;
  /** Transitions remembered; in a batch; between two learning steps; before the first; between two copies to the target. */
  memory: number;
  batch: number;
  learnEvery: number;
  learnAfter: number;
  copyEvery: number;
  double: boolean;
  dueling: boolean;
  /** α and β of prioritised replay; a priority of 0 draws evenly. */
  priority: number;
  correction: number;
}

export interface DqnConfig extends CommonConfig, Required<Omit<DqnOptions, 'name' | 'bidUsd' | 'hidden'>> {
  kind: 'dqn';
  hidden: number[];
}

/** Deep Q-learning over k actions and d context features, with its values open to view. */
export interface Dqn extends Agent {
  /** (n×k) of n contexts; the buffer is used again. */
  values(contexts: Float64Array, n: number): Float64Array;
  /** Gradient steps taken. */
  steps(): number;
}

/**
 * DQN (Mnih et al. 2015) with a target network and a replay memory; double (van Hasselt, Guez & Silver 2016), dueling
 * (Wang et al. 2016) and prioritised replay (Schaul et al. 2016) as asked. Behaviour is ε-greedy. Endings are as in
 * `qLearning`: a terminated row has no future, a truncated one takes it from `finalContext`.
 */
export function dqn(k: number, d: number, random: Random, options: DqnOptions): Dqn {
  const { name = 'dqn', epsilon, epsilonEnd, epsilonRequests, learnEvery, learnAfter, copyEvery } = options;
  const online = valueNet(d, k, options.hidden, options.dueling, random.stream('weights'));
  const target = online.clone();
  const memory = replay(d, k, random.stream('replay'), { ...options, capacity: options.memory });
  const optimiser = adamOptimiser(online.net.parameters.length, { learningRate: options.learningRate, clip: 10 });
  const step = qStep({ ...options, k });
  let learned = 0;
  let steps = 0;
  return {
    name,
    values: (contexts, n) => online.values(contexts, n),
    steps: () => steps,
    distribution(requests, out) {
      out.data.set(online.values(requests.context.data, requests.size).subarray(0, requests.size * k));
      const left = Math.max(0, 1 - learned / epsilonRequests);
      shareAmongBest(out, requests, epsilonEnd + (epsilon - epsilonEnd) * left);
    },
    bid: constantBid(options.bidUsd ?? 0),
    learn(requests, decisions, outcomes, next) {
      const slots = decisions.action.length / decisions.bid.length;
      refuseUnfit(name, requests.size, outcomes.reward);
      refuseContexts(name, requests);
      for (let i = 0; i < requests.size; i++) {
        const action = decisions.action[i * slots];
        const ended = outcomes.ended[i];
        if (action < 0 || (ended === GOES_ON && i >= next.size)) continue;
        const follows = ended === GOES_ON;
        memory.add({
          context: requests.context.data,
          at: i * d,
          action,
          reward: outcomes.reward[i],
          next: follows ? next.context.data : outcomes.finalContext.data,
          nextAt: i * d,
          eligible: next.eligible,
          eligibleAt: follows ? i * k : -1,
          goesOn: ended !== TERMINATED,
        });
        learned++;
        if (learned > learnAfter && learned % learnEvery === 0) improve();
      }
    },
  };

  function improve(): void {
    const batch = memory.sample(steps);
    memory.surprise(batch, step(online, target, batch, optimiser));
    steps++;
    if (steps % copyEvery === 0) target.net.parameters.set(online.net.parameters);
  }
}

/** Keys of agents with networks, to spread into a kind's strict object. */
export const netFields = {
  hidden: z.array(z.int().min(1).max(1024)).max(4).default([32]).describe('Units of each hidden layer; default [32]'),
  learningRate: z.number().positive().max(1).default(0.001).describe('Of Adam, in (0, 1]; default 0.001'),
};

const schema = z.strictObject({
  kind: z.literal('dqn').describe('Looks ahead: deep Q-learning on the context'),
  ...lookingAheadFields,
  ...netFields,
  memory: z.int().min(1).max(1e7).default(20_000).describe('Transitions remembered, in [1, 1e7]; default 20000'),
  batch: z.int().min(1).max(4096).default(32).describe('Transitions in a learning step, in [1, 4096]; default 32'),
  learnEvery: z.int().min(1).max(1e6).default(8).describe('Requests between two learning steps; default 8'),
  learnAfter: z.int().min(0).max(1e9).default(1000).describe('Requests before the first learning step; default 1000'),
  copyEvery: z.int().min(1).max(1e6).default(250).describe('Steps between two copies to the target net; default 250'),
  double: z.boolean().default(true).describe('Double DQN: one net picks, the other values; default true'),
  dueling: z.boolean().default(false).describe('A head for the state and one for the actions; default false'),
  priority: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('α of prioritised replay, in [0, 1]; default 0: drawn evenly; the paper has 0.6'),
  correction: z.number().min(0).max(1).default(0.4).describe('β of prioritised replay, in [0, 1]; default 0.4'),
  ...commonFields,
}) satisfies z.ZodType<DqnConfig>;

export const dqnKind: AgentKind<DqnConfig> = {
  kind: 'dqn',
  summary: 'a network of what each action is worth, the rest of the session included; double, dueling, prioritised',
  reference:
    'Mnih et al. (2015), Human-level control; van Hasselt et al. (2016); Wang et al. (2016); Schaul et al. (2016)',
  schema,
  sees: 'context',
  needs: [],
  create: ({ kind, name = kind, ...config }, { actions, spec, random }) =>
    dqn(actions.size, spec.contextNames.length, random, { ...config, name }),
};
