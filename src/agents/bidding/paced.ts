/** Spends a budget evenly: a feedback controller scales the worth of the ad by how far spending is off its plan. */
import { z } from 'zod';
import type { Decisions, Outcomes, Requests } from '../../core/contracts.ts';
import type { Bidder, BidderKind, BidderSetup } from './bidder.ts';
import { ledger } from './ledger.ts';
import { needAuction, needBudgets, needRequests } from './needs.ts';
import type { Budgets } from './needs.ts';
import { pid } from './pid.ts';
import { truthful } from './truthful.ts';
import { valuation, valuationFields } from './valuation.ts';
import type { ValuationConfig } from './valuation.ts';

/** The controller: its gains, how often it steps, and between which factors its output stays. */
export interface PacingRule {
  proportional: number;
  integral: number;
  derivative: number;
  everyRequests?: number | undefined;
  leastFactor: number;
  mostFactor: number;
}

/** Bids multiplied so that money lasts the day. */
export interface PacedConfig extends ValuationConfig, PacingRule {
  kind: 'paced';
  budgetUsd?: number | undefined;
}

/** A paced bidder with its factors open to view. */
export interface Paced extends Bidder {
  /** (J) what each campaign's bids are multiplied by. */
  factor: Float64Array;
}

/**
 * Multiplies the bids of `bidder` by exp(signal), one PID controller per campaign. Every `everyRequests` requests the
 * error is 1 − spent / planned, where the plan spends what was left at the start of the interval evenly: the whole budget
 * over the requests still to come, a day's over the hours still to come, whichever is less. A campaign with nothing left
 * bids 0.
 *
 * Source: Zhang, Rong, Wang, Zhu & Wang (2016), Feedback control of real-time display advertising, WSDM, eqs. 5 and 9; the
 * error is of the spending rate, as theirs is of the rate of won auctions.
 */
export function paced(
  bidder: Bidder,
  rule: PacingRule,
  budgets: Budgets,
  episode: number,
  { actions, spec }: Pick<BidderSetup, 'actions' | 'spec'>,
): Paced {
  const L = spec.slots;
  const J = budgets.whole.length;
  const every = rule.everyRequests ?? Math.max(64, Math.round(episode / 200));
  const books = ledger(budgets.whole, budgets.daily, actions, L);
  const low = Math.log(rule.leastFactor);
  const high = Math.log(rule.mostFactor);
  const controllers = Array.from({ length: J }, () => pid(rule, low, high));
  const factor = Float64Array.from(controllers, ({ signal }) => Math.exp(signal));
  let start = snapshot();
  return { factor, bid, learn };

  function bid(requests: Requests, decisions: Decisions): void {
    bidder.bid(requests, decisions);
    for (let i = 0; i < requests.size; i++) {
      const a = decisions.action[i * L];
      if (a < 0) continue;
      const j = actions.campaign[a];
      decisions.bid[i] *= books.solvent(j, requests.hour[i]) ? factor[j] : 0;
    }
  }

  function learn(requests: Requests, decisions: Decisions, outcomes: Outcomes): void {
    bidder.learn(requests, decisions, outcomes);
    books.add(requests, decisions, outcomes);
    if (books.requests - start.requests < every) return;
    for (let j = 0; j < J; j++) {
      const planned = plan(j);
      if (planned === Infinity || !(planned > 0)) continue;
      controllers[j].update(1 - (books.spent[j] - start.spent[j]) / planned);
      factor[j] = Math.exp(controllers[j].signal);
    }
    start = snapshot();
  }

  /** [USD] what the campaign was to spend since the last control; Infinity where it has no budget. */
  function plan(j: number): number {
    const requests = books.requests - start.requests;
    const share = Math.min(1, requests / Math.max(1, episode - start.requests));
    const hours = books.hour - start.hour;
    const left = 24 - (start.hour - 24 * Math.floor(start.hour / 24));
    // Beyond midnight the day's budget is whole again.
    const today =
      hours < left
        ? start.leftToday[j] * (hours / left)
        : start.leftToday[j] + budgets.daily[j] * ((hours - left) / 24);
    // 0 hours of an unlimited day are no plan at all.
    return Math.min(start.left[j] * share, Number.isNaN(today) || budgets.daily[j] === Infinity ? Infinity : today);
  }

  function snapshot(): {
    requests: number;
    hour: number;
    left: Float64Array;
    leftToday: Float64Array;
    spent: Float64Array;
  } {
    return {
      requests: books.requests,
      hour: books.hour,
      left: books.left.slice(),
      leftToday: books.leftToday.slice(),
      spent: books.spent.slice(),
    };
  }
}

const gain = z.number().min(0).max(100);

const schema = z.strictObject({
  kind: z.literal('paced').describe('The worth of the ad, scaled so that the budget lasts to the end'),
  budgetUsd: z.number().positive().optional().describe('Budget of each campaign [USD]; default: its own'),
  proportional: gain.default(0.1).describe('Gain on the present error, 0 or more; default 0.1'),
  integral: gain.default(0.1).describe('Gain on the sum of errors, 0 or more; default 0.1'),
  derivative: gain.default(0).describe('Gain on the change of the error, 0 or more; default 0'),
  everyRequests: z
    .int()
    .min(1)
    .optional()
    .describe('Controls after so many requests; default: a 200th of the episode, at least 64'),
  leastFactor: z.number().gt(0).max(1).default(0.001).describe('Least factor, in (0, 1]; default 0.001'),
  mostFactor: z
    .number()
    .min(1)
    .max(1000)
    .default(1)
    .describe('Greatest factor, 1 or more; default 1: never above worth'),
  ...valuationFields,
}) satisfies z.ZodType<PacedConfig>;

export const pacedKind: BidderKind<PacedConfig> = {
  kind: 'paced',
  summary: 'the worth of the ad times a factor that a PID controller keeps spending on its plan with',
  reference: 'Zhang, Rong, Wang, Zhu & Wang (2016), Feedback control of real-time display advertising, WSDM',
  schema,
  create(config, setup) {
    needAuction(config.kind, setup);
    const budgets = needBudgets(config.kind, config.budgetUsd, setup, false);
    const episode = needRequests(config.kind, setup);
    return paced(truthful(valuation(config, setup)), config, budgets, episode, setup);
  },
};
