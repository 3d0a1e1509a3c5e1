/**
 * What theory says of auctions: equilibria, expected revenues and reserves that the mechanisms can be held against.
 * Values are independent, one currency throughout.
 */
import { normalCdf, normalDensity } from '../../core/normal.ts';

/** Where values come from. */
export interface ValueDistribution {
  /** P(value ≤ x). */
  cdf: (x: number) => number;
  density: (x: number) => number;
  /** Below and above there is nothing (or next to nothing). */
  range: readonly [number, number];
}

/** U[0, 1]. */
export const uniformValues: ValueDistribution = {
  cdf: (x) => Math.min(1, Math.max(0, x)),
  density: (x) => (x >= 0 && x <= 1 ? 1 : 0),
  range: [0, 1],
};

/** Exponential with so many per unit. */
export function exponentialValues(rate: number): ValueDistribution {
  return {
    cdf: (x) => (x <= 0 ? 0 : -Math.expm1(-rate * x)),
    density: (x) => (x < 0 ? 0 : rate * Math.exp(-rate * x)),
    range: [0, 60 / rate],
  };
}

/** e^(μ + σZ). */
export function logNormalValues(mu: number, sigma: number): ValueDistribution {
  const z = (x: number): number => (Math.log(x) - mu) / sigma;
  return {
    cdf: (x) => (x <= 0 ? 0 : normalCdf(z(x))),
    density: (x) => (x <= 0 ? 0 : normalDensity(z(x)) / (sigma * x)),
    range: [Math.exp(mu - 8 * sigma), Math.exp(mu + 8 * sigma)],
  };
}

/** Share of the value that n bidders with values U[0, 1] bid in the equilibrium of a first-price auction (Vickrey 1961). */
export function firstPriceEquilibrium(bidders: number): number {
  return (bidders - 1) / bidders;
}

/**
 * The revenue-maximising reserve: the root of the virtual value ψ(r) = r − (1 − F(r))/f(r) (Myerson 1981), whatever the
 * number of bidders. F must be regular: ψ crosses 0 once.
 */
export function optimalReserve({ cdf, density, range }: ValueDistribution): number {
  let [low, high] = range;
  for (let i = 0; i < 200; i++) {
    const r = (low + high) / 2;
    // r·f(r) < 1 − F(r) is ψ(r) < 0 without the division.
    if (r * density(r) < 1 - cdf(r)) low = r;
    else high = r;
  }
  return (low + high) / 2;
}

/**
 * Expected revenue of a second-price auction of n bidders with a reserve r (Riley & Samuelson 1981):
 * n ∫ ψ(v) F(v)^(n−1) f(v) dv over v ≥ r, by Simpson's rule on so many panels.
 */
export function secondPriceRevenue(
  { cdf, density, range }: ValueDistribution,
  bidders: number,
  reserve = 0,
  panels = 20_000,
): number {
  const from = Math.max(reserve, range[0]);
  const step = (range[1] - from) / (2 * panels);
  if (!(step > 0)) return 0;
  const at = (v: number): number => {
    const F = cdf(v);
    let power = 1;
    for (let j = 1; j < bidders; j++) power *= F;
    return (v * density(v) - (1 - F)) * power;
  };
  let sum = 0;
  for (let p = 0; p < panels; p++) {
    const v = from + 2 * p * step;
    sum += at(v) + 4 * at(v + step) + at(Math.min(v + 2 * step, range[1]));
  }
  return (bidders * sum * step) / 3;
}

/**
 * The lowest locally envy-free bids of a GSP auction (Edelman, Ostrovsky & Schwarz 2007, theorem 1): prices, and so the
 * revenue, are those of VCG. `values` per click in decreasing order, `clicks` of each slot in decreasing order; the
 * first bid only has to be above the second, and is the value.
 */
export function locallyEnvyFreeBids(values: readonly number[], clicks: readonly number[]): number[] {
  const slots = Math.min(values.length, clicks.length);
  const bids = [...values];
  // b_j pays for slot j − 1: clicks_(j−1)·b_j = (clicks_(j−1) − clicks_j)·v_j + clicks_j·b_(j+1).
  for (let j = Math.min(values.length - 1, slots); j >= 1; j--) {
    const own = clicks[j] ?? 0;
    bids[j] = ((clicks[j - 1] - own) * values[j] + own * (bids[j + 1] ?? 0)) / clicks[j - 1];
  }
  return bids;
}
