/** Best responses to one log-normal, tabulated: thousands of bids are made between two fits of it. */
import { firstPriceBestResponse } from '../../core/first-price.ts';

/** Worths tabulated lie so many σ around the median, in steps of so many [σ of the log]. */
const LOW = -6;
const HIGH = 12;
const STEP = 0.1;
const POINTS = Math.round((HIGH - LOW) / STEP) + 1;

/** Best responses to one distribution of the highest rival bid. */
export interface ResponseTable {
  /** The distribution to respond to from now on. */
  face(mu: number, sigma: number): void;
  /** [USD] `firstPriceBestResponse` to a worth above 0 [USD], within 0.1 %. */
  bid(value: number): number;
}

/**
 * Keeps log(best bid / worth) at 181 worths and interpolates between them, linearly in the log of the worth; worths further
 * out are computed each time. A median or a spread too extreme for doubles is met with the worth itself.
 */
export function responseTable(): ResponseTable {
  const shade = new Float64Array(POINTS);
  let mu = 0;
  let sigma = 1;
  return { face, bid };

  function face(newMu: number, newSigma: number): void {
    mu = newMu;
    sigma = newSigma;
    for (let p = 0; p < POINTS; p++) {
      const value = Math.exp(mu + sigma * (LOW + STEP * p));
      shade[p] = Math.log(firstPriceBestResponse(value, mu, sigma) / value);
    }
  }

  function bid(value: number): number {
    const at = ((Math.log(value) - mu) / sigma - LOW) / STEP;
    if (!(at >= 0 && at < POINTS - 1)) return firstPriceBestResponse(value, mu, sigma);
    const p = Math.floor(at);
    const answer = value * Math.exp(shade[p] + (at - p) * (shade[p + 1] - shade[p]));
    return answer > 0 ? Math.min(answer, value) : value;
  }
}
