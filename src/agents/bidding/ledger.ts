/** What each campaign has spent and has left, by the bidder's own books: the world keeps others. */
import type { ActionTable, Decisions, Outcomes, Requests } from '../../core/contracts.ts';

/** Books of J campaigns [USD]. */
export interface Ledger {
  /** (J) of the whole budget; Infinity where there is none. */
  left: Float64Array;
  /** (J) of today's budget; Infinity where there is none. */
  leftToday: Float64Array;
  /** (J) spent since the start. */
  spent: Float64Array;
  /** [h] of the last row seen. */
  hour: number;
  /** How many requests were seen. */
  requests: number;
  /** [USD] what is left of the budget of the day of `hour`: the whole of it on a day not seen yet. */
  leftOn(campaign: number, hour: number): number;
  /** True where the campaign has something left to spend at `hour`. */
  solvent(campaign: number, hour: number): boolean;
  add(requests: Requests, decisions: Decisions, outcomes: Outcomes): void;
}

/** Books for budgets `whole` and `daily` (J)[USD], pages of L slots. Days are of 24 h, as the world's. */
export function ledger(whole: Float64Array, daily: Float64Array, actions: ActionTable, slots: number): Ledger {
  const books: Ledger = {
    left: whole.slice(),
    leftToday: daily.slice(),
    spent: new Float64Array(whole.length),
    hour: 0,
    requests: 0,
    leftOn: (j, hour) => (sameDay(hour, books.hour) ? books.leftToday[j] : daily[j]),
    solvent: (j, hour) => books.left[j] > 0 && books.leftOn(j, hour) > 0,
    add,
  };
  return books;

  function add(requests: Requests, decisions: Decisions, outcomes: Outcomes): void {
    for (let i = 0; i < requests.size; i++) {
      const hour = requests.hour[i];
      if (!sameDay(hour, books.hour)) books.leftToday.set(daily);
      books.hour = hour;
      for (let c = i * slots; c < (i + 1) * slots; c++) {
        const cost = outcomes.cost[c];
        if (cost === 0 || decisions.action[c] < 0) continue;
        const j = actions.campaign[decisions.action[c]];
        books.spent[j] += cost;
        books.left[j] -= cost;
        books.leftToday[j] -= cost;
      }
    }
    books.requests += requests.size;
  }
}

function sameDay(a: number, b: number): boolean {
  return Math.floor(a / 24) === Math.floor(b / 24);
}
