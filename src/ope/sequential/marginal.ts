/**
 * Marginal importance sampling: steps weighted by how much oftener the evaluation policy comes to (s, a) at all, so that weights
 * do not grow with the length of the episode. Tabular: the ratio solves the balance of what flows in and out of each cell,
 * which is MWL with indicator functions. Liu et al. 2018; Uehara, Huang & Jiang 2020, eq. 5; Yuan et al. 2021 (SOPE).
 */
import type { Matrix } from '../../core/matrix.ts';
import { matrix } from '../../core/matrix.ts';
import type { RowEstimator } from '../row-estimator.ts';
import { ratios } from './episodes.ts';
import { visits } from './markov.ts';
import { averaged, countedProcess } from './tabular.ts';
import type { TabularEpisodes } from './tabular.ts';

export interface MarginalRatios {
  /** (S×k) w(s, a) = visits^{π_e}(s, a) / visits^{π_b}(s, a); 0 where the log never was. */
  ratio: Matrix;
  /** In [0, 1]: the share of the evaluation policy's visits to cells that the log never shows. */
  unsupported: number;
}

/**
 * From the episodes alone: x(s, a) = π_e(a|s){d_0(s) + γ Σ x(s', a') P̂(s|s', a')} for every cell, then w = x / seen. Discounted
 * visits of episodes that were cut need `finalState`. Throws `InputError` on bad episodes.
 */
export function marginalRatios(episodes: TabularEpisodes): MarginalRatios {
  const { states: S, actions: k, policy, discount } = episodes;
  const process = countedProcess(episodes, true);
  const flow = visits(process, policy, discount);
  const ratio = matrix(S, k);
  let total = 0;
  let missed = 0;
  for (let cell = 0; cell < S * k; cell++) {
    const x = flow[Math.floor(cell / k)] * policy.data[cell];
    total += x;
    if (process.seen[cell] > 0) ratio.data[cell] = x / process.seen[cell];
    else missed += x;
  }
  return { ratio, unsupported: missed / total };
}

/** Estimators over tabular episodes; their intervals take w and q̂ as given. */
export type TabularEstimator = RowEstimator<TabularEpisodes>;

/** E_n[Σ_t γ^t w(s_t, a_t) r_t]. */
export function marginalIs({ ratio }: MarginalRatios): TabularEstimator {
  return mean('mis', ({ reward }, at, cell) => ratio.data[cell] * reward[at]);
}

/**
 * E_n[v̂(s_0) + Σ_t γ^t w(s_t, a_t)(r_t + γ v̂(s_{t+1}) − q̂(s_t, a_t))]: right where the ratios or the model (S×k) are. Kallus & Uehara 2020.
 */
export function marginalDr({ ratio }: MarginalRatios, q: Matrix): TabularEstimator {
  let kept: { episodes: TabularEpisodes; v: Float64Array } | undefined;
  return mean(
    'mis-dr',
    (episodes, at, cell, next) => {
      const v = values(episodes);
      return ratio.data[cell] * (episodes.reward[at] + episodes.discount * (next < 0 ? 0 : v[next]) - q.data[cell]);
    },
    (episodes, s) => values(episodes)[s],
  );

  function values(episodes: TabularEpisodes): Float64Array {
    if (kept?.episodes !== episodes) kept = { episodes, v: averaged(episodes, q) };
    return kept.v;
  }
}

/**
 * SOPE(k): the last k steps weighted one by one, what came before by the marginal ratio; k = 0 is marginal importance
 * sampling, k ≥ T is PDIS.
 */
export function sope({ ratio }: MarginalRatios, k: number): TabularEstimator {
  return mean(`sope ${k}`, (episodes, at, _cell, _next, first) => {
    const { state, action, actions, reward } = episodes;
    const rho = ratios(episodes);
    const before = at - k;
    if (before < first) return rho[at] * reward[at];
    let weight = ratio.data[state[before] * actions + action[before]];
    for (let j = before + 1; j <= at; j++) weight *= episodes.evaluation[j] / episodes.propensity[j];
    return weight * reward[at];
  });
}

/** The mean over episodes of Σ_t γ^t step, and what `first` says of their first states. */
function mean(
  name: string,
  step: (episodes: TabularEpisodes, at: number, cell: number, next: number, first: number) => number,
  first: (episodes: TabularEpisodes, state: number) => number = () => 0,
): TabularEstimator {
  return {
    name,
    columns: 1,
    contributions(episodes, out, from, to) {
      const { offset, state, action, actions: k, discount, finalState } = episodes;
      for (let i = from; i < to; i++) {
        const start = offset[i];
        const end = offset[i + 1];
        let sum = first(episodes, state[start]);
        let gamma = 1;
        for (let at = start; at < end; at++, gamma *= discount) {
          const next = at + 1 < end ? state[at + 1] : (finalState?.[i] ?? -1);
          sum += gamma * step(episodes, at, state[at] * k + action[at], next, start);
        }
        out.data[i - from] = sum;
      }
    },
    value: (sums, n) => sums[0] / n,
  };
}
