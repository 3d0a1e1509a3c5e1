/** Looks ahead: a table of what each action is worth in each session state, the rest of the session included. */
import { z } from 'zod';
import { GOES_ON, TERMINATED } from '../../core/contracts.ts';
import type { Agent, Outcomes, Requests } from '../../core/contracts.ts';
import { constantBid } from '../bid.ts';
import { commonFields } from '../kind.ts';
import type { AgentKind, CommonConfig } from '../kind.ts';
import { discretiser } from './session-state.ts';
import type { Discretiser } from './session-state.ts';
import { refuseUnfit, tabularFields, valueTable } from './value-table.ts';
import type { LearningConfig, LearningOptions } from './value-table.ts';

export interface QLearningConfig extends CommonConfig, LearningConfig {
  kind: 'q-learning';
}
export interface ExpectedSarsaConfig extends CommonConfig, LearningConfig {
  kind: 'expected-sarsa';
}

/** A learner with its table open to view. */
export interface TabularAgent extends Agent {
  /** (states×k) */
  values: Float64Array;
  /** (states×k) */
  visits: Float64Array;
}

/**
 * Tabular Q-learning (Watkins 1989; Sutton & Barto 2018, section 6.5) over k actions: Q(s, a) moves by α₀·N^−ω towards
 * r + γ·max Q(s', ·). A row that was terminated has no future; a truncated row takes its future from `finalContext`, over
 * all actions; any other row continues in row i of the next tick, over what is eligible there. A row that goes on where
 * the next tick has no row i teaches nothing. The reward of an auction lost counts: that, too, is what the state brings.
 */
export function qLearning(k: number, states: Discretiser, options: LearningOptions): TabularAgent {
  return oneStep(k, states, { name: 'q-learning', ...options }, 'best');
}

/** Expected Sarsa (van Seijen et al. 2009; Sutton & Barto 2018, eq. 6.9): the same towards r + γ·Σ π(·|s') Q(s', ·). */
export function expectedSarsa(k: number, states: Discretiser, options: LearningOptions): TabularAgent {
  return oneStep(k, states, { name: 'expected-sarsa', ...options }, 'expected');
}

function oneStep(
  k: number,
  states: Discretiser,
  options: LearningOptions & { name: string },
  /** How the state that follows is valued. */
  worth: 'best' | 'expected',
): TabularAgent {
  const { name, discount } = options;
  const table = valueTable(k, states, options);
  const { values, visits, distribution } = table;
  return {
    name,
    values,
    visits,
    distribution,
    bid: constantBid(options.bidUsd ?? 0),
    learn(requests, decisions, outcomes, next) {
      const slots = decisions.action.length / decisions.bid.length;
      refuseUnfit(name, requests.size, outcomes.reward);
      for (let i = 0; i < requests.size; i++) {
        const action = decisions.action[i * slots];
        if (action < 0 || (outcomes.ended[i] === GOES_ON && i >= next.size)) continue;
        const pair = table.pair(requests, i, action);
        const target = outcomes.reward[i] + discount * future(outcomes, next, i);
        values[pair] += table.step(pair) * (target - values[pair]);
      }
    },
  };

  function future(outcomes: Outcomes, next: Requests, i: number): number {
    if (outcomes.ended[i] === TERMINATED) return 0;
    const from = table.after(outcomes, next, i);
    return outcomes.ended[i] === GOES_ON ? table[worth](from, next, i) : table[worth](from);
  }
}

const qLearningSchema = z.strictObject({
  kind: z.literal('q-learning').describe('Looks ahead: tabular Q-learning on session state'),
  ...tabularFields,
  ...commonFields,
}) satisfies z.ZodType<QLearningConfig>;

export const qLearningKind: AgentKind<QLearningConfig> = {
  kind: 'q-learning',
  summary: 'a table of what each action is worth in each session state, the rest of the session included',
  reference: 'Watkins (1989); Sutton & Barto (2018), Reinforcement Learning, 2nd ed., section 6.5',
  schema: qLearningSchema,
  sees: 'context',
  needs: [],
  create: ({ kind, name = kind, ...config }, { actions, spec }) =>
    qLearning(actions.size, discretiser(spec.contextNames, config.state), { ...config, name }),
};

const expectedSarsaSchema = z.strictObject({
  kind: z.literal('expected-sarsa').describe('Looks ahead: tabular expected Sarsa on session state'),
  ...tabularFields,
  ...commonFields,
}) satisfies z.ZodType<ExpectedSarsaConfig>;

export const expectedSarsaKind: AgentKind<ExpectedSarsaConfig> = {
  kind: 'expected-sarsa',
  summary: 'the same table, its future valued under the odds the agent states, exploration included',
  reference: 'van Seijen et al. (2009); Sutton & Barto (2018), section 6.6',
  schema: expectedSarsaSchema,
  sees: 'context',
  needs: [],
  create: ({ kind, name = kind, ...config }, { actions, spec }) =>
    expectedSarsa(actions.size, discretiser(spec.contextNames, config.state), { ...config, name }),
};
