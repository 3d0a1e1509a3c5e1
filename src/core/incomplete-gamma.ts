/**
 * The regularised incomplete gamma functions P(a, x) and Q(a, x) = 1 − P(a, x): the series of DLMF 8.11.4 below a + 1,
 * Lentz's continued fraction (8.9.2) above. Relative error about 1e-13; about √a terms near x = a.
 */
import { logGamma } from './quantiles.ts';

const MOST_TERMS = 1_000_000;

/** ln P(a, x), a > 0, x ≥ 0, so that thin lower tails do not vanish. */
export function logGammaCdf(a: number, x: number): number {
  if (!(x > 0)) return -Infinity;
  const front = a * Math.log(x) - x - logGamma(a);
  return x < a + 1 ? front + Math.log(series(a, x)) : Math.log1p(-Math.exp(front) * fraction(a, x));
}

/** Q(a, x), a > 0; thin upper tails keep their digits. */
export function gammaTail(a: number, x: number): number {
  if (Number.isNaN(a + x)) return Number.NaN;
  if (x <= 0) return 1;
  if (x === Infinity) return 0;
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  return x < a + 1 ? Math.max(0, 1 - front * series(a, x)) : Math.min(1, front * fraction(a, x));
}

/** P(a, x) over xᵃe⁻ˣ/Γ(a). */
function series(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let k = 1; k < MOST_TERMS && term > sum * 1e-17; k++) {
    term *= x / (a + k);
    sum += term;
  }
  return sum;
}

/** Q(a, x) over xᵃe⁻ˣ/Γ(a). */
function fraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = Infinity;
  let d = 1 / b;
  let h = d;
  for (let k = 1; k < MOST_TERMS; k++) {
    const an = -k * (k - a);
    b += 2;
    d = 1 / (an * d + b);
    c = b + an / c;
    h *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return h;
}
