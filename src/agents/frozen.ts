/** An agent that no longer learns: what a policy must be before it is valued on a log. */
import type { Agent } from '../core/contracts.ts';

/** The agent as it stands. It shares the agent's memory: don't go on teaching the original. */
export function frozen(agent: Agent): Agent {
  return { ...agent, learn() {} };
}
