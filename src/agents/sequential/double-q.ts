/** Two tables, one to pick the best action and one to value it: no table believes its own luckiest cell. */
import { z } from 'zod';
import { GOES_ON, TERMINATED } from '../../core/contracts.ts';
import type { Outcomes, Requests } from '../../core/contracts.ts';
import type { Random } from '../../core/random.ts';
import { commonFields } from '../kind.ts';
import type { AgentKind, CommonConfig } from '../kind.ts';
import { discretiser } from './session-state.ts';
import type { Discretiser } from './session-state.ts';
import { tabularAgent } from './tabular-agent.ts';
import type { TabularAgent } from './tabular-agent.ts';
import { tabularFields, valueTable } from './value-table.ts';
import type { LearningConfig, LearningOptions, ValueTable } from './value-table.ts';

export interface DoubleQConfig extends CommonConfig, LearningConfig {
  kind: 'double-q';
}

/**
 * Double Q-learning (van Hasselt 2010; Sutton & Barto 2018, section 6.7): behaviour is ε-greedy in the sum of both
 * tables; for each row a coin says which of them moves towards r + γ·(the other's value of its own best action).
 */
export function doubleQ(k: number, states: Discretiser, random: Random, options: LearningOptions): TabularAgent {
  const { name = 'double-q', discount } = options;
  const second = valueTable(k, states, options);
  const first: ValueTable = valueTable(k, states, options, (cell) => first.values[cell] + second.values[cell]);
  const coins = random.stream('coins');
  return tabularAgent(
    first,
    { ...options, name },
    {
      learn({ requests, outcomes, next, i, pair }) {
        const id = requests.impression[i];
        const heads = coins.uniform(id | 0, Math.floor(id / 2 ** 32)) < 0.5;
        const [moved, other] = heads ? [first, second] : [second, first];
        const share = first.step(pair);
        const target = outcomes.reward[i] + discount * future(moved, other, outcomes, next, i);
        moved.values[pair] += share * (target - moved.values[pair]);
      },
    },
  );

  function future(moved: ValueTable, other: ValueTable, outcomes: Outcomes, next: Requests, i: number): number {
    if (outcomes.ended[i] === TERMINATED) return 0;
    const from = first.after(outcomes, next, i);
    const among = outcomes.ended[i] === GOES_ON ? next : undefined;
    let best = -1;
    for (let a = 0; a < k; a++) {
      if (among?.eligible[i * k + a] === 0) continue;
      if (best < 0 || moved.values[from + a] > moved.values[from + best]) best = a;
    }
    return best < 0 ? 0 : other.values[from + best];
  }
}

const schema = z.strictObject({
  kind: z.literal('double-q').describe('Looks ahead: tabular double Q-learning on session state'),
  ...tabularFields,
  ...commonFields,
}) satisfies z.ZodType<DoubleQConfig>;

export const doubleQKind: AgentKind<DoubleQConfig> = {
  kind: 'double-q',
  summary: 'two tables like Q-learning’s, one to pick the best action and one to value it',
  reference: 'van Hasselt (2010), Double Q-learning; Sutton & Barto (2018), section 6.7',
  schema,
  sees: 'context',
  needs: [],
  create: ({ kind, name = kind, ...config }, { actions, spec, random }) =>
    doubleQ(actions.size, discretiser(spec.contextNames, config.state), random, { ...config, name }),
};
