/**
 * Cascade doubly robust: E_n[Σ_l {w_{1:l}(r(l) − Q̂_l(a_l)) + w_{1:l−1} Σ_a π_e(a|x, a_<l) Q̂_l(a)}], where Q̂_l estimates the
 * rewards of slot l and all below it. Unbiased under the cascade where the propensities are right; the better the model,
 * the narrower than RIPS. Kiyohara et al. 2022, eq. 9.
 */
import { cascadeWeights } from './evidence.ts';
import type { SlateEvidence } from './evidence.ts';
import type { SlateEstimator } from './importance.ts';

export function cascadeDr(): SlateEstimator {
  return {
    name: 'cascade-dr',
    needs: ['given', 'model'],
    columns: 1,
    contributions(evidence, out, from, to) {
      const { slots: L, reward, model } = evidence;
      if (!model) return;
      const { actions: k, action, predicted, distribution } = model;
      const w = cascadeWeights(evidence);
      for (let i = from, at = from * L; i < to; i++) {
        let sum = 0;
        let above = 1;
        for (let l = 0; l < L; l++, at++) {
          let expected = 0;
          for (let cell = at * k; cell < at * k + k; cell++) expected += distribution[cell] * predicted[cell];
          const shown = action[at] < 0 ? 0 : predicted[at * k + action[at]];
          sum += w[at] * (reward[at] - shown) + above * expected;
          above = w[at];
        }
        out.data[i - from] = sum;
      }
    },
    value: (sums, m) => sums[0] / m,
    weights: (evidence: SlateEvidence) => cascadeWeights(evidence),
  };
}
