/**
 * Doubly robust: the direct method, corrected by the weighted error of its model, v̂ + w·(r − q̂(action)). Unbiased where
 * the propensities are right or the model is; the better the model, the narrower. Dudík, Langford & Li 2011.
 */
import type { Estimator } from '../../core/contracts.ts';
import { rowTerms } from '../evidence.ts';

export function dr(): Estimator {
  return {
    name: 'dr',
    needs: ['model'],
    columns: 1,
    contributions(evidence, { data }) {
      const { weight, expected, error } = rowTerms(evidence);
      for (let i = 0; i < weight.length; i++) data[i] = expected[i] + weight[i] * error[i];
    },
    value: (sums, m) => sums[0] / m,
    bounds: (weight, [low, high]) => [low - weight * (high - low), high + weight * (high - low)],
    laws: { selfNormalised: false, exactOnPolicy: false },
  };
}
