/** Count, mean, spread and range of a stream of numbers, in one pass; parts that were counted apart merge exactly. */

export interface Moments {
  /** Numbers that were there. */
  count: number;
  /** NaN cells. */
  missing: number;
  mean: number;
  /** Σ (x − mean)² */
  squares: number;
  least: number;
  largest: number;
}

/** Of nothing. */
export function noMoments(): Moments {
  return { count: 0, missing: 0, mean: 0, squares: 0, least: Infinity, largest: -Infinity };
}

/** Adds numbers, NaN as missing (Welford 1962, Technometrics 4). */
export function addNumbers(to: Moments, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) {
    const x = values[i];
    if (Number.isNaN(x)) {
      to.missing++;
      continue;
    }
    to.count++;
    const away = x - to.mean;
    to.mean += away / to.count;
    to.squares += away * (x - to.mean);
    if (x < to.least) to.least = x;
    if (x > to.largest) to.largest = x;
  }
}

/** Adds what another part of the stream gave (Chan, Golub & LeVeque 1983, The American Statistician 37). */
export function mergeMoments(to: Moments, other: Moments): void {
  const count = to.count + other.count;
  if (other.count > 0) {
    const away = other.mean - to.mean;
    to.mean += (away * other.count) / count;
    to.squares += other.squares + (away * away * to.count * other.count) / count;
    to.least = Math.min(to.least, other.least);
    to.largest = Math.max(to.largest, other.largest);
  }
  to.count = count;
  to.missing += other.missing;
}

/** Standard deviation of a sample; 0 for fewer than two numbers. */
export function deviationOf({ count, squares }: Moments): number {
  return count < 2 ? 0 : Math.sqrt(squares / (count - 1));
}
