/**
 * Self-normalised inverse propensity scoring: Σ w·r / Σ w. A small bias for a much smaller variance; stays within the
 * range of the rewards. Undefined (NaN) where every weight is 0. Swaminathan & Joachims 2015.
 */
import type { Estimator } from '../../core/contracts.ts';
import { rowTerms } from '../evidence.ts';

export function snips(): Estimator {
  return {
    name: 'snips',
    needs: [],
    columns: 2,
    contributions(evidence, { data }) {
      const { weight } = rowTerms(evidence);
      const { reward } = evidence.log.outcomes;
      for (let i = 0, at = 0; i < weight.length; i++, at += 2) {
        const w = weight[i];
        data[at] = w * reward[i];
        data[at + 1] = w;
      }
    },
    value: (sums) => sums[0] / sums[1],
    laws: { selfNormalised: true, exactOnPolicy: true },
  };
}
