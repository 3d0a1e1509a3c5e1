/** What a planning bidder keeps of the past until it can be counted: worths, and the auctions of its warm-up. */

/** So many quantiles stand for the distribution of worths. */
const QUANTILES = 16;
/** They are of at most so many rows, spread evenly over what was seen. */
const SAMPLE = 4096;

/** Worths of impressions in units of their mean. */
export interface RelativeWorths {
  add(worth: number): void;
  /** (16) the middles of equally likely groups, ascending; [1] where nothing has been seen. */
  quantiles(): ArrayLike<number>;
}

/** Keeps every 2^e-th worth, with e as small as the room for 4,096 allows: no draw decides which. */
export function relativeWorths(): RelativeWorths {
  const kept = new Float64Array(SAMPLE);
  let size = 0;
  let stride = 1;
  let seen = 0;
  return { add, quantiles };

  function add(worth: number): void {
    if (seen++ % stride !== 0) return;
    if (size === SAMPLE) {
      for (let i = 0; i < SAMPLE / 2; i++) kept[i] = kept[2 * i];
      size = SAMPLE / 2;
      stride *= 2;
      if ((seen - 1) % stride !== 0) return;
    }
    kept[size++] = worth;
  }

  function quantiles(): ArrayLike<number> {
    if (size === 0) return [1];
    const sorted = kept.slice(0, size).sort();
    return Array.from({ length: QUANTILES }, (_, q) => sorted[Math.floor(((q + 0.5) / QUANTILES) * size)]);
  }
}

/** Auctions as they were met. */
export interface MarketSample {
  /** Price NaN where nothing was won [USD]. */
  add(bidUsd: number, priceUsd: number): void;
  each(visit: (bidUsd: number, priceUsd: number) => void): void;
}

/** An empty sample. */
export function marketSample(): MarketSample {
  const bids: number[] = [];
  const prices: number[] = [];
  return {
    add(bidUsd, priceUsd) {
      bids.push(bidUsd);
      prices.push(priceUsd);
    },
    each: (visit) => bids.forEach((bidUsd, i) => visit(bidUsd, prices[i])),
  };
}
