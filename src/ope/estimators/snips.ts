/**
 * Self-normalised inverse propensity scoring: Σ w·r / Σ w. A small bias for a much smaller variance; stays within the
 * range of the rewards. Undefined (NaN) where every weight is 0. Swaminathan & Joachims 2015.
 */
import type { Estimator } from '../../core/contracts.ts';
import { rowTerms } from '../evidence.ts';
import { withForm } from './form.ts';

/** Fills the first n rows of (w·r, w). */
export function fillSnips(n: number, weight: Float64Array, reward: Float64Array, out: Float64Array): void {
  for (let i = 0, at = 0; i < n; i++, at += 2) {
    const w = weight[i];
    out[at] = w * reward[i];
    out[at + 1] = w;
  }
}

export function snips(): Estimator {
  return withForm(
    {
      name: 'snips',
      needs: [],
      columns: 2,
      contributions(evidence, { data }) {
        const { weight } = rowTerms(evidence);
        fillSnips(weight.length, weight, evidence.log.outcomes.reward, data);
      },
      value: (sums) => sums[0] / sums[1],
      laws: { selfNormalised: true, exactOnPolicy: true },
    },
    { rows: 'snips' },
  );
}
