/** What context-free agents remember: how often each action was shown, and the sums of its rewards. */
import { z } from 'zod';
import type { Decisions, Outcomes } from '../../core/contracts.ts';
import { refuseRewards, shownActions } from '../shown.ts';

export interface Totals {
  /** (k) impressions; where old ones count less, what they still count. */
  count: Float64Array;
  /** (k) sum of rewards. */
  sum: Float64Array;
  /** (k) sum of squared rewards. */
  squares: Float64Array;
  /** Impressions of all actions. */
  all: number;
  /** Adds the n rows of a tick. Throws `InputError`, and adds nothing, where a reward is not in [low, high]. */
  add(n: number, decisions: Decisions, outcomes: Outcomes): void;
}

/** What is forgotten: nothing, all but the last `window` impressions, or each impression by the factor `discount`. */
export interface Forgetting {
  window?: number | undefined;
  discount?: number | undefined;
}

export interface TotalsOptions extends Forgetting {
  /** Least and greatest reward that may be learned from. */
  low?: number;
  high?: number;
  /** Learn of every ad of the page that was looked at: from the top down to the first that was clicked. */
  cascade?: boolean;
}

/** Keys of agents that can forget, to spread into a kind's strict object. */
export const forgettingFields = {
  window: z
    .int()
    .min(1)
    .max(1e7)
    .optional()
    .describe('Impressions that are remembered, the last ones, in [1, 1e7]; default: all (for drift)'),
  discount: z
    .number()
    .min(0.9)
    .max(1)
    .optional()
    .describe('What an impression counts after the next one, in [0.9, 1]; default 1: nothing is forgotten (for drift)'),
};

/** Empty totals over k actions for the agent `name`. */
export function actionTotals(name: string, k: number, options: TotalsOptions = {}): Totals {
  const { low = -Infinity, high = Infinity, window = 0, discount = 1, cascade = false } = options;
  let shown = new Int32Array(0);
  // The last impressions, around a ring.
  const pastAction = new Int32Array(window);
  const pastReward = new Float64Array(window);
  let seen = 0;
  const totals: Totals = {
    count: new Float64Array(k),
    sum: new Float64Array(k),
    squares: new Float64Array(k),
    all: 0,
    add,
  };
  return totals;

  function add(n: number, decisions: Decisions, outcomes: Outcomes): void {
    if (shown.length !== n) shown = new Int32Array(n);
    shownActions(name, decisions, outcomes, shown, low, high);
    const slots = outcomes.adReward.length / outcomes.reward.length;
    if (cascade) refuseRewards(name, n * slots, outcomes.adReward, low, high);
    const replaced = outcomes.replaced ?? [];
    for (let i = 0, next = 0; i < n; i++) {
      for (; next < replaced.length && replaced[next].row <= i; next++) forget(replaced[next].action);
      if (cascade) addPage(i * slots, slots, decisions, outcomes);
      else if (shown[i] >= 0) add1(shown[i], outcomes.adReward[i * slots]);
    }
    for (const { row, action } of replaced) if (row >= n) forget(action);
  }

  function add1(action: number, reward: number): void {
    if (discount < 1) fade();
    if (window > 0) replaceOldest(action, reward);
    count(action, reward, 1);
  }

  /** The ads of a page in the order of their places, as far as they were looked at. */
  function addPage(from: number, slots: number, { action }: Decisions, { slot, click, adReward }: Outcomes): void {
    for (let place = 0; place < slots; place++) {
      for (let cell = from; cell < from + slots; cell++) {
        if (slot[cell] !== place) continue;
        add1(action[cell], adReward[cell]);
        if (click[cell] === 1) return;
      }
    }
  }

  /** Counts an impression, or with −1 takes it back. */
  function count(action: number, reward: number, times: 1 | -1): void {
    totals.count[action] += times;
    totals.sum[action] += times * reward;
    totals.squares[action] += times * reward * reward;
    totals.all += times;
    // What is left of sums of which all was taken back is rounding.
    if (totals.count[action] === 0) totals.sum[action] = totals.squares[action] = 0;
  }

  /** The action stands for another creative now. */
  function forget(action: number): void {
    totals.all -= totals.count[action];
    totals.count[action] = totals.sum[action] = totals.squares[action] = 0;
    for (let place = 0; place < Math.min(seen, window); place++)
      if (pastAction[place] === action) pastAction[place] = -1;
  }

  function fade(): void {
    for (let j = 0; j < k; j++) {
      totals.count[j] *= discount;
      totals.sum[j] *= discount;
      totals.squares[j] *= discount;
    }
    totals.all *= discount;
  }

  function replaceOldest(action: number, reward: number): void {
    const place = seen % window;
    if (seen >= window && pastAction[place] >= 0) count(pastAction[place], pastReward[place], -1);
    pastAction[place] = action;
    pastReward[place] = reward;
    seen++;
  }
}
