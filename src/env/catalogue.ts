/** The catalogue: where categories and products lie in the space of interests, what they cost, how popular they are. */
import type { Creatives } from '../core/contracts.ts';
import { normalQuantile } from '../core/quantiles.ts';
import type { Random } from '../core/random.ts';
import type { WorldConfig } from './config.ts';

/** Reference price [USD] of each category, in the order of `CATEGORY_NAMES` (chosen: about high-street prices). */
export const REFERENCE_PRICES_USD = [18, 40, 35, 50, 90, 30, 28, 70, 60, 80] as const;

/** What goes with each category, in the order of `CATEGORY_NAMES` (chosen): trousers with a T-shirt, a bag with a dress. */
const COMPLEMENTS = [1, 0, 4, 8, 9, 3, 1, 0, 3, 4] as const;

/** Affinities below this count as this: a category that nobody of a segment has bought from may still be. */
export const LEAST_AFFINITY = 1e-3;

/** The category that goes with category `c` of C. */
export function complementOf(c: number, C: number): number {
  return COMPLEMENTS[c] < C ? COMPLEMENTS[c] : (c + 1) % C;
}

/** Directions of categories and products; D latent dimensions, C categories, K products (one per creative). */
export interface Catalogue {
  /** (C×D) unit vectors v_c. */
  categories: Float64Array;
  /** (K×D) unit vectors q_p = normalise(v_c + σ_p ε). */
  products: Float64Array;
  /** (K) log of the product's Zipf popularity within its category, less the category's mean. */
  logPopularity: Float64Array;
  /** τ in force: events fall on categories as softmax(z·v / τ). */
  temperature: number;
}

/** Draws the directions. */
export function drawCatalogue(config: WorldConfig, creatives: Creatives, random: Random): Catalogue {
  const { latentDimensions: D, fitted } = config.population;
  const draws = random.stream('catalogue').sequence();
  const categories = new Float64Array(config.categories * D);
  for (let c = 0; c < config.categories; c++) {
    for (let j = 0; j < D; j++) categories[c * D + j] = draws.normal();
    // Fitted affinities are met exactly where directions are at right angles.
    if (fitted) orthogonalise(categories, c, D);
    normalise(categories, c * D, D);
  }
  const { product, category } = productsOf(creatives);
  const drawn = new Float64Array(category.length * D);
  category.forEach((c, p) => {
    for (let j = 0; j < D; j++)
      drawn[p * D + j] = categories[c * D + j] + config.response.productNoise * draws.normal();
    normalise(drawn, p * D, D);
  });
  const products = new Float64Array(creatives.size * D);
  product.forEach((p, a) => products.set(drawn.subarray(p * D, (p + 1) * D), a * D));
  const popularity = logPopularity(config, category, random);
  return {
    categories,
    products,
    logPopularity: Float64Array.from(product, (p) => popularity[p]),
    temperature: fitted ? steepest(fitted.segments) : config.behaviour.temperature,
  };
}

/** (K) the product of each creative, and (P) the category of each product: one per creative but where creatives are composited. */
function productsOf({ category, elements }: Creatives): { product: Int32Array; category: Int32Array } {
  if (!elements) return { product: category.map((_, a) => a), category };
  const { product } = elements;
  return { product, category: category.filter((_, a) => a === 0 || product[a] !== product[a - 1]) };
}

/** Takes from direction c what lies along those before it (Gram–Schmidt). */
function orthogonalise(directions: Float64Array, c: number, D: number): void {
  for (let other = 0; other < c; other++) {
    let along = 0;
    for (let j = 0; j < D; j++) along += directions[c * D + j] * directions[other * D + j];
    for (let j = 0; j < D; j++) directions[c * D + j] -= along * directions[other * D + j];
  }
}

/** The largest τ at which every segment's affinities can be met by an interest of length 1. */
function steepest(segments: readonly { affinity: readonly number[] }[]): number {
  let most = 0;
  for (const { affinity } of segments) {
    const logs = affinity.map((p) => Math.log(Math.max(p, LEAST_AFFINITY)));
    const mean = logs.reduce((a, x) => a + x, 0) / logs.length;
    most = Math.max(
      most,
      logs.reduce((a, x) => a + (x - mean) * (x - mean), 0),
    );
  }
  return 1 / Math.sqrt(Math.max(most, 0.01));
}

/** Products of a category are ranked at random; rank r has popularity ∝ 1/r. */
function logPopularity(config: WorldConfig, category: Int32Array, random: Random): Float64Array {
  const out = new Float64Array(category.length);
  const shuffling = random.stream('popularity').sequence();
  for (let c = 0; c < config.categories; c++) {
    const members: number[] = [];
    category.forEach((own, p) => own === c && members.push(p));
    shuffling.shuffle(members);
    const logs = members.map((_, rank) => -Math.log(rank + 1));
    const mean = logs.reduce((a, x) => a + x, 0) / Math.max(1, logs.length);
    members.forEach((a, rank) => (out[a] = logs[rank] - mean));
  }
  return out;
}

/**
 * (K)[USD] list prices: the products of a category stand at evenly spaced quantiles of a log-normal around its reference
 * price. No draw is involved, so the shop's prices are the same under every seed.
 */
export function listPrices(config: WorldConfig, creatives: Creatives): Float64Array {
  const inCategory = new Int32Array(config.categories);
  const { product, category } = productsOf(creatives);
  for (const c of category) inCategory[c]++;
  const placed = new Int32Array(config.categories);
  const prices = Float64Array.from(category, (c) => {
    const quantile = normalQuantile((placed[c]++ + 0.5) / inCategory[c]);
    return REFERENCE_PRICES_USD[c] * Math.exp(config.conversion.priceSpread * quantile);
  });
  return Float64Array.from(product, (p) => prices[p]);
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
