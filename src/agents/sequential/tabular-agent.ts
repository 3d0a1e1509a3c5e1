/** An agent whose values stand in a table, but for the rule by which it learns. */
import { GOES_ON } from '../../core/contracts.ts';
import type { Agent, Outcomes, Requests } from '../../core/contracts.ts';
import { constantBid } from '../bid.ts';
import { refuseUnfit } from './value-table.ts';
import type { LearningOptions, ValueTable } from './value-table.ts';

/** A learner with its table open to view. */
export interface TabularAgent extends Agent {
  /** (states×k) */
  values: Float64Array;
  /** (states×k) */
  visits: Float64Array;
}

/** A request whose action, and what followed, are known. */
export interface Taken {
  requests: Requests;
  outcomes: Outcomes;
  next: Requests;
  i: number;
  action: number;
  /** Where state and action stand in the table. */
  pair: number;
}

export interface Rule {
  learn(taken: Taken): void;
  /** Row i showed nothing, or goes on where the next tick has no row i: it teaches nothing, and what led to it ends here. */
  broken?(i: number): void;
}

/** The agent of a table and a rule. Throws `InputError`, having learned nothing, where a reward is no finite number. */
export function tabularAgent(
  table: ValueTable,
  { name, bidUsd = 0 }: LearningOptions & { name: string },
  rule: Rule,
): TabularAgent {
  const { values, visits, distribution } = table;
  return {
    name,
    values,
    visits,
    distribution,
    bid: constantBid(bidUsd),
    learn(requests, decisions, outcomes, next) {
      const slots = decisions.action.length / decisions.bid.length;
      refuseUnfit(name, requests.size, outcomes.reward);
      for (let i = 0; i < requests.size; i++) {
        const action = decisions.action[i * slots];
        if (action < 0 || (outcomes.ended[i] === GOES_ON && i >= next.size)) rule.broken?.(i);
        else rule.learn({ requests, outcomes, next, i, action, pair: table.pair(requests, i, action) });
      }
    },
  };
}
