/** The standard normal's distribution function in logs, with its slope: what censored observations are weighed by. */

const LOG_SQRT_TWO_PI = 0.9189385332046727;
const SQRT_HALF_PI_INVERSE = 0.3989422804014327; // 1/√(2π)

/** log Φ(z), and φ(z)/Φ(z): its slope. Both to about 1e-12 relative for z > −1e6. The object is used again. */
export interface LogNormalCdf {
  value: number;
  slope: number;
}

const answer: LogNormalCdf = { value: 0, slope: 0 };

/** Fills and returns one shared object: copy what you keep. */
export function logNormalCdf(z: number): LogNormalCdf {
  if (z < -2.5) {
    // Φ(z) = φ(z)·R(−z), and Laplace's continued fraction for Mills' ratio R: 1/(x + 1/(x + 2/(x + 3/(x + …)))).
    let tail = -z;
    for (let j = 60; j > 0; j--) tail = -z + j / tail;
    answer.value = -0.5 * z * z - LOG_SQRT_TWO_PI - Math.log(tail);
    answer.slope = tail;
    return answer;
  }
  const density = SQRT_HALF_PI_INVERSE * Math.exp(-0.5 * z * z);
  const cdf = z > 8 ? 1 - density / z : 0.5 + density * series(z);
  answer.value = Math.log(cdf);
  answer.slope = density / cdf;
  return answer;
}

/** Σ z^(2j+1) / (1·3·5…(2j+1)) */
function series(z: number): number {
  let term = z;
  let sum = z;
  for (let j = 3; Math.abs(term) > 1e-16 * Math.abs(sum) && j < 400; j += 2) {
    term *= (z * z) / j;
    sum += term;
  }
  return sum;
}
