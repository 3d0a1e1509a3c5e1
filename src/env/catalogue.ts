/** The catalogue: where categories and products lie in the space of interests, and what they cost. */
import type { Creatives } from '../core/contracts.ts';
import { normalQuantile } from '../core/quantiles.ts';
import type { Random } from '../core/random.ts';
import type { WorldConfig } from './config.ts';

/** Reference price [USD] of each category, in the order of `CATEGORY_NAMES` (chosen: about high-street prices). */
export const REFERENCE_PRICES_USD = [18, 40, 35, 50, 90, 30, 28, 70, 60, 80] as const;

/** Directions of categories and products; D latent dimensions, C categories, k products (one per creative). */
export interface Catalogue {
  /** (C×D) unit vectors v_c. */
  categories: Float64Array;
  /** (k×D) unit vectors q_p = normalise(v_c + σ_p ε). */
  products: Float64Array;
}

/** Draws the directions. */
export function drawCatalogue(config: WorldConfig, creatives: Creatives, random: Random): Catalogue {
  const { latentDimensions: D } = config.population;
  const draws = random.stream('catalogue').sequence();
  const categories = new Float64Array(config.categories * D);
  for (let c = 0; c < config.categories; c++) {
    for (let j = 0; j < D; j++) categories[c * D + j] = draws.normal();
    normalise(categories, c * D, D);
  }
  const products = new Float64Array(creatives.size * D);
  for (let a = 0; a < creatives.size; a++) {
    const v = creatives.category[a] * D;
    for (let j = 0; j < D; j++) {
      products[a * D + j] = categories[v + j] + config.response.productNoise * draws.normal();
    }
    normalise(products, a * D, D);
  }
  return { categories, products };
}

/**
 * (k)[USD] prices: the products of a category stand at evenly spaced quantiles of a log-normal around its reference
 * price. No draw is involved, so the shop's prices are the same under every seed.
 */
export function prices(config: WorldConfig, creatives: Creatives): Float64Array {
  const inCategory = new Int32Array(config.categories);
  for (let a = 0; a < creatives.size; a++) inCategory[creatives.category[a]]++;
  const placed = new Int32Array(config.categories);
  return Float64Array.from(creatives.category, (c) => {
    const quantile = normalQuantile((placed[c]++ + 0.5) / inCategory[c]);
    return REFERENCE_PRICES_USD[c] * Math.exp(config.conversion.priceSpread * quantile);
  });
}

/** Scales `length` numbers from `at` to unit Euclidean length; a zero vector becomes the first axis. */
export function normalise(values: Float64Array | Float32Array, at: number, length: number): void {
  let squares = 0;
  for (let j = at; j < at + length; j++) squares += values[j] * values[j];
  if (squares === 0) {
    values[at] = 1;
    return;
  }
  const scale = 1 / Math.sqrt(squares);
  for (let j = at; j < at + length; j++) values[j] *= scale;
}
