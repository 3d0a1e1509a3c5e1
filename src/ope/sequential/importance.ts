/**
 * Importance sampling over episodes: the whole return weighted by the whole episode (TIS), or each reward by the steps down to
 * it (PDIS); each also divided by the mean weight (WIS, WPDIS; SCOPE-RL: SNTIS, SNPDIS). Precup, Sutton & Singh 2000.
 */
import type { RowEstimator } from '../row-estimator.ts';
import { finalRatios, ratios } from './episodes.ts';
import type { Episodes } from './episodes.ts';

export interface EpisodeEstimator extends RowEstimator<Episodes> {
  needs: readonly 'model'[];
}

/** Trajectory-wise: E_n[ρ_{T−1} Σ_t γ^t r_t]. Unbiased; its variance grows exponentially with the length. */
export function tis(): EpisodeEstimator {
  return {
    name: 'tis',
    needs: [],
    columns: 1,
    contributions: (episodes, out, from, to) => wholeReturns(episodes, out.data, 1, from, to),
    value: (sums, n) => sums[0] / n,
    weights: finalRatios,
  };
}

/** Weighted TIS: Σ ρ_{T−1} G / Σ ρ_{T−1}. Stays within the range of the returns. */
export function wis(): EpisodeEstimator {
  return {
    name: 'wis',
    needs: [],
    columns: 2,
    contributions(episodes, out, from, to) {
      const rho = ratios(episodes);
      wholeReturns(episodes, out.data, 2, from, to);
      for (let i = from; i < to; i++) out.data[2 * (i - from) + 1] = rho[episodes.offset[i + 1] - 1];
    },
    value: (sums) => sums[0] / sums[1],
    weights: finalRatios,
  };
}

/** Per decision: E_n[Σ_t γ^t ρ_t r_t]. Unbiased, and narrower than TIS where rewards do not depend on later actions. */
export function pdis(): EpisodeEstimator {
  return {
    name: 'pdis',
    needs: [],
    columns: 1,
    contributions(episodes, out, from, to) {
      const { offset, reward, discount } = episodes;
      const rho = ratios(episodes);
      for (let i = from, at = offset[from]; i < to; i++) {
        let sum = 0;
        let gamma = 1;
        for (const end = offset[i + 1]; at < end; at++, gamma *= discount) sum += gamma * rho[at] * reward[at];
        out.data[i - from] = sum;
      }
    },
    value: (sums, n) => sums[0] / n,
    weights: finalRatios,
  };
}

/** Weighted PDIS over at most `horizon` steps: Σ_t γ^t (Σ_i ρ_t r_t / Σ_i ρ_t). Two columns a step. */
export function wpdis(horizon: number): EpisodeEstimator {
  return {
    name: 'wpdis',
    needs: [],
    columns: 2 * horizon,
    contributions(episodes, out, from, to) {
      const { offset, reward, discount } = episodes;
      const rho = ratios(episodes);
      const { data } = out;
      for (let i = from, cell = 0; i < to; i++) {
        const [start, end] = [offset[i], offset[i + 1]];
        const stop = cell + 2 * horizon;
        let gamma = 1;
        for (let at = start; at < end; at++, gamma *= discount) {
          data[cell++] = gamma * rho[at] * reward[at];
          data[cell++] = rho[at];
        }
        while (cell < stop) {
          data[cell++] = 0;
          data[cell++] = rho[end - 1];
        }
      }
    },
    value(sums) {
      let total = 0;
      for (let c = 0; c < 2 * horizon; c += 2) total += sums[c] / sums[c + 1];
      return total;
    },
    weights: finalRatios,
  };
}

/** Puts ρ_{T−1} G of episodes [from, to) into every `stride`-th cell. */
function wholeReturns(episodes: Episodes, data: Float64Array, stride: number, from: number, to: number): void {
  const { offset, reward, discount } = episodes;
  const rho = ratios(episodes);
  for (let i = from; i < to; i++) {
    let sum = 0;
    for (let at = offset[i + 1] - 1; at >= offset[i]; at--) sum = reward[at] + discount * sum;
    data[(i - from) * stride] = rho[offset[i + 1] - 1] * sum;
  }
}
