/** Campaigns: who pays for each action, what a click and a conversion are worth, and where the actions come from. */
import { CATEGORY_NAMES, HEADLINE_NAMES, MEASURED_NAMES, STYLE_NAMES } from '../core/contracts.ts';
import type { ActionTable, CampaignSpec, Creatives } from '../core/contracts.ts';
import { elementColumns, elementNames } from '../core/elements.ts';
import { InputError } from '../core/errors.ts';
import { matrix } from '../core/matrix.ts';
import type { CampaignConfig } from './campaign-schema.ts';
import { listPrices, REFERENCE_PRICES_USD } from './catalogue.ts';
import type { WorldConfig } from './config.ts';

/** k actions: every creative at every price level, level by level; J campaigns. */
export interface Campaigns {
  actions: ActionTable;
  specs: readonly CampaignSpec[];
  /** (J) as written; without campaigns in the config, one of everything. */
  configs: readonly CampaignConfig[];
  /** (k) log(price / reference price of the category), before promotions. */
  logRelativePrice: Float64Array;
  /** (k)[USD] what a click is worth by itself. */
  clickUsd: Float64Array;
  /** (k)[USD] what a conversion is worth at the price before promotions. */
  conversionUsd: Float64Array;
  /** (k) true where that is the margin, which promotions cut. */
  marginal: readonly boolean[];
  /** True where a purse, a cap, a daypart or targeting may forbid an action. */
  limited: boolean;
}

const EVERYTHING: CampaignConfig = { name: 'all', pacing: 'asap', valuePerClickUsd: 0, targeting: {}, dayparts: [] };

/** Deals the actions to campaigns. Deterministic: nothing here depends on the seed. Throws `InputError` for more than 65,535 actions. */
export function campaignsOf(config: WorldConfig, creatives: Creatives): Campaigns {
  const configs = config.campaigns.length > 0 ? config.campaigns : [EVERYTHING];
  const K = creatives.size;
  const { priceLevels } = config;
  const k = K * priceLevels.length;
  if (k > 65_535) {
    throw new InputError(
      `world.priceLevels: ${K} creatives at ${priceLevels.length} prices are ${k} actions; at most 65535`,
    );
  }
  const list = listPrices(config, creatives);
  const creative = Int32Array.from({ length: k }, (_, a) => a % K);
  const priceUsd = Float64Array.from(creative, (c, a) => list[c] * priceLevels[Math.floor(a / K)]);
  const category = creative.map((c) => creatives.category[c]);
  const campaign = category.map((c) => payerOf(configs, c));
  const margin = 1 - config.conversion.marginShare;
  return {
    actions: {
      size: k,
      names: Array.from(creative, (c, a) => actionName(creatives.names[c], priceLevels, Math.floor(a / K))),
      creative,
      priceUsd,
      category,
      campaign,
      features: actionFeatures(config, creatives, creative),
      featureNames: featureNames(config, creatives),
    },
    specs: configs.map((one) => ({
      name: one.name,
      budgetUsd: one.budgetUsd ?? Infinity,
      dailyBudgetUsd: one.dailyBudgetUsd ?? Infinity,
      valuePerClickUsd: one.valuePerClickUsd,
    })),
    configs,
    logRelativePrice: priceUsd.map((price, a) => Math.log(price / REFERENCE_PRICES_USD[category[a]])),
    clickUsd: Float64Array.from(campaign, (j) => configs[j].valuePerClickUsd),
    // The margin of a sale is its price less the cost of goods, which no price level and no promotion changes.
    conversionUsd: Float64Array.from(
      campaign,
      (j, a) => configs[j].valuePerConversionUsd ?? priceUsd[a] - list[creative[a]] * margin,
    ),
    marginal: Array.from(campaign, (j) => configs[j].valuePerConversionUsd === undefined),
    limited: configs.some(isLimited),
  };
}

function isLimited(one: CampaignConfig): boolean {
  return (
    one.budgetUsd !== undefined ||
    one.dailyBudgetUsd !== undefined ||
    one.frequencyCap !== undefined ||
    one.dayparts.length > 0 ||
    Object.keys(one.targeting).length > 0
  );
}

/** The campaign that names the category, else the one that names none. */
function payerOf(configs: readonly CampaignConfig[], category: number): number {
  const named = configs.findIndex((one) => one.categories?.includes(CATEGORY_NAMES[category]));
  return named >= 0 ? named : configs.findIndex((one) => !one.categories);
}

function actionName(creative: string, levels: readonly number[], level: number): string {
  return levels.length === 1 ? creative : `${creative} × ${levels[level]}`;
}

function featureNames(config: WorldConfig, { elements }: Creatives): string[] {
  const categories = Array.from({ length: config.categories }, (_, c) => `category-${c}`);
  return [...categories, ...MEASURED_NAMES, 'price-level', ...(elements ? elementNames(elements.factors) : [])];
}

function actionFeatures(config: WorldConfig, creatives: Creatives, creative: Int32Array): ActionTable['features'] {
  const C = config.categories;
  const S = STYLE_NAMES.length;
  const H = HEADLINE_NAMES.length;
  const elements = creatives.elements ? elementColumns(creatives.elements) : matrix(creatives.size, 0);
  const E = elements.columns;
  const features = matrix(creative.length, C + 2 + S + H + E);
  creative.forEach((c, a) => {
    const at = a * features.columns;
    features.data[at + creatives.category[c]] = 1;
    features.data[at + C] = creatives.recognisability[c];
    features.data.set(creatives.style.data.subarray(c * S, c * S + S), at + C + 1);
    features.data.set(creatives.headline.data.subarray(c * H, c * H + H), at + C + 1 + S);
    features.data[at + C + 1 + S + H] = Math.log(config.priceLevels[Math.floor(a / creatives.size)]);
    features.data.set(elements.data.subarray(c * E, c * E + E), at + C + 2 + S + H);
  });
  return features;
}
