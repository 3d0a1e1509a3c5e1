/**
 * How long conversions take, of those that come within the window, from conversions seen so far. A delay is seen only
 * where it is shorter than the click is old; the product-limit estimate in reversed time allows for that and assumes
 * no shape (Lagakos, Barraj & De Gruttola 1988, "Nonparametric analysis of truncated survival data", equation 2.4).
 */

/** P(delay ≤ t), given that it is at most the largest age. */
export interface DelayDistribution {
  at(hours: number): number;
}

/** Delays seen (m) and the ages of their clicks (m), delay ≤ age. */
export function delayDistribution(delay: ArrayLike<number>, age: ArrayLike<number>): DelayDistribution {
  const m = delay.length;
  const delays = Float64Array.from(delay).sort();
  const ages = Float64Array.from(age).sort();
  // F(t) = Π over delays s > t of (1 − 1 / #{i: delay_i ≤ s ≤ age_i}), from the longest delay down.
  const below = new Float64Array(m);
  let left = 1;
  for (let i = m - 1; i >= 0; i--) {
    below[i] = left;
    const atRisk = i + 1 - countBelow(ages, delays[i]);
    // One at risk, itself: nothing is known of what is shorter but that it is all there is.
    if (atRisk > 1) left *= 1 - 1 / atRisk;
  }
  return {
    at(hours) {
      const i = countUpTo(delays, hours);
      return i === 0 ? 0 : below[i - 1];
    },
  };
}

/** How many are smaller than x. */
function countBelow(sorted: Float64Array, x: number): number {
  return firstPlace(sorted, (value) => value >= x);
}

function countUpTo(sorted: Float64Array, x: number): number {
  return firstPlace(sorted, (value) => value > x);
}

/** First place where `reached` holds; it holds from there on. */
function firstPlace(sorted: Float64Array, reached: (value: number) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (reached(sorted[middle])) high = middle;
    else low = middle + 1;
  }
  return low;
}
