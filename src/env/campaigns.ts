/** Campaigns: one per creative, with the product it sells, its price and what an impression costs. */
import { HEADLINE_NAMES, STYLE_NAMES } from '../core/contracts.ts';
import type { ActionTable, Creatives } from '../core/contracts.ts';
import { matrix } from '../core/matrix.ts';
import { prices, REFERENCE_PRICES_USD } from './catalogue.ts';
import type { WorldConfig } from './config.ts';

/** k campaigns, in the order of the creatives. */
export interface Campaigns {
  actions: ActionTable;
  /** (k) log(price / reference price of the category). */
  logRelativePrice: Float64Array;
  /** (k)[USD] profit of a conversion. */
  marginUsd: Float64Array;
  /** [USD] what an impression costs; it is always won. */
  costUsd: number;
}

/** Makes one campaign of each creative. Deterministic: nothing here depends on the seed. */
export function campaignsOf(config: WorldConfig, creatives: Creatives): Campaigns {
  const priceUsd = prices(config, creatives);
  return {
    actions: {
      size: creatives.size,
      names: creatives.names,
      creative: Int32Array.from({ length: creatives.size }, (_, a) => a),
      priceUsd,
      category: creatives.category,
      features: actionFeatures(config, creatives),
      featureNames: featureNames(config),
    },
    logRelativePrice: priceUsd.map((price, a) => Math.log(price / REFERENCE_PRICES_USD[creatives.category[a]])),
    marginUsd: priceUsd.map((price) => price * config.conversion.marginShare),
    costUsd: config.costPerImpressionUsd,
  };
}

function featureNames(config: WorldConfig): string[] {
  const categories = Array.from({ length: config.categories }, (_, c) => `category-${c}`);
  return [...categories, 'recognisability', ...STYLE_NAMES, ...HEADLINE_NAMES.map((name) => `headline-${name}`)];
}

function actionFeatures(config: WorldConfig, creatives: Creatives): ActionTable['features'] {
  const C = config.categories;
  const S = STYLE_NAMES.length;
  const H = HEADLINE_NAMES.length;
  const features = matrix(creatives.size, C + 1 + S + H);
  for (let a = 0; a < creatives.size; a++) {
    const at = a * features.columns;
    features.data[at + creatives.category[a]] = 1;
    features.data[at + C] = creatives.recognisability[a];
    features.data.set(creatives.style.data.subarray(a * S, a * S + S), at + C + 1);
    features.data.set(creatives.headline.data.subarray(a * H, a * H + H), at + C + 1 + S);
  }
  return features;
}
