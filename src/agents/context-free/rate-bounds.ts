/** How far a click rate may lie from what was seen: by Kullback–Leibler divergence, and by Hoeffding's inequality. */

/** kl(p, q) = p ln(p/q) + (1 − p) ln((1 − p)/(1 − q)) of Bernoulli variables, p and q in [0, 1]; Infinity where q rules p out. */
export function klBernoulli(p: number, q: number): number {
  return term(p, q) + term(1 - p, 1 - q);
}

function term(p: number, q: number): number {
  return p === 0 ? 0 : p * Math.log(p / q);
}

/** The greatest q in [mean, 1] with kl(mean, q) ≤ d, for d ≥ 0 (Garivier & Cappé 2011). Absolute error about 1e-15. */
export function klUpper(mean: number, d: number): number {
  if (mean >= 1 || d <= 0) return Math.min(1, mean);
  if (mean <= 0) return -Math.expm1(-d);
  // Two bounds from above: Pinsker's kl ≥ 2 (q − p)², and kl ≥ −h(p) − (1 − p) ln(1 − q), h being the entropy.
  const entropy = -mean * Math.log(mean) - (1 - mean) * Math.log1p(-mean);
  let q = Math.min(mean + Math.sqrt(d / 2), -Math.expm1(-(d + entropy) / (1 - mean)));
  if (q >= 1) return 1;
  // kl is convex in q and grows from `mean` on, so Newton's steps come down to the root and never cross it.
  for (let i = 0; i < MOST_STEPS; i++) {
    const step = ((klBernoulli(mean, q) - d) * q * (1 - q)) / (q - mean);
    const next = q - step;
    if (!(step > 1e-16) || next <= mean) break;
    q = next;
  }
  return q;
}

/** The least q in [0, mean] with kl(mean, q) ≤ d. */
export function klLower(mean: number, d: number): number {
  return 1 - klUpper(1 - mean, d);
}

/** The like for normal rewards of a standard deviation σ: mean + √(2 σ² d). */
export function klUpperGaussian(mean: number, d: number, sigma: number): number {
  return mean + Math.sqrt(2 * sigma * sigma * d);
}

/** mean + √(ln(1/δ) / (2n)): n rewards in [0, 1] have a mean above it with probability δ at most (Hoeffding 1963). */
export function hoeffdingUpper(mean: number, n: number, delta: number): number {
  return mean + Math.sqrt(-Math.log(delta) / (2 * n));
}

/**
 * C(μ) = Σ (μ* − μ_a) / kl(μ_a, μ*) over the actions that are not best: any uniformly good agent loses at least about
 * C ln T (Lai & Robbins 1985).
 */
export function laiRobbins(means: readonly number[], divergence = klBernoulli): number {
  const best = Math.max(...means);
  return means.reduce((sum, mean) => (mean < best ? sum + (best - mean) / divergence(mean, best) : sum), 0);
}

const MOST_STEPS = 100;
