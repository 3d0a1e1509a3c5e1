/** The probability that each of several normal variables is the greatest. */
import { normalCdf } from '../../core/normal.ts';
import { panelRule } from './panel-rule.ts';

const { nodes, weights } = panelRule(12);
/** Standard deviations around the mean beyond which a density (6e-14 of the mass) is left out. */
const REACH = 7.5;
/** Length of a panel in standard deviations of the narrowest density in it. */
const STRIDE = 3;

/** Least standard deviation, relative to the widest, and to 1 or the furthest mean: below, a value is as good as known. */
const LEAST = 1e-9;
const LEAST_OF_MEAN = 1e-12;

/**
 * Fills `out` (k) with P(X_j is the greatest) for independent X_j ~ N(mean_j, sd_j²), sd_j ≥ 0. P_j = ∫ f_j Π_{i≠j} F_i by
 * Gauss–Legendre in panels; below the highest of the densities' lower ends the product vanishes. Absolute error about
 * 1e-12; the probabilities are made to sum to 1. All are NaN
 * where a mean or a standard deviation is no finite number.
 */
export function gaussianContest(mean: ArrayLike<number>, sds: ArrayLike<number>, out: Float64Array): void {
  const k = mean.length;
  let widest = 0;
  let furthest = 1;
  for (let j = 0; j < k; j++) {
    widest = Math.max(widest, sds[j]);
    furthest = Math.max(furthest, Math.abs(mean[j]));
  }
  if (!Number.isFinite(widest + furthest)) {
    out.fill(Number.NaN, 0, k);
    return;
  }
  const least = Math.max(LEAST * widest, LEAST_OF_MEAN * furthest);
  const sd = Float64Array.from({ length: k }, (_, j) => Math.max(least, sds[j]));
  const arms = Array.from({ length: k }, (_, j) => ({ low: mean[j] - REACH * sd[j], high: mean[j] + REACH * sd[j] }));
  const start = Math.max(...arms.map(({ low }) => low));
  out.fill(0, 0, k);
  const below = new Float64Array(k);
  const density = new Float64Array(k); // up to the factor 1/√(2π), which the last division takes out
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
    for (let q = 0; q < nodes.length; q++) addNode(from + half * (1 + nodes[q]), half * weights[q]);
    from += 2 * half;
  }
  let sum = 0;
  for (let j = 0; j < k; j++) sum += out[j];
  for (let j = 0; j < k; j++) out[j] /= sum;

  /** Adds weight × f_j(x) Π_{i≠j} F_i(x) to each P_j; the product without j is that of those before times those after. */
  function addNode(x: number, weight: number): void {
    let before = 1;
    for (let j = 0; j < k; j++) {
      if (x >= arms[j].high) {
        density[j] = 0;
        below[j] = 1;
      } else {
        const z = (x - mean[j]) / sd[j];
        const bell = Math.exp(-0.5 * z * z);
        density[j] = (weight * bell) / sd[j];
        below[j] = normalCdf(z, bell);
      }
      density[j] *= before;
      before *= below[j];
    }
    let after = 1;
    for (let j = k - 1; j >= 0; j--) {
      out[j] += density[j] * after;
      after *= below[j];
    }
  }
}
