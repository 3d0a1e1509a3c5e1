/**
 * The density of logit X, X ~ Beta(α, β): ∝ x^α (1 − x)^β, smooth and log-concave whatever α and β, so it integrates
 * well. All logits here are relative to a centre, so that densities with millions of counts keep their digits.
 */

/** The density, scaled so that its peak is 1. */
export interface LogitBeta {
  alpha: number;
  beta: number;
  /** Standard deviation of the normal that fits the peak. */
  deviation: number;
  /** Where the peak is, and where the density has fallen to e^−34 of it or less: the mass beyond is below 1e-13. */
  peak: number;
  low: number;
  high: number;
}

const DEPTH = 34;

/** √(2π): a normal density with peak 1 has this mass, times its deviation. */
export const SQRT_TAU = 2.5066282746310002;

/** Throws RangeError unless α and β are positive and finite. */
export function logitBeta(alpha: number, beta: number): LogitBeta {
  if (!(alpha > 0 && beta > 0 && alpha + beta < Infinity)) {
    throw new RangeError(`logitBeta: Beta(${alpha}, ${beta}) needs positive finite parameters`);
  }
  const peak = Math.log(alpha / beta);
  const deviation = Math.sqrt(1 / alpha + 1 / beta);
  const arm = { alpha, beta, deviation, peak, low: 0, high: 0 };
  const centre = centreAt(peak);
  arm.low = peak - reach(arm, centre, -1);
  arm.high = peak + reach(arm, centre, 1);
  return arm;
}

/** A logit and the two probabilities it stands for. */
export interface Centre {
  logit: number;
  /** 1/(1 + e^−logit) and 1/(1 + e^logit). */
  x: number;
  y: number;
}

export function centreAt(logit: number): Centre {
  return { logit, x: 1 / (1 + Math.exp(-logit)), y: 1 / (1 + Math.exp(logit)) };
}

/**
 * ln((1 − x) + x·e^d), which is ln((1 − x)/(1 − x')) for the probability x' that lies d logits above the centre: then
 * ln(1 − x') falls by it, and ln x' rises by d less it. Accurate to its last digits also where d is small.
 */
export function logShift(centre: Centre, d: number): number {
  return Math.abs(d) < 1 ? Math.log1p(centre.x * Math.expm1(d)) : Math.log(centre.y + centre.x * Math.exp(d));
}

/** α ln x + β ln(1 − x), d logits above the centre, less the same at the centre. */
export function logDensity(arm: LogitBeta, centre: Centre, d: number): number {
  const shift = logShift(centre, d);
  return arm.alpha * (d - shift) - arm.beta * shift;
}

/** How far from the peak the tail is followed: from where a normal would have fallen far enough, some steps outward. */
function reach(arm: LogitBeta, centre: Centre, side: -1 | 1): number {
  let d = 8.25 * arm.deviation;
  while (logDensity(arm, centre, side * d) > -DEPTH) d *= 1.1;
  return d;
}

/**
 * The density's whole mass, as a multiple of a normal's with its peak and deviation. The mass is B(α, β), and in Stirling's
 * formula for its three Gammas everything but their remainders is the peak's height and √(2π)·deviation.
 */
export function massOf({ alpha, beta }: LogitBeta): number {
  return Math.exp(remainder(alpha) + remainder(beta) - remainder(alpha + beta));
}

/** ln Γ(x) less Stirling's (x − ½) ln x − x + ½ ln 2π, for x > 0. Error about 1e-16 (Abramowitz & Stegun 1964, 6.1.41). */
function remainder(x: number): number {
  let below = 0;
  let z = x;
  for (; z < 12; z++) below += (z + 0.5) * Math.log1p(1 / z) - 1;
  const u = 1 / (z * z);
  return below + (1 / 12 - u * (1 / 360 - u * (1 / 1260 - u * (1 / 1680 - u * (1 / 1188))))) / z;
}
