/**
 * Inverse propensity scoring: the mean of w·r. Unbiased wherever the behaviour policy gives every action of the
 * evaluation policy a chance; heavy weights make it noisy. Horvitz & Thompson 1952; Strehl et al. 2010.
 */
import type { Estimator } from '../../core/contracts.ts';
import { rowTerms } from '../evidence.ts';

export function ips(): Estimator {
  return {
    name: 'ips',
    needs: [],
    columns: 1,
    contributions(evidence, { data }) {
      const { weight } = rowTerms(evidence);
      const { reward } = evidence.log.outcomes;
      for (let i = 0; i < weight.length; i++) data[i] = weight[i] * reward[i];
    },
    value: (sums, m) => sums[0] / m,
    bounds: (weight, [low, high]) => [Math.min(0, weight * low), Math.max(0, weight * high)],
    laws: { selfNormalised: false, exactOnPolicy: true },
  };
}
