/** The layout of a request's hidden row: everything that the response needs to know of the user at that moment. */
import type { WorldConfig } from './config.ts';

/** Column of the user's segment. */
export const SEGMENT = 0;
/** Column of b_hour [logit]. */
export const HOUR_EFFECT = 1;
/** Column of f_u, the user's decayed exposures to all creatives. */
export const EXPOSURES = 2;
/** Column of the category that the user browses. */
export const PAGE = 3;
/** Column of the promotions that are on, a bit each. */
export const PROMOTIONS = 4;
/** First of the D columns of the latent interest z_u; after them come the K columns f_{u,k} where fatigue is on. */
export const LATENT = 5;

/** True where exposures matter, so that they are kept. */
export function tires(config: WorldConfig): boolean {
  return config.fatigue.weight > 0 || config.fatigue.weightAll > 0;
}

/** h, for K creatives. */
export function hiddenSize(config: WorldConfig, K: number): number {
  return LATENT + config.population.latentDimensions + (tires(config) ? K : 0);
}
