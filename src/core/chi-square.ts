/** Tails of the χ² distribution, by the regularised incomplete gamma function: p-values of tests that add up squares. */
import { logGamma } from './quantiles.ts';

/** P(X > x) of χ² with `degrees` > 0 degrees of freedom; 1 at and below 0. */
export function chiSquareTail(x: number, degrees: number): number {
  return gammaTail(degrees / 2, x / 2);
}

/**
 * Q(a, x) = Γ(a, x) / Γ(a), a > 0: one minus the series of DLMF 8.11.4 below a + 1, Lentz's continued fraction (8.9.2)
 * above, so that thin tails keep their digits. Error about 1e-13; takes about √a terms near x = a.
 */
export function gammaTail(a: number, x: number): number {
  if (Number.isNaN(a + x)) return Number.NaN;
  if (x <= 0) return 1;
  if (x === Infinity) return 0;
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let k = 1; term > sum * 1e-17; k++) {
      term *= x / (a + k);
      sum += term;
    }
    return Math.max(0, 1 - front * sum);
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
  return Math.min(1, front * h);
}
