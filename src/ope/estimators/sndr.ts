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
      const { weight, expected, error } = rowTerms(evidence);
      for (let i = 0, at = 0; i < weight.length; i++, at += 3) {
        const w = weight[i];
        data[at] = expected[i];
        data[at + 1] = w * error[i];
        data[at + 2] = w;
      }
    },
    value: (sums, m) => sums[0] / m + sums[1] / sums[2],
    laws: { selfNormalised: false, exactOnPolicy: false },
  };
}
