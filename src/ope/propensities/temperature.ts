/**
 * Calibration by one number: estimated odds are drawn towards the odds without context, or away from them, by as much as
 * rows that the model has not seen ask for (temperature scaling, Guo et al. 2017, about the marginal instead of the uniform
 * odds: a model that has learnt nothing then says how often each action was taken, and not that all are alike).
 */
import type { ImpressionLog } from '../../core/contracts.ts';
import type { Matrix } from '../../core/matrix.ts';

const MOST = 10;

/**
 * τ in [0, 10] of the highest likelihood of the rows' actions under odds ∝ base·(raw/base)^τ: 1 where `raw` (m×k) is
 * right, below 1 where it is too sure of itself, 0 where `base` (m×k) alone is better. Newton's method on a concave function.
 */
export function fitTemperature(log: ImpressionLog, rows: ArrayLike<number>, raw: Matrix, base: Matrix): number {
  const k = raw.columns;
  const odds = new Float64Array(k);
  const score = new Float64Array(k);
  let tau = 1;
  for (let step = 0; step < 50; step++) {
    let slope = 0;
    let curvature = 0;
    for (let t = 0; t < rows.length; t++) {
      const i = rows[t];
      temper(raw, base, i, tau, odds);
      let mean = 0;
      for (let a = 0; a < k; a++) {
        score[a] = odds[a] > 0 ? Math.log(raw.data[i * k + a] / base.data[i * k + a]) : 0;
        mean += odds[a] * score[a];
      }
      for (let a = 0; a < k; a++) curvature += odds[a] * (score[a] - mean) ** 2;
      slope += score[log.decisions.action[i]] - mean;
    }
    if (!(curvature > 1e-12 * rows.length)) return tau; // raw and base are alike
    const next = Math.min(MOST, Math.max(0, tau + slope / curvature));
    const moved = Math.abs(next - tau);
    tau = next;
    if (moved < 1e-9) break;
  }
  return tau;
}

/** Fills `odds` (k) with row i's: ∝ base·(raw/base)^τ where base is above 0, and 0 elsewhere. */
export function temper(raw: Matrix, base: Matrix, i: number, tau: number, odds: Float64Array): void {
  const k = odds.length;
  let most = -Infinity;
  for (let a = 0, at = i * k; a < k; a++, at++) {
    odds[a] = base.data[at] > 0 ? (1 - tau) * Math.log(base.data[at]) + tau * Math.log(raw.data[at]) : -Infinity;
    if (odds[a] > most) most = odds[a];
  }
  let sum = 0;
  for (let a = 0; a < k; a++) sum += odds[a] = Math.exp(odds[a] - most);
  for (let a = 0; a < k; a++) odds[a] /= sum;
}
