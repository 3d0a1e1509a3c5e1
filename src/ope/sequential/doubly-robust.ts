/**
 * A model of the rewards to come, corrected step by step by its weighted error. DR is unbiased where the propensities are
 * right; WDR divides every step's weights by their mean. Jiang & Li 2016, eq. 10; Thomas & Brunskill 2016, eq. 12.
 */
import type { EpisodeEstimator } from './importance.ts';
import { finalRatios, ratios } from './episodes.ts';

const NONE = new Float64Array(0);

/** Direct method: E_n[v̂(s_0)]. As wrong as the model. */
export function episodeDm(): EpisodeEstimator {
  return {
    name: 'dm',
    needs: ['model'],
    columns: 1,
    contributions({ offset, expected = NONE }, out, from, to) {
      for (let i = from; i < to; i++) out.data[i - from] = expected[offset[i]];
    },
    value: (sums, n) => sums[0] / n,
  };
}

/** E_n[Σ_t γ^t {ρ_t(r_t − q̂_t) + ρ_{t−1} v̂_t}], ρ_{−1} = 1. */
export function episodeDr(): EpisodeEstimator {
  return {
    name: 'dr',
    needs: ['model'],
    columns: 1,
    contributions(episodes, out, from, to) {
      const { offset, reward, discount, predicted = NONE, expected = NONE } = episodes;
      const rho = ratios(episodes);
      for (let i = from, at = offset[from]; i < to; i++) {
        let sum = 0;
        let gamma = 1;
        let before = 1;
        for (const end = offset[i + 1]; at < end; at++, gamma *= discount) {
          sum += gamma * (rho[at] * (reward[at] - predicted[at]) + before * expected[at]);
          before = rho[at];
        }
        out.data[i - from] = sum;
      }
    },
    value: (sums, n) => sums[0] / n,
    weights: finalRatios,
  };
}

/**
 * Over at most `horizon` steps: Σ_i Σ_t γ^t {w_t(r_t − q̂_t) + w_{t−1} v̂_t} with w_t = ρ_t / Σ_j ρ_t and w_{−1} = 1/n. Columns:
 * v̂(s_0); for each step γ^t ρ_t (r_t − q̂_t + γ v̂_{t+1}), whose two parts share their divisor, and ρ_t.
 */
export function wdr(horizon: number): EpisodeEstimator {
  return {
    name: 'wdr',
    needs: ['model'],
    columns: 1 + 2 * horizon,
    contributions(episodes, out, from, to) {
      const { offset, reward, discount, predicted = NONE, expected = NONE } = episodes;
      const rho = ratios(episodes);
      const { data } = out;
      for (let i = from, cell = 0; i < to; i++) {
        const [start, end] = [offset[i], offset[i + 1]];
        const stop = cell + 1 + 2 * horizon;
        let gamma = 1;
        data[cell++] = expected[start];
        for (let at = start; at < end; at++, gamma *= discount) {
          const next = at + 1 < end ? discount * expected[at + 1] : 0;
          data[cell++] = gamma * rho[at] * (reward[at] - predicted[at] + next);
          data[cell++] = rho[at];
        }
        while (cell < stop) {
          data[cell++] = 0;
          data[cell++] = rho[end - 1];
        }
      }
    },
    value(sums, n) {
      let total = sums[0] / n;
      for (let c = 1; c <= 2 * horizon; c += 2) total += sums[c] / sums[c + 1];
      return total;
    },
    weights: finalRatios,
  };
}
