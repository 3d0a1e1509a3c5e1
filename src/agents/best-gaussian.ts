/** The probability that each of several normal variables is the greatest. */
import { normalCdf, normalDensity } from '../core/normal.ts';
import { panelRule } from './panel-rule.ts';

const { nodes, weights } = panelRule(12);
/** Standard deviations around the mean beyond which a density (1e-19 of the mass) is left out. */
const REACH = 9;
/** Length of a panel in standard deviations of the narrowest density in it. */
const STRIDE = 2;

/**
 * Fills `out` (k) with P(X_j is the greatest) for independent X_j ~ N(mean_j, sd_j²), sd_j > 0. P_j = ∫ f_j Π_{i≠j} F_i by
 * Gauss–Legendre in panels; below the highest of the densities' lower ends the product vanishes. Absolute error about
 * 1e-12; the probabilities are made to sum to 1.
 */
export function gaussianContest(mean: ArrayLike<number>, sd: ArrayLike<number>, out: Float64Array): void {
  const k = mean.length;
  const arms = Array.from({ length: k }, (_, j) => ({ low: mean[j] - REACH * sd[j], high: mean[j] + REACH * sd[j] }));
  const start = Math.max(...arms.map(({ low }) => low));
  out.fill(0, 0, k);
  const below = new Float64Array(k);
  for (let from = start; ;) {
    let narrowest = Infinity;
    let end = from;
    for (let j = 0; j < k; j++) {
      if (arms[j].high <= from) continue;
      narrowest = Math.min(narrowest, sd[j]);
      end = Math.max(end, arms[j].high);
    }
    if (end <= from) break;
    const half = Math.min(STRIDE * narrowest, end - from) / 2;
    nodes.forEach((node, q) => addNode(from + half * (1 + node), half * weights[q]));
    from += 2 * half;
  }
  let sum = 0;
  for (let j = 0; j < k; j++) sum += out[j];
  for (let j = 0; j < k; j++) out[j] /= sum;

  function addNode(x: number, weight: number): void {
    for (let j = 0; j < k; j++) below[j] = normalCdf((x - mean[j]) / sd[j]);
    for (let j = 0; j < k; j++) {
      if (arms[j].high <= x) continue;
      let mass = (weight * normalDensity((x - mean[j]) / sd[j])) / sd[j];
      for (let i = 0; i < k; i++) if (i !== j) mass *= below[i];
      out[j] += mass;
    }
  }
}
