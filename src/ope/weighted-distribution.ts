/** A distribution from weighted values: shares that add up from the least value to the largest, and the mean of the lowest of them. */

export interface Cumulative {
  /** (u) distinct values, ascending. */
  values: Float64Array;
  /** (u) share of the weight at or below each, at most 1. */
  cumulative: Float64Array;
}

/** Of values (n) in ascending order and their weights (n) ≥ 0, as shares of `whole`. */
export function cumulate(sorted: Float64Array, weight: Float64Array, whole: number): Cumulative {
  const values: number[] = [];
  const cumulative: number[] = [];
  let mass = 0;
  for (let i = 0; i < sorted.length; i++) {
    mass += weight[i];
    if (i + 1 < sorted.length && sorted[i + 1] === sorted[i]) continue;
    values.push(sorted[i]);
    // Weights are not negative, so sums rise by themselves.
    cumulative.push(Math.min(mass / whole, 1));
  }
  return { values: Float64Array.from(values), cumulative: Float64Array.from(cumulative) };
}

/** Mean of the lowest share α in (0, 1], (1/α) ∫_0^α F⁻¹(p) dp; what F misses of α counts as the largest value. */
export function meanOfLowest({ values, cumulative }: Cumulative, alpha: number): number {
  let sum = 0;
  let before = 0;
  for (let u = 0; u < values.length && before < alpha; u++) {
    const upTo = u === values.length - 1 ? alpha : Math.min(cumulative[u], alpha);
    sum += Math.max(upTo - before, 0) * values[u];
    before = Math.max(upTo, before);
  }
  return sum / alpha;
}
