/** What an ad is worth to whoever pays for it, learned from what came of it. */
import { z } from 'zod';
import type { Decisions, Outcomes, Requests, RewardModel, TrueRequests } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import { matrix } from '../../core/matrix.ts';
import type { Matrix } from '../../core/matrix.ts';
import type { BidderSetup } from './bidder.ts';
import { clickValues } from './click-values.ts';

/** Keys of every bidder that values ads. */
export interface ValuationConfig {
  model?: string | undefined;
  valuePerClickUsd?: number | undefined;
  priorImpressions: number;
  priorClicks: number;
  priorCtr: number;
}

/** Schemas of those keys, to spread into a kind's strict object. */
export const valuationFields = {
  model: z
    .string()
    .min(1)
    .optional()
    .describe('Trained CTR model that predicts clicks; default: click rates learned while playing, one per ad'),
  valuePerClickUsd: z
    .number()
    .positive()
    .optional()
    .describe('Worth of a click [USD]; default: learned where the reward is in USD, else the campaign’s'),
  priorImpressions: z
    .number()
    .positive()
    .default(200)
    .describe('Weight of the prior click rate [impressions]; default 200'),
  priorClicks: z.number().positive().default(10).describe('Weight of the prior worth of a click [clicks]; default 10'),
  priorCtr: z
    .number()
    .gt(0)
    .max(1)
    .default(0.05)
    .describe(
      'Click rate before anything is known; default 0.05: rather too high, as who bids too little learns nothing',
    ),
};

/** Believes something about ads, and learns. */
export interface Valuation {
  /** Fills `decisions.estimate` (n)[USD per unit]: the worth of the first ad of each page; 0 where the page is empty. */
  estimate(requests: Requests, decisions: Decisions): void;
  /** Throws `InputError`, and learns nothing, where an ad brought what is not a finite number. */
  learn(requests: Requests, decisions: Decisions, outcomes: Outcomes): void;
}

/**
 * Worth of an ad [USD]. Per click: `clickValues`. Per impression: the predicted click rate times that. The click rate is
 * a model's where one is named, the truth for agents that see everything, else a mean per ad shrunk toward the mean of
 * all ads: (clicks + s·m) / (impressions + s), with s = `priorImpressions`. Ads count wherever on the page they stood.
 * Where rewards are in USD, the truth is the whole worth of the impression.
 */
export function valuation(config: ValuationConfig, setup: BidderSetup): Valuation {
  const { spec, actions } = setup;
  const k = actions.size;
  const L = spec.slots;
  const perClick = clickValues(config, setup);
  const byClick = spec.auction?.unit === 'click';
  const model = byClick ? undefined : predictorOf(config, setup);
  const whole = model !== undefined && config.model === undefined && spec.rewardUnit === 'USD';
  const prior = config.priorImpressions;
  const shown = new Float64Array(k);
  const clicked = new Float64Array(k);
  const rate = new Float64Array(k).fill(config.priorCtr);
  let predicted: Matrix = matrix(0, k);
  return { estimate, learn };

  function estimate(requests: Requests, decisions: Decisions): void {
    const { action } = decisions;
    if (model) {
      if (predicted.rows < requests.size) predicted = matrix(requests.size, k);
      model.predict(requests, predicted);
    }
    for (let i = 0; i < requests.size; i++) {
      const a = action[i * L];
      if (a < 0) decisions.estimate[i] = 0;
      else if (byClick) decisions.estimate[i] = perClick.value[a];
      else {
        const p = model ? Math.max(0, predicted.data[i * k + a]) : rate[a];
        decisions.estimate[i] = whole ? p : p * perClick.value[a];
      }
    }
  }

  function learn(requests: Requests, decisions: Decisions, outcomes: Outcomes): void {
    perClick.learn(requests, decisions, outcomes);
    for (let c = 0; c < requests.size * L; c++) {
      const a = decisions.action[c];
      if (a < 0 || outcomes.slot[c] < 0) continue;
      shown[a]++;
      clicked[a] += outcomes.click[c];
    }
    let impressions = prior;
    let clicks = prior * config.priorCtr;
    for (let a = 0; a < k; a++) {
      impressions += shown[a];
      clicks += clicked[a];
    }
    const mean = clicks / impressions;
    for (let a = 0; a < k; a++) rate[a] = (clicked[a] + prior * mean) / (shown[a] + prior);
  }
}

/** Predicts clicks, or what the truth predicts; undefined where click rates are to be learned. */
function predictorOf(config: ValuationConfig, { models, truth }: BidderSetup): RewardModel | undefined {
  if (config.model !== undefined) {
    const found = models.get(config.model);
    if (found) return found;
    const known = [...models.keys()].join(', ') || 'none';
    throw new InputError(
      `bidding.model: there is no model named "${config.model}" (trained: ${known}); add it under models`,
    );
  }
  return truth && { predict: (requests, out) => truth.predict(requests as TrueRequests, out) };
}
