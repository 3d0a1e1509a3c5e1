/** What a budget is still worth with so many auctions to come: dynamic programming, and the bids that follow from it. */

/** V over auctions and budget, in units of the mean worth of an impression. */
export interface BudgetValues {
  /** S: auctions tabulated. */
  auctions: number;
  /** B: budget tabulated [levels]. */
  budget: number;
  /** ((S + 1)×(B + 1)) V(t, b): expected worth of what is won with t auctions and b levels of budget to come. */
  table: Float64Array;
}

/**
 * Cai, Ren, Zhang, Malialis, Wang, Yu & Guo (2017), Real-time bidding by reinforcement learning in display advertising,
 * WSDM. `mass` (D + 1) is the probability of a market price at each level 0 … D; what it lacks to 1 is never won. `worths`
 * (Q), ascending and equally likely, is what an impression may be worth; where it is [1] this is their eq. 8, which puts the
 * mean in place of the distribution, and which bids too much early where worths differ. With g(δ) = V(t−1, b−δ) − V(t−1, b),
 * which falls in δ:
 *
 *     V(t, b) = V(t−1, b) + mean over worths of Σ m(δ)·(worth + g(δ)) over δ ≤ b with worth + g(δ) ≥ 0
 */
export function budgetValues(
  mass: Float64Array,
  auctions: number,
  budget: number,
  worths: ArrayLike<number> = [1],
): BudgetValues {
  const width = budget + 1;
  const D = mass.length - 1;
  const Q = worths.length;
  const table = new Float64Array((auctions + 1) * width);
  for (let t = 1; t <= auctions; t++) {
    const before = (t - 1) * width;
    for (let b = 0; b <= budget; b++) {
      const kept = table[before + b];
      const most = Math.min(b, D);
      // Chance of winning at levels below the present one, and what it costs in later worth.
      let chance = 0;
      let change = 0;
      let gain = 0;
      let q = 0;
      for (let level = 0; level <= most; level++) {
        const g = table[before + b - level] - kept;
        for (; q < Q && worths[q] + g < 0; q++) gain += worths[q] * chance + change;
        if (q === Q) break;
        chance += mass[level];
        change += mass[level] * g;
      }
      for (; q < Q; q++) gain += worths[q] * chance + change;
      table[before + width + b] = kept + gain / Q;
    }
  }
  return { auctions, budget, table };
}

/**
 * The highest level δ ≤ min(b, D) that an impression of `worth` (in units of the mean) is worth paying, where `after`
 * auctions come after it and b levels of budget are left: worth + V(after, b−δ) − V(after, b) ≥ 0 (eq. 9 and algorithm 1);
 * −1 where none is.
 *
 * Beyond the table's S auctions V(t, b) ≈ (t/S)·V(S, b·S/t), the paper's mapping of a large state to a small one with the
 * same budget per auction (RLB-NN-MapD); between levels V is taken to be linear, above B to be flat.
 */
export function bestLevel(values: BudgetValues, after: number, b: number, worth: number, D: number): number {
  const most = Math.min(Math.floor(b), D);
  if (most < 0 || worth < 0) return -1;
  const kept = valueAt(values, after, b);
  let low = 0;
  let high = most;
  // V rises in b: bisection finds the last level that pays.
  while (low < high) {
    const level = (low + high + 1) >> 1;
    if (worth + valueAt(values, after, b - level) - kept >= 0) low = level;
    else high = level - 1;
  }
  return low;
}

/** V(t, b) for any t, b ≥ 0. */
export function valueAt({ auctions, budget, table }: BudgetValues, t: number, b: number): number {
  const scale = t > auctions ? t / auctions : 1;
  const from = Math.floor(t / scale + 1e-9) * (budget + 1);
  const x = Math.min(budget, b / scale);
  const left = Math.min(budget, Math.floor(x));
  const share = x - left;
  const value = table[from + left];
  return scale * (share > 0 ? value + share * (table[from + left + 1] - value) : value);
}
