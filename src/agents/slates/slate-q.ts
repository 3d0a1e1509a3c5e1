/** Looks ahead over whole pages: what a click on each ad leads to, weighted by the chance that it is the one clicked. */
import { z } from 'zod';
import { GOES_ON, TERMINATED } from '../../core/contracts.ts';
import type { Agent, Outcomes, Requests } from '../../core/contracts.ts';
import { constantBid } from '../bid.ts';
import { commonFields } from '../kind.ts';
import type { AgentKind, CommonConfig } from '../kind.ts';
import { shareAmongBest } from '../odds.ts';
import { discretiser } from '../sequential/session-state.ts';
import type { Discretiser } from '../sequential/session-state.ts';
import { refuseUnfit, tabularFields, valueTable } from '../sequential/value-table.ts';
import type { LearningConfig, LearningOptions } from '../sequential/value-table.ts';

export interface SlateQConfig extends CommonConfig, LearningConfig {
  kind: 'slate-q';
}

/** Impressions that every rate begins with, and clicks among them. */
const [PRIOR_SHOWN, PRIOR_CLICKS] = [20, 1];

/**
 * SlateQ (Ie et al. 2019, eqs. 11 and 17) over k actions and pages of L: the value of a page is Σ P(i is clicked)·Q̄(s, i), with
 * one more item for no click. Q̄ of what was clicked (or of no click) moves towards the page's reward and γ times the value of
 * the best next page. Chances are click rates by state, from impressions in any slot, and a page is filled from the top by
 * P·(Q̄ − Q̄ of no click), their "top-k" method; ε-greedy.
 */
export function slateQ(k: number, slots: number, states: Discretiser, options: LearningOptions): Agent {
  const { name = 'slate-q', discount } = options;
  const items = k + 1; // the last: no click
  const table = valueTable(items, states, options);
  const { values } = table;
  const shown = new Float64Array(states.size * items).fill(PRIOR_SHOWN);
  const clicked = new Float64Array(states.size * items).fill(PRIOR_CLICKS);
  return {
    name,
    distribution(requests, out) {
      for (let i = 0; i < requests.size; i++) {
        const from = table.pair(requests, i, 0);
        for (let a = 0; a < k; a++) out.data[i * k + a] = score(from, a);
      }
      shareAmongBest(out, requests, table.exploration());
    },
    bid: constantBid(options.bidUsd ?? 0),
    learn(requests, decisions, outcomes, next) {
      refuseUnfit(name, requests.size, outcomes.reward);
      for (let i = 0; i < requests.size; i++) {
        const from = table.pair(requests, i, 0);
        let chosen = k;
        let any = false;
        for (let cell = i * slots; cell < i * slots + slots; cell++) {
          const action = decisions.action[cell];
          if (action < 0 || outcomes.slot[cell] < 0) continue;
          any = true;
          shown[from + action]++;
          clicked[from + action] += outcomes.click[cell];
          if (outcomes.click[cell] === 1 && chosen === k) chosen = action;
        }
        if (!any || (outcomes.ended[i] === GOES_ON && i >= next.size)) continue;
        const target = outcomes.reward[i] + discount * future(outcomes, next, i);
        values[from + chosen] += table.step(from + chosen) * (target - values[from + chosen]);
      }
    },
  };

  function chance(cell: number): number {
    return clicked[cell] / shown[cell];
  }

  function score(from: number, a: number): number {
    return chance(from + a) * (values[from + a] - values[from + k]);
  }

  /** The value of the best page in the state that follows row i. */
  function future(outcomes: Outcomes, next: Requests, i: number): number {
    if (outcomes.ended[i] === TERMINATED) return 0;
    const from = table.after(outcomes, next, i);
    const may = Array.from({ length: k }, (_, a) => a).filter(
      (a) => outcomes.ended[i] !== GOES_ON || next.eligible[i * k + a] === 1,
    );
    const page = may.sort((a, b) => score(from, b) - score(from, a)).slice(0, slots);
    let none = 1;
    let value = 0;
    for (const a of page) {
      value += none * chance(from + a) * values[from + a];
      none *= 1 - chance(from + a);
    }
    return value + none * values[from + k];
  }
}

const schema = z.strictObject({
  kind: z.literal('slate-q').describe('Looks ahead over pages: SlateQ on session state'),
  ...tabularFields,
  ...commonFields,
}) satisfies z.ZodType<SlateQConfig>;

export const slateQKind: AgentKind<SlateQConfig> = {
  kind: 'slate-q',
  summary: 'pages by what a click on each ad leads to, the rest of the session included, times its chance of a click',
  reference: 'Ie et al. (2019), SlateQ: a tractable decomposition for reinforcement learning with recommendation sets',
  schema,
  sees: 'context',
  needs: [],
  create: ({ kind, name = kind, ...config }, { actions, spec }) =>
    slateQ(actions.size, spec.slots, discretiser(spec.contextNames, config.state), { ...config, name }),
};
