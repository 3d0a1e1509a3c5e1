/** Learns what its own behaviour is worth: the reward of n requests, then the value of the action taken next. */
import { z } from 'zod';
import { GOES_ON, TERMINATED } from '../../core/contracts.ts';
import type { Outcomes } from '../../core/contracts.ts';
import { commonFields } from '../kind.ts';
import type { AgentKind, CommonConfig } from '../kind.ts';
import { discretiser } from './session-state.ts';
import type { Discretiser } from './session-state.ts';
import { tabularAgent } from './tabular-agent.ts';
import type { TabularAgent } from './tabular-agent.ts';
import { tabularFields, valueTable } from './value-table.ts';
import type { LearningConfig, LearningOptions } from './value-table.ts';

export interface SarsaConfig extends CommonConfig, LearningConfig {
  kind: 'sarsa';
  steps: number;
}

/** A lane's requests that wait for what follows them, oldest first. */
interface Trail {
  session: number;
  pairs: number[];
  rewards: number[];
}

/**
 * n-step Sarsa (Rummery & Niranjan 1994; Sutton & Barto 2018, sections 6.4 and 7.2): Q(s, a) moves towards the rewards of
 * the next n requests and γⁿ·Q of the pair then taken. More steps than a session has make it Monte Carlo control. A
 * request is learned from when its n-th follower has been decided on; at the end of a session all that wait are, without a
 * future where it was terminated, else with the expected value of `finalContext`. A slot left empty breaks the trail.
 */
export function sarsa(
  k: number,
  states: Discretiser,
  options: LearningOptions & { steps?: number | undefined },
): TabularAgent {
  const { name = 'sarsa', discount, steps = 1 } = options;
  const table = valueTable(k, states, options);
  const { values } = table;
  const trails: Trail[] = [];
  return tabularAgent(
    table,
    { ...options, name },
    {
      broken: (i) => trails[i] && clear(trails[i]),
      learn({ requests, outcomes, i, pair }) {
        const trail = trailOf(i, requests.session[i]);
        if (trail.pairs.length === steps) learnOldest(trail, values[pair]);
        trail.pairs.push(pair);
        trail.rewards.push(outcomes.reward[i]);
        if (outcomes.ended[i] !== GOES_ON) finish(trail, outcomes, i);
      },
    },
  );

  function trailOf(i: number, session: number): Trail {
    const trail = (trails[i] ??= { session, pairs: [], rewards: [] });
    if (trail.session !== session) clear(trail);
    trail.session = session;
    return trail;
  }

  function finish(trail: Trail, outcomes: Outcomes, i: number): void {
    const { data, columns } = outcomes.finalContext;
    const last = outcomes.ended[i] === TERMINATED ? 0 : table.expected(states.state(data, i * columns) * k);
    while (trail.pairs.length > 0) learnOldest(trail, last);
  }

  /** Moves the oldest pair towards all rewards of the trail and what comes after them. */
  function learnOldest({ pairs, rewards }: Trail, after: number): void {
    let target = after;
    for (let j = rewards.length - 1; j >= 0; j--) target = rewards[j] + discount * target;
    const pair = pairs[0];
    values[pair] += table.step(pair) * (target - values[pair]);
    pairs.shift();
    rewards.shift();
  }

  function clear(trail: Trail): void {
    trail.pairs.length = trail.rewards.length = 0;
  }
}

const schema = z.strictObject({
  kind: z.literal('sarsa').describe('Looks ahead: tabular n-step Sarsa on session state'),
  steps: z
    .int()
    .min(1)
    .max(10_000)
    .default(1)
    .describe('n: rewards taken as they came before the value of what follows, in [1, 10000]; default 1'),
  ...tabularFields,
  ...commonFields,
}) satisfies z.ZodType<SarsaConfig>;

export const sarsaKind: AgentKind<SarsaConfig> = {
  kind: 'sarsa',
  summary: 'a table of what its own behaviour is worth, by the rewards of n requests and the pair taken then',
  reference: 'Rummery & Niranjan (1994); Sutton & Barto (2018), sections 6.4 and 7.2',
  schema,
  sees: 'context',
  needs: [],
  create: ({ kind, name = kind, ...config }, { actions, spec }) =>
    sarsa(actions.size, discretiser(spec.contextNames, config.state), { ...config, name }),
};
