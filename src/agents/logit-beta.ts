/** The density of logit X, X ~ Beta(α, β): smooth and log-concave whatever α and β, so it integrates well. */

/** ∝ x^α (1 − x)^β at z = ln(x/(1 − x)), scaled so that its peak is 1. */
export interface LogitBeta {
  alpha: number;
  beta: number;
  /** Standard deviation of the normal that fits the peak. */
  deviation: number;
  /** α ln x + β ln(1 − x) at the peak. */
  top: number;
  /** Where the density has fallen to e^−34 of its peak or less: the mass beyond is below 1e-13. */
  low: number;
  high: number;
}

const DEPTH = 34;

/** Throws RangeError unless α and β are positive and finite. */
export function logitBeta(alpha: number, beta: number): LogitBeta {
  if (!(alpha > 0 && beta > 0 && alpha + beta < Infinity)) {
    throw new RangeError(`logitBeta: Beta(${alpha}, ${beta}) needs positive finite parameters`);
  }
  const arm = { alpha, beta, deviation: Math.sqrt(1 / alpha + 1 / beta), top: 0, low: 0, high: 0 };
  const peak = Math.log(alpha / beta);
  arm.top = alpha * logProbability(peak) + beta * logProbability(-peak);
  arm.low = edge(arm, peak, -1);
  arm.high = edge(arm, peak, 1);
  return arm;
}

/** ln x at z = logit x; ln(1 − x) is the same at −z. */
export function logProbability(z: number): number {
  return z > 0 ? -Math.log1p(Math.exp(-z)) : z - Math.log1p(Math.exp(z));
}

/** Steps outward from where a normal would have fallen far enough; tails are heavier, so a few steps more. */
function edge(arm: LogitBeta, peak: number, side: -1 | 1): number {
  let reach = 8.25 * arm.deviation;
  for (;;) {
    const z = peak + side * reach;
    if (arm.alpha * logProbability(z) + arm.beta * logProbability(-z) - arm.top < -DEPTH) return z;
    reach *= 1.1;
  }
}
