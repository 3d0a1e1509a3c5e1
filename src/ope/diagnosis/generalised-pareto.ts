/**
 * The shape k of a generalised Pareto distribution from its draws: the quick, nearly Bayesian estimate of Zhang & Stephens
 * 2009 ("A new and efficient estimation method for the generalized Pareto distribution", Technometrics 51), drawn a little
 * towards 0.5 as Pareto-smoothed importance sampling does it (Vehtari et al. 2024, appendix C).
 */

/** Weight of the prior, in draws. */
const PRIOR_DRAWS = 10;

/** `draws`: at least five, above 0, rising. Moments of order 1/k and higher do not exist. */
export function generalisedPareto(draws: Float64Array): number {
  const n = draws.length;
  const grid = 30 + Math.floor(Math.sqrt(n));
  const quartile = draws[Math.floor(n / 4 + 0.5) - 1];
  const inverse = Float64Array.from(
    { length: grid },
    (_, j) => 1 / draws[n - 1] + (1 - Math.sqrt(grid / (j + 0.5))) / (3 * quartile),
  );
  const likelihood = inverse.map((b) => {
    const k = shapeAt(b, draws);
    return n * (Math.log(-b / k) - k - 1);
  });
  const most = likelihood.reduce((a, b) => Math.max(a, b));
  let mass = 0;
  let mean = 0;
  likelihood.forEach((l, j) => {
    const posterior = Math.exp(l - most);
    mass += posterior;
    mean += posterior * inverse[j];
  });
  return (n * shapeAt(mean / mass, draws) + PRIOR_DRAWS * 0.5) / (n + PRIOR_DRAWS);
}

/** The likeliest k where k/σ is −b. */
function shapeAt(b: number, draws: Float64Array): number {
  return draws.reduce((sum, x) => sum + Math.log1p(-b * x), 0) / draws.length;
}
