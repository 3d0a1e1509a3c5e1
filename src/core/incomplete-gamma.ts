/** The regularised lower incomplete gamma function P(a, x), by its logarithm, so that thin tails do not vanish. */
import { logGamma } from './quantiles.ts';

/**
 * ln P(a, x), a > 0, x ≥ 0: the series of DLMF 8.11.4 below a + 1, Lentz's continued fraction (8.9.2) for 1 − P above.
 * Relative error of P about 1e-13; takes about √a terms near x = a.
 */
export function logGammaCdf(a: number, x: number): number {
  if (!(x > 0)) return -Infinity;
  const front = a * Math.log(x) - x - logGamma(a);
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let k = 1; k < 1_000_000 && term > sum * 1e-17; k++) {
      term *= x / (a + k);
      sum += term;
    }
    return front + Math.log(sum);
  }
  let b = x + 1 - a;
  let c = Infinity;
  let d = 1 / b;
  let h = d;
  for (let k = 1; k < 1_000_000; k++) {
    const an = -k * (k - a);
    b += 2;
    d = 1 / (an * d + b);
    c = b + an / c;
    h *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return Math.log1p(-Math.exp(front) * h);
}
