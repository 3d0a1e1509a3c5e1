/** Looks ahead: a table of what each action is worth in each session state, the rest of the session included. */
import { z } from 'zod';
import { GOES_ON, TERMINATED } from '../core/contracts.ts';
import type { Agent, Decisions, Outcomes, Requests } from '../core/contracts.ts';
import { InputError } from '../core/errors.ts';
import { constantBid } from './bid.ts';
import { commonFields } from './kind.ts';
import type { AgentKind, CommonConfig } from './kind.ts';
import { shareAmongBest } from './odds.ts';
import { discretiser, statePartSchema } from './session-state.ts';
import type { Discretiser, StatePart } from './session-state.ts';

export interface QLearningConfig extends CommonConfig {
  kind: 'q-learning';
  discount: number;
  epsilon: number;
  epsilonEnd: number;
  epsilonRequests: number;
  stepExponent: number;
  initialValue: number;
  state?: StatePart[] | undefined;
}

export interface QLearningOptions {
  name?: string;
  /** γ in [0, 1]. */
  discount: number;
  /** Exploration falls linearly from `epsilon` to `epsilonEnd` over `epsilonRequests` requests learned from. */
  epsilon: number;
  epsilonEnd: number;
  epsilonRequests: number;
  /** ω in [0, 1]: the N-th visit of a pair moves its value by the share N^−ω. */
  stepExponent: number;
  initialValue: number;
  bidUsd?: number;
}

/** Tabular Q-learning with its table open to view. */
export interface QLearning extends Agent {
  /** (states×k) */
  values: Float64Array;
  /** (states×k) */
  visits: Float64Array;
}

/**
 * Tabular Q-learning (Watkins 1989; Sutton & Barto 2018, section 6.5) over k actions: Q(s, a) moves by N^−ω towards
 * r + γ·max Q(s', ·). A row that was terminated has no future; a truncated row takes its future from `finalContext`, over
 * all actions; any other row continues in row i of the next tick, over what is eligible there. A row that goes on where
 * the next tick has no row i teaches nothing. The reward of an auction lost counts: that, too, is what the state brings.
 */
export function qLearning(k: number, states: Discretiser, options: QLearningOptions): QLearning {
  const name = options.name ?? 'q-learning';
  const { discount, epsilon, epsilonEnd, epsilonRequests, stepExponent } = options;
  const values = new Float64Array(states.size * k).fill(options.initialValue);
  const visits = new Float64Array(states.size * k);
  let learned = 0;

  return { name, values, visits, distribution, bid: constantBid(options.bidUsd ?? 0), learn };

  function distribution(requests: Requests, out: Parameters<Agent['distribution']>[1]): void {
    const { data, columns } = requests.context;
    for (let i = 0; i < requests.size; i++) {
      const from = states.state(data, i * columns) * k;
      for (let a = 0; a < k; a++) out.data[i * k + a] = values[from + a];
    }
    const left = Math.max(0, 1 - learned / epsilonRequests);
    shareAmongBest(out, requests, epsilonEnd + (epsilon - epsilonEnd) * left);
  }

  function learn(requests: Requests, decisions: Decisions, outcomes: Outcomes, next: Requests): void {
    const n = requests.size;
    const slots = decisions.action.length / decisions.bid.length;
    checkRewards(name, n, outcomes.reward);
    for (let i = 0; i < n; i++) {
      const action = decisions.action[i * slots];
      const ended = outcomes.ended[i];
      if (action < 0 || (ended === GOES_ON && i >= next.size)) continue;
      const pair = states.state(requests.context.data, i * requests.context.columns) * k + action;
      const target = outcomes.reward[i] + (ended === TERMINATED ? 0 : discount * future(outcomes, next, i));
      const step = Math.exp(-stepExponent * Math.log(++visits[pair]));
      values[pair] += step * (target - values[pair]);
      learned++;
    }
  }

  /** max Q(s', ·) of row i, which was not terminated. */
  function future(outcomes: Outcomes, next: Requests, i: number): number {
    const goesOn = outcomes.ended[i] === GOES_ON;
    const { data, columns } = goesOn ? next.context : outcomes.finalContext;
    const from = states.state(data, i * columns) * k;
    let best = -Infinity;
    for (let a = 0; a < k; a++) {
      if (goesOn && next.eligible[i * k + a] === 0) continue;
      if (values[from + a] > best) best = values[from + a];
    }
    return best === -Infinity ? 0 : best;
  }
}

function checkRewards(name: string, n: number, reward: Float64Array): void {
  for (let i = 0; i < n; i++) {
    if (Number.isFinite(reward[i])) continue;
    throw new InputError(`agent "${name}": row ${i} has the reward ${reward[i]}; rewards must be finite numbers`);
  }
}

const share = z.number().min(0).max(1);

const schema = z.strictObject({
  kind: z.literal('q-learning').describe('Looks ahead: tabular Q-learning on session state'),
  discount: share
    .default(0.95)
    .describe('γ: worth of a reward one request later, in [0, 1]; default 0.95; 0 is myopic'),
  epsilon: share.default(0.2).describe('Share of requests that explore at first, in [0, 1]; default 0.2'),
  epsilonEnd: share.default(0.02).describe('Share of requests that explore in the end, in [0, 1]; default 0.02'),
  epsilonRequests: z
    .number()
    .positive()
    .max(1e12)
    .default(10_000)
    .describe('Requests over which exploration falls from epsilon to epsilonEnd, above 0; default 10000'),
  stepExponent: share
    .default(0.8)
    .describe('ω: the N-th visit moves a value by N^−ω, in [0, 1]; default 0.8; 1 averages all visits'),
  initialValue: z
    .number()
    .min(-1e9)
    .max(1e9)
    .default(0)
    .describe('Value of pairs not yet visited [reward]; default 0; above what can be earned it explores by itself'),
  state: z
    .array(statePartSchema)
    .min(1)
    .max(20)
    .optional()
    .describe('What makes the state; default: the greatest of affinity*, and session-annoyance in 4 bins, if shown'),
  ...commonFields,
}) satisfies z.ZodType<QLearningConfig>;

export const qLearningKind: AgentKind<QLearningConfig> = {
  kind: 'q-learning',
  summary: 'a table of what each action is worth in each session state, the rest of the session included',
  reference: 'Watkins (1989); Sutton & Barto (2018), Reinforcement Learning, 2nd ed., section 6.5',
  schema,
  sees: 'context',
  needs: [],
  create: (config, { actions, spec }) =>
    qLearning(actions.size, discretiser(spec.contextNames, config.state), {
      ...config,
      name: config.name ?? config.kind,
    }),
};
