/**
 * Self-normalised doubly robust: the mean of v̂ plus Σ w·(r − q̂(action)) / Σ w. Less noisy than DR where weights are heavy.
 * Undefined (NaN) where every weight is 0. Thomas & Brunskill 2016 (weighted DR, one step).
 */
import type { Estimator } from '../../core/contracts.ts';
import { rowTerms } from '../evidence.ts';

export function sndr(): Estimator {
  return {
    name: 'sndr',
    needs: ['model'],
    columns: 3,
    contributions(evidence, { data }) {
      const { weight, expected, predicted } = rowTerms(evidence);
      const { reward } = evidence.log.outcomes;
      for (let i = 0; i < weight.length; i++) {
        data[3 * i] = expected[i];
        data[3 * i + 1] = weight[i] * (reward[i] - predicted[i]);
        data[3 * i + 2] = weight[i];
      }
    },
    value: (sums, m) => sums[0] / m + sums[1] / sums[2],
    laws: { selfNormalised: false, exactOnPolicy: false },
  };
}
