/** What context-free agents remember: how often each action was shown, and the sum of its rewards. */
import type { Decisions, Outcomes } from '../core/contracts.ts';
import { shownActions } from './shown.ts';

export interface Totals {
  /** (k) impressions. */
  count: Float64Array;
  /** (k) sum of rewards. */
  sum: Float64Array;
  /** Impressions of all actions. */
  all: number;
  /** Adds the n rows of a tick. Throws `InputError`, and adds nothing, where a reward is not in [low, high]. */
  add(n: number, decisions: Decisions, outcomes: Outcomes): void;
}

/** Empty totals over k actions for the agent `name`. */
export function actionTotals(name: string, k: number, low = -Infinity, high = Infinity): Totals {
  let shown = new Int32Array(0);
  const totals: Totals = { count: new Float64Array(k), sum: new Float64Array(k), all: 0, add };
  return totals;

  function add(n: number, decisions: Decisions, outcomes: Outcomes): void {
    if (shown.length !== n) shown = new Int32Array(n);
    shownActions(name, decisions, outcomes, shown, low, high);
    const slots = outcomes.adReward.length / outcomes.reward.length;
    for (let i = 0; i < n; i++) {
      const action = shown[i];
      if (action < 0) continue;
      totals.count[action]++;
      totals.sum[action] += outcomes.adReward[i * slots];
      totals.all++;
    }
  }
}
