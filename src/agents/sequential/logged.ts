/** What somebody else's log lets an agent learn before it plays. */
import type { Agent, ImpressionLog, Outcomes } from '../../core/contracts.ts';
import { GOES_ON, TERMINATED, TRUNCATED } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import { slice } from '../../core/log.ts';
import { rowRange } from '../../core/matrix.ts';
import type { AgentSetup } from '../setup.ts';

/** The log of a setup. Throws `InputError` where there is none, or one that was kept of another market. */
export function logOf({ log, spec, actions }: AgentSetup, name: string): NonNullable<AgentSetup['log']> {
  if (!log)
    throw new InputError(`agent "${name}" learns from the behaviour log; use it as one of agents, where there is one`);
  const [d, k] = [log.rows.requests.context.columns, log.rows.spec.actions.length];
  if (d !== spec.contextNames.length || k !== actions.size) {
    const said = `${d} context columns and ${k} actions, the market ${spec.contextNames.length} and ${actions.size}`;
    throw new InputError(`agent "${name}": the log has ${said}; give a log of the same market`);
  }
  return log;
}

/**
 * Lets an agent learn from a log as if it had decided what was decided, tick by tick. A log keeps no final contexts: a
 * truncated row's own context stands for what would have followed.
 */
export function teach(agent: Agent, { rows, tickRows }: NonNullable<AgentSetup['log']>): void {
  let before: ImpressionLog | undefined;
  for (let from = 0; from < rows.size; from += tickRows) {
    const tick = slice(rows, from, Math.min(rows.size, from + tickRows));
    if (before) agent.learn(before.requests, before.decisions, withFinalContexts(before), tick.requests);
    before = tick;
  }
}

/** A log keeps no final contexts: each row's own stands for it. */
export function withFinalContexts({ requests, outcomes }: ImpressionLog): Outcomes {
  return { ...outcomes, finalContext: rowRange(requests.context, 0, requests.size) };
}

/** A request of a log and what followed it in its session. */
export interface Logged {
  row: number;
  action: number;
  reward: number;
  /** The session's next row; −1 where it was terminated. */
  next: number;
}

/** The transitions of a log, in its order; rows whose follower is unknown (truncated, or the log's end) are left out. */
export function transitionsOf(log: ImpressionLog): Logged[] {
  const slots = log.spec.slots;
  const { action } = log.decisions;
  const { reward, ended } = log.outcomes;
  const follower = new Int32Array(log.size).fill(-1);
  const last = new Map<number, number>();
  for (let i = 0; i < log.size; i++) {
    const session = log.requests.session[i];
    const before = last.get(session);
    if (before !== undefined) follower[before] = i;
    if (ended[i] === GOES_ON) last.set(session, i);
    else last.delete(session);
  }
  const found: Logged[] = [];
  for (let i = 0; i < log.size; i++) {
    const shown = action[i * slots];
    if (shown < 0 || ended[i] === TRUNCATED || (ended[i] !== TERMINATED && follower[i] < 0)) continue;
    found.push({ row: i, action: shown, reward: reward[i], next: ended[i] === TERMINATED ? -1 : follower[i] });
  }
  return found;
}
