/**
 * Bennett's inequality (1962), two-sided: the chance, at most, that a sum of independent terms, each at most `bound` above
 * its mean, lies so far from its mean. It holds for any number of rows and any rare action, where a normal table does not.
 */

/** `gap` = S − E S, `variance` = Var S. Towards 0 every term must also be at most `bound` below its mean. */
export function bennett(gap: number, variance: number, bound: number): number {
  const t = Math.abs(gap);
  if (t === 0) return 1;
  if (!(variance > 0)) return t <= 1e-9 * bound ? 1 : 0; // rounding alone is no finding
  const u = (bound * t) / variance;
  return Math.min(1, 2 * Math.exp(-(variance / (bound * bound)) * ((1 + u) * Math.log1p(u) - u)));
}
