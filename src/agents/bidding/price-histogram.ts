/** The distribution of market prices from auctions won, whose price is known, and lost, where it was higher than the bid. */

/** Market prices seen and not seen, by level. */
export interface PriceHistogram {
  /** How many auctions have been seen. */
  count: number;
  /** The price was at level δ, in [0, D]. */
  seen(level: number): void;
  /** The price was above level δ, in [0, D]. */
  lost(level: number): void;
  /** Makes two levels one: level δ becomes ⌈δ/2⌉. */
  coarsen(): void;
  /** Fills `mass` (D + 1) with m(δ), the probability of a price at level δ; what it lacks to 1 lies above D, or is not known. */
  estimate(mass: Float64Array): void;
}

/** So many auctions with prices spread evenly over the levels are believed before the first is seen. */
const PRIOR_WEIGHT = 5;

/**
 * Prices at levels 0 … D, at levels 1 … D alike a priori. The estimate is the product limit of Kaplan & Meier (1958): of the auctions in which a price at
 * level δ would have been seen had it been there, and that were not won at a lower one, the share whose price it was.
 */
export function priceHistogram(D: number): PriceHistogram {
  const prices = new Float64Array(D + 1).fill(PRIOR_WEIGHT / D, 1);
  const losses = new Float64Array(D + 1);
  const histogram: PriceHistogram = { count: 0, seen, lost, coarsen, estimate };
  return histogram;

  function seen(level: number): void {
    prices[level]++;
    histogram.count++;
  }

  function lost(level: number): void {
    losses[level]++;
    histogram.count++;
  }

  function coarsen(): void {
    for (let level = 1; level <= D; level++) {
      const half = (level + 1) >> 1;
      if (half < level) {
        prices[half] += prices[level];
        prices[level] = 0;
      }
      // What was above a level is above the whole level below it: no more is known.
      const lower = level >> 1;
      losses[lower] += losses[level];
      losses[level] = 0;
    }
  }

  function estimate(mass: Float64Array): void {
    let atRisk = histogram.count + PRIOR_WEIGHT;
    let survival = 1;
    for (let level = 0; level <= D; level++) {
      mass[level] = atRisk > 0 ? (survival * prices[level]) / atRisk : 0;
      survival -= mass[level];
      atRisk -= prices[level] + losses[level];
    }
  }
}
