/** The standard normal's density and distribution function. */

const SQRT_HALF_PI_INVERSE = 0.3989422804014327; // 1/√(2π)

/** φ(z). */
export function normalDensity(z: number): number {
  return SQRT_HALF_PI_INVERSE * Math.exp(-0.5 * z * z);
}

/**
 * Φ(z), to about 1e-15 relative in either tail: near the middle Σ z^(2j+1)/(1·3·5…(2j+1)) φ(z) (Abramowitz & Stegun
 * 26.2.11), further out φ(z) times Laplace's continued fraction for Mills' ratio (26.2.14).
 */
export function normalCdf(z: number): number {
  if (z > 3) return 1 - normalCdf(-z);
  if (z < -3) {
    let tail = -z;
    for (let j = 100; j > 0; j--) tail = -z + j / tail;
    return normalDensity(z) / tail;
  }
  let term = z;
  let sum = z;
  for (let j = 3; Math.abs(term) > 1e-17 * Math.abs(sum); j += 2) {
    term *= (z * z) / j;
    sum += term;
  }
  return 0.5 + normalDensity(z) * sum;
}
