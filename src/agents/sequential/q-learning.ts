/** Looks ahead: a table of what each action is worth in each session state, the rest of the session included. */
import { z } from 'zod';
import { commonFields } from '../kind.ts';
import type { AgentKind, CommonConfig } from '../kind.ts';
import { discretiser } from './session-state.ts';
import type { Discretiser } from './session-state.ts';
import { tabularAgent } from './tabular-agent.ts';
import type { TabularAgent } from './tabular-agent.ts';
import { tabularFields, valueTable } from './value-table.ts';
import type { LearningConfig, LearningOptions } from './value-table.ts';

export interface QLearningConfig extends CommonConfig, LearningConfig {
  kind: 'q-learning';
}
export interface ExpectedSarsaConfig extends CommonConfig, LearningConfig {
  kind: 'expected-sarsa';
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
  const table = valueTable(k, states, options);
  const { values } = table;
  return tabularAgent(table, options, {
    learn({ outcomes, next, i, pair }) {
      const target = outcomes.reward[i] + options.discount * table.future(outcomes, next, i, worth);
      values[pair] += table.step(pair) * (target - values[pair]);
    },
  });
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
  summary: 'a table like Q-learning’s, its future valued under the odds the agent states, exploration included',
  reference: 'van Seijen et al. (2009); Sutton & Barto (2018), section 6.6',
  schema: expectedSarsaSchema,
  sees: 'context',
  needs: [],
  create: ({ kind, name = kind, ...config }, { actions, spec }) =>
    expectedSarsa(actions.size, discretiser(spec.contextNames, config.state), { ...config, name }),
};
