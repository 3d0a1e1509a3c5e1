/**
 * Direct method: the mean of Σ_a π_e(a) q̂(a). As good as its reward model, and as wrong; its interval knows nothing of
 * the model's error. Beygelzimer & Langford 2009.
 */
import type { Estimator } from '../../core/contracts.ts';
import { rowTerms } from '../evidence.ts';
import { withForm } from './form.ts';

export function dm(): Estimator {
  return withForm(
    {
      name: 'dm',
      needs: ['model'],
      columns: 1,
      contributions(evidence, { data }) {
        const { expected } = rowTerms(evidence);
        data.set(expected);
      },
      value: (sums, m) => sums[0] / m,
      laws: { selfNormalised: false, exactOnPolicy: false },
    },
    { rows: 'dm' },
  );
}
