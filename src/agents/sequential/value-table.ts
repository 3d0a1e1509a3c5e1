/** What each action is worth in each of a few states, and the ε-greedy odds over it: what all tabular learners share. */
import { z } from 'zod';
import { GOES_ON, TERMINATED } from '../../core/contracts.ts';
import type { Outcomes, Policy, Requests } from '../../core/contracts.ts';
import { shareAmongBest } from '../odds.ts';
import { refuseRewards } from '../shown.ts';
import type { Discretiser } from './session-state.ts';
import { stateField } from './session-state.ts';
import type { StatePart } from './session-state.ts';

export interface LearningOptions {
  name?: string;
  bidUsd?: number;
  /** γ in [0, 1]. */
  discount: number;
  /** Exploration falls linearly from `epsilon` to `epsilonEnd` over `epsilonRequests` requests learned from. */
  epsilon: number;
  epsilonEnd: number;
  epsilonRequests: number;
  /** α₀ in (0, 1], ω in [0, 1]: the N-th visit of a pair moves its value by the share α₀·N^−ω. */
  stepSize?: number;
  stepExponent: number;
  initialValue: number;
}

/** The keys of `LearningOptions` in a config, and the state. */
export interface LearningConfig extends Required<Omit<LearningOptions, 'name' | 'bidUsd'>> {
  state?: StatePart[] | undefined;
}

export interface ValueTable extends Pick<Policy, 'distribution'> {
  /** (states×k) */
  values: Float64Array;
  /** (states×k) */
  visits: Float64Array;
  /** Where the row's state and the action stand in the table. */
  pair(requests: Requests, i: number, action: number): number;
  /** Where the state that follows row i, which was not terminated, begins in the table. */
  after(outcomes: Outcomes, next: Requests, i: number): number;
  /** What follows row i is worth: 0 where it was terminated, else the best, or the expected, of what may be shown then. */
  future(outcomes: Outcomes, next: Requests, i: number, worth: 'best' | 'expected'): number;
  /** max over the actions of the state at `from`; of those eligible in row i of `requests`, where it is given. */
  best(from: number, requests?: Requests, i?: number): number;
  /** The same under the odds the agent states now. */
  expected(from: number, requests?: Requests, i?: number): number;
  /** Share of requests that explore now. */
  exploration(): number;
  /** Counts a visit of a pair and returns by what share it moves its value. */
  step(pair: number): number;
}

/** A table over k actions. Behaviour is ε-greedy in it, or in what `score` makes of its cells. */
export function valueTable(
  k: number,
  states: Discretiser,
  options: LearningOptions,
  score?: (cell: number) => number,
): ValueTable {
  const { epsilon, epsilonEnd, epsilonRequests, stepSize = 1, stepExponent } = options;
  const values = new Float64Array(states.size * k).fill(options.initialValue);
  const visits = new Float64Array(states.size * k);
  let learned = 0;

  return { values, visits, distribution, pair, after, future, best, expected, exploration, step };

  function exploration(): number {
    const left = Math.max(0, 1 - learned / epsilonRequests);
    return epsilonEnd + (epsilon - epsilonEnd) * left;
  }

  function distribution(requests: Requests, out: Parameters<Policy['distribution']>[1]): void {
    for (let i = 0; i < requests.size; i++) {
      const from = pair(requests, i, 0);
      for (let a = 0; a < k; a++) out.data[i * k + a] = score ? score(from + a) : values[from + a];
    }
    shareAmongBest(out, requests, exploration());
  }

  function pair(requests: Requests, i: number, action: number): number {
    return states.state(requests.context.data, i * requests.context.columns) * k + action;
  }

  function after(outcomes: Outcomes, next: Requests, i: number): number {
    const { data, columns } = outcomes.ended[i] === GOES_ON ? next.context : outcomes.finalContext;
    return states.state(data, i * columns) * k;
  }

  function future(outcomes: Outcomes, next: Requests, i: number, worth: 'best' | 'expected'): number {
    if (outcomes.ended[i] === TERMINATED) return 0;
    const of = worth === 'best' ? best : expected;
    const from = after(outcomes, next, i);
    return outcomes.ended[i] === GOES_ON ? of(from, next, i) : of(from);
  }

  function best(from: number, requests?: Requests, i = 0): number {
    let most = -Infinity;
    for (let a = 0; a < k; a++) {
      if (requests && requests.eligible[i * k + a] === 0) continue;
      if (values[from + a] > most) most = values[from + a];
    }
    return most === -Infinity ? 0 : most;
  }

  function expected(from: number, requests?: Requests, i = 0): number {
    let sum = 0;
    let count = 0;
    for (let a = 0; a < k; a++) {
      if (requests && requests.eligible[i * k + a] === 0) continue;
      sum += values[from + a];
      count++;
    }
    const explored = exploration();
    return count === 0 ? 0 : (1 - explored) * best(from, requests, i) + (explored * sum) / count;
  }

  function step(cell: number): number {
    learned++;
    const n = ++visits[cell];
    return stepExponent === 0 ? stepSize : stepSize * Math.exp(-stepExponent * Math.log(n));
  }
}

/** Throws `InputError` where one of the first n rewards is no finite number: before anything is learned. */
export function refuseUnfit(name: string, n: number, reward: Float64Array): void {
  refuseRewards(name, n, reward, -Infinity, Infinity);
}

const share = z.number().min(0).max(1);

/** The keys of exploration and discount, to spread into a kind's strict object. */
export const lookingAheadFields = {
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
};

/** The keys of tabular learners. */
export const tabularFields = {
  ...lookingAheadFields,
  stepSize: z.number().positive().max(1).default(1).describe('α₀: see stepExponent, in (0, 1]; default 1'),
  stepExponent: share
    .default(0.8)
    .describe('ω: the N-th visit moves a value by α₀·N^−ω, in [0, 1]; default 0.8; 0 is a constant step'),
  initialValue: z
    .number()
    .min(-1e9)
    .max(1e9)
    .default(0)
    .describe('Value of pairs not yet visited [reward]; default 0; above what can be earned it explores by itself'),
  ...stateField,
};
