/** What a world says of itself, and what it asks of its creatives. */
import type { Creatives, EnvironmentSpec } from '../core/contracts.ts';
import { InputError } from '../core/errors.ts';
import { checkElements } from './element-appeal.ts';
import type { Campaigns } from './campaigns.ts';
import type { WorldConfig } from './config.ts';
import { hiddenSize, tires } from './hidden.ts';

/** The specification of a world in which so many players compete. */
export function specOf(
  config: WorldConfig,
  creatives: Creatives,
  campaigns: Campaigns,
  contextNames: readonly string[],
  players: number,
): EnvironmentSpec {
  const { auction, conversion, page } = config;
  const visitsRespond = config.sessions.satisfactionCoupling > 0 || config.arrivals.returnCoupling > 0;
  const spec: EnvironmentSpec = {
    name: config.preset,
    contextNames,
    actions: campaigns.actions.names,
    slots: page.slots,
    rewardUnit: config.reward === 'click' ? 'click' : 'USD',
    schemaVersion: 1,
    lanes: config.lanes,
    hiddenSize: hiddenSize(config, creatives.size),
    sequential: visitsRespond || tires(config) || config.drift.clickPull > 0 || campaigns.limited,
    visitsRespond,
    players,
    limited: campaigns.limited,
    campaigns: campaigns.specs,
  };
  const { events } = config.observed;
  if (events !== undefined) spec.history = { steps: events, levels: config.categories + 1 };
  if (conversion.delayMedianHours > 0) spec.conversionWindowHours = conversion.windowHours;
  if (auction) {
    spec.auction = { mechanism: auction.mechanism, unit: auction.unit, reserveUsd: auction.reserveUsd };
  }
  const range = rewardRange(config, campaigns);
  if (range) spec.rewardRange = range;
  return spec;
}

/** Bounds of a page's reward, where they are known: what is paid in an auction is up to the bids. */
function rewardRange(config: WorldConfig, campaigns: Campaigns): [number, number] | undefined {
  const { reward, page, auction, costPerImpressionUsd, promotions } = config;
  if (reward === 'click') return [0, page.slots];
  if (auction) return undefined;
  const deepest = Math.max(0, ...promotions.map(({ discount }) => discount));
  let high = 0;
  let low = 0;
  campaigns.clickUsd.forEach((click, a) => {
    const full = click + campaigns.conversionUsd[a];
    high = Math.max(high, click, full);
    low = Math.min(low, campaigns.marginal[a] ? full - deepest * campaigns.actions.priceUsd[a] : full);
  });
  return [page.slots * (low - costPerImpressionUsd), page.slots * (high - costPerImpressionUsd)];
}

/** Throws `InputError` for creatives that a world of this config cannot show. */
export function checkCreatives(config: WorldConfig, creatives: Creatives): void {
  if (creatives.size * config.priceLevels.length < 2) {
    throw new InputError(`creatives: ${creatives.size} leave nothing to choose between; give at least 2`);
  }
  const k = creatives.size * config.priceLevels.length;
  if (config.page.slots > k) {
    throw new InputError(
      `world.page.slots: ${config.page.slots} slots cannot be filled with ${k} different ads; ` +
        `lower slots to at most ${k} or add creatives`,
    );
  }
  creatives.category.forEach((category, a) => {
    if (category >= config.categories) {
      throw new InputError(
        `creatives: ${creatives.names[a]} is of category ${category}, but world.categories is ${config.categories}; ` +
          'raise it or leave the creative out',
      );
    }
  });
  checkElements(config, creatives.elements?.factors);
  for (const [name, values] of [
    ['recognisability', creatives.recognisability],
    ['style', creatives.style.data],
    ['headline', creatives.headline.data],
  ] as const) {
    if (!values.every(Number.isFinite)) throw new InputError(`creatives: ${name} holds a value that is not a number`);
  }
}
