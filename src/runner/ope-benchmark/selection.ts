/** How well estimates choose among policies: rank correlation, and what is lost and risked by the k that look best. */

/**
 * Spearman's rank correlation; ties share their mean rank. NaN where either side has no ranks to speak of (all equal, or an
 * estimate that is undefined).
 */
export function rankCorrelation(x: readonly number[], y: readonly number[]): number {
  if ([...x, ...y].some(Number.isNaN)) return Number.NaN;
  const [a, b] = [ranksOf(x), ranksOf(y)];
  const mean = (x.length + 1) / 2;
  let [ab, aa, bb] = [0, 0, 0];
  a.forEach((rank, i) => {
    ab += (rank - mean) * (b[i] - mean);
    aa += (rank - mean) * (rank - mean);
    bb += (b[i] - mean) * (b[i] - mean);
  });
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : Number.NaN;
}

/** From 1; equal numbers share the mean of their ranks. */
function ranksOf(values: readonly number[]): number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return below + (equal + 1) / 2;
  });
}

/** Indices of the k largest estimates, largest first; undefined ones come last, and of equal ones the first. */
function topOf(estimates: readonly number[], k: number): number[] {
  const known = (i: number): number => (Number.isNaN(estimates[i]) ? -Infinity : estimates[i]);
  return estimates
    .map((_, i) => i)
    .sort((i, j) => (known(i) === known(j) ? i - j : known(j) - known(i)))
    .slice(0, k);
}

/** Regret@k: true value of the best policy, less that of the best among the k that look best; ≥ 0. */
export function regretAt(k: number, estimates: readonly number[], truths: readonly number[]): number {
  return Math.max(...truths) - Math.max(...topOf(estimates, k).map((i) => truths[i]));
}

/**
 * SharpeRatio@k (Kiyohara et al. 2024): what the best of the k that look best earns above the policy in place, over the
 * standard deviation (with k − 1) of all k, each of which would be tried to find it. NaN for k < 2 or where they are alike.
 */
export function sharpeRatioAt(
  k: number,
  estimates: readonly number[],
  truths: readonly number[],
  inPlace: number,
): number {
  const tried = topOf(estimates, k).map((i) => truths[i]);
  const mean = tried.reduce((sum, value) => sum + value, 0) / tried.length;
  const squares = tried.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  if (tried.length < 2 || squares === 0) return Number.NaN;
  return (Math.max(...tried) - inPlace) / Math.sqrt(squares / (tried.length - 1));
}
