/** Columns for tests from plain arrays. */
import { decisionsOf, outcomesOf, requestsOf } from '../../src/core/batch.ts';
import type { Decisions, Outcomes, Requests } from '../../src/core/contracts.ts';

/** Won rows that showed `action`, with every action eligible. */
export function tickOf(
  k: number,
  action: readonly number[],
  reward: readonly number[],
  context: readonly (readonly number[])[] = action.map(() => []),
): { requests: Requests; decisions: Decisions; outcomes: Outcomes } {
  const shape = { rows: action.length, context: context[0]?.length ?? 0, actions: k, slots: 1 };
  const requests = requestsOf(shape);
  const decisions = decisionsOf(shape);
  const outcomes = outcomesOf(shape);
  requests.size = action.length;
  requests.eligible.fill(1);
  requests.context.data.set(context.flat());
  requests.impression.forEach((_, i) => {
    requests.impression[i] = i;
  });
  decisions.action.set(action);
  decisions.propensity.fill(1);
  outcomes.won.fill(1);
  outcomes.slot.fill(0);
  outcomes.reward.set(reward);
  return { requests, decisions, outcomes };
}
