/** What a click on each ad is worth: known, or learned from what clicks brought before their price. */
import type { Decisions, Outcomes, Requests } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import type { BidderSetup } from './bidder.ts';

/** Share of a product's price that a click is taken to be worth where nothing is known: 2 % convert, at full margin. */
const PRIOR_SHARE = 0.02;

/** Worths of clicks, as far as they are known. */
export interface ClickValues {
  /** (k)[USD, 0 or more] */
  value: Float64Array;
  /** Throws `InputError`, and learns nothing, where an ad brought what is not a finite number. */
  learn(requests: Requests, decisions: Decisions, outcomes: Outcomes): void;
}

/**
 * Worth of a click on each of k ads. `valuePerClickUsd`, where it is given, is it. Where the reward is in USD it is a
 * mean of reward + cost per click, per ad, shrunk toward the mean of all by `priorClicks`; conversions that come late are
 * added when they come, so in young episodes it is too low. Else it is the campaign's value per click. Throws
 * `InputError` where nothing says what clicks are worth.
 */
export function clickValues(
  config: { valuePerClickUsd?: number | undefined; priorClicks: number },
  { spec, actions }: BidderSetup,
): ClickValues {
  const known = Float64Array.from(
    actions.campaign,
    (j) => config.valuePerClickUsd ?? spec.campaigns?.[j]?.valuePerClickUsd ?? 0,
  );
  const learned = config.valuePerClickUsd === undefined && spec.rewardUnit === 'USD';
  if (!learned && known.some((usd) => !(usd > 0))) {
    throw new InputError(
      'bidding.valuePerClickUsd: nothing says what a click is worth in this world; ' +
        'set it here or under world.campaigns, or let the world’s reward be profit',
    );
  }
  if (!learned) return { value: known, learn() {} };

  const L = spec.slots;
  const k = actions.size;
  const windowHours = spec.conversionWindowHours;
  const prior = known.map((usd, a) => (usd > 0 ? usd : PRIOR_SHARE * actions.priceUsd[a]));
  const value = prior.slice();
  const clicks = new Float64Array(k);
  const brought = new Float64Array(k);
  /** Ads that were clicked and may still convert: impression × L + place in the decision → ad. */
  const waiting = new Map<number, { ad: number; hour: number }>();
  return { value, learn };

  function learn(requests: Requests, decisions: Decisions, outcomes: Outcomes): void {
    const cells = requests.size * L;
    refuseUnsound(cells, outcomes);
    for (let c = 0; c < cells; c++) {
      const ad = decisions.action[c];
      if (ad < 0 || outcomes.click[c] === 0) continue;
      clicks[ad]++;
      brought[ad] += outcomes.adReward[c] + outcomes.cost[c];
      const i = Math.floor(c / L);
      if (windowHours !== undefined) {
        waiting.set(requests.impression[i] * L + (c - i * L), { ad, hour: requests.hour[i] });
      }
    }
    for (const late of outcomes.late) {
      const from = waiting.get(late.impression * L + late.slot);
      if (from) brought[from.ad] += late.reward;
    }
    if (windowHours !== undefined && requests.size > 0) forget(requests.hour[requests.size - 1] - windowHours);
    shrink();
  }

  /** Entries are in the order of time, so the old ones come first. */
  function forget(before: number): void {
    for (const [key, { hour }] of waiting) {
      if (hour >= before) return;
      waiting.delete(key);
    }
  }

  function shrink(): void {
    const s = config.priorClicks;
    let all = s;
    let excess = 0;
    for (let a = 0; a < k; a++) {
      all += clicks[a];
      excess += brought[a] - clicks[a] * prior[a];
    }
    // How much more than the prior a click brings, over all ads.
    const shift = excess / all;
    for (let a = 0; a < k; a++) {
      value[a] = Math.max(0, (brought[a] + s * Math.max(0, prior[a] + shift)) / (clicks[a] + s));
    }
  }
}

function refuseUnsound(cells: number, outcomes: Outcomes): void {
  for (let c = 0; c < cells; c++) {
    if (outcomes.click[c] !== 0 && !Number.isFinite(outcomes.adReward[c] + outcomes.cost[c])) {
      throw new InputError(
        `bidding: a click brought ${outcomes.adReward[c]} at a cost of ${outcomes.cost[c]} USD; both must be finite numbers`,
      );
    }
  }
}
