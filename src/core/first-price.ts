/** The best bid in a first-price auction whose highest competing bid is log-normal. */
import { normalCdf, normalDensity } from './normal.ts';

/**
 * The bid b in (0, value) that maximises (value − b)·Φ((ln b − μ)/σ). Φ(ln b) is log-concave in ln b, so the first-order
 * condition Φ(z)·b·σ = (value − b)·φ(z) has one root, found by bisection in ln b to the last digit. `value` and bids in
 * one currency; σ > 0. A value of 0 or less is best answered with 0.
 */
export function firstPriceBestResponse(value: number, mu: number, sigma: number): number {
  if (!(value > 0)) return 0;
  const top = Math.log(value);
  let low = Math.min(top, mu) - 40 * sigma - 1;
  let high = top;
  for (let i = 0; i < 200 && high - low > 1e-15 * Math.max(1, Math.abs(high)); i++) {
    const middle = (low + high) / 2;
    if (gains(middle)) low = middle;
    else high = middle;
  }
  return Math.exp((low + high) / 2);

  /** True where a higher bid is better. */
  function gains(log: number): boolean {
    const z = (log - mu) / sigma;
    // φ/Φ(z) ≈ −z far down, where both underflow.
    const hazard = z < -35 ? -z : normalDensity(z) / normalCdf(z);
    const bid = Math.exp(log);
    return (value - bid) * hazard > bid * sigma;
  }
}
