/** Purses: what every campaign of every player has spent. Nothing is paid that is not there. */
import type { CampaignSpec } from '../core/contracts.ts';
import type { CampaignConfig } from './campaign-schema.ts';
import type { Clock } from './clock.ts';

/** P players, J campaigns each. */
export interface Purses {
  begin(): void;
  /** A new moment: at midnight the days' budgets are whole again. */
  advance(hour: number): void;
  /** True where the player's campaign can pay so much, out of the whole budget and of today's. */
  affords(player: number, campaign: number, usd: number): boolean;
  /** True where pacing does not hold back the next ad. */
  released(player: number, campaign: number): boolean;
  /** Pays. Throws `RangeError` where it is not there: whoever charges must have asked `affords`. */
  pay(player: number, campaign: number, usd: number): void;
}

/** The purses of a world. */
export function pursesOf(
  players: number,
  specs: readonly CampaignSpec[],
  configs: readonly CampaignConfig[],
  clock: Clock,
): Purses {
  const J = specs.length;
  const spent = new Float64Array(players * J);
  const spentToday = new Float64Array(players * J);
  const budget = Float64Array.from(specs, ({ budgetUsd }) => budgetUsd);
  const daily = Float64Array.from(specs, ({ dailyBudgetUsd }) => dailyBudgetUsd);
  const even = configs.map(({ pacing }) => pacing === 'even');
  let day = 0;
  let share = 0;
  return { begin, advance, affords, released, pay };

  function begin(): void {
    spent.fill(0);
    spentToday.fill(0);
    day = 0;
    share = 0;
  }

  function advance(hour: number): void {
    const today = Math.floor(hour / 24);
    if (today !== day) {
      day = today;
      spentToday.fill(0);
    }
    share = clock.shareOfDay(hour);
  }

  function affords(player: number, campaign: number, usd: number): boolean {
    const at = player * J + campaign;
    return spent[at] + usd <= budget[campaign] && spentToday[at] + usd <= daily[campaign];
  }

  function released(player: number, campaign: number): boolean {
    return !even[campaign] || spentToday[player * J + campaign] <= daily[campaign] * share;
  }

  function pay(player: number, campaign: number, usd: number): void {
    if (usd === 0) return;
    const at = player * J + campaign;
    spent[at] += usd;
    spentToday[at] += usd;
    if (spent[at] > budget[campaign] * ROUNDING || spentToday[at] > daily[campaign] * ROUNDING) {
      throw new RangeError(`purses: campaign ${campaign} of player ${player} overspent by its last ${usd} USD`);
    }
  }
}

/** Sums of what was affordable one by one may differ from their sum by rounding. */
const ROUNDING = 1 + 1e-12;
