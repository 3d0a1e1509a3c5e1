/**
 * Self-normalised doubly robust: the mean of v̂ plus Σ w·(r − q̂(action)) / Σ w. Less noisy than DR where weights are heavy.
 * Undefined (NaN) where every weight is 0. Thomas & Brunskill 2016 (weighted DR, one step).
 */
import type { Estimator } from '../../core/contracts.ts';
import { rowTerms } from '../evidence.ts';
import { withForm } from './form.ts';

/** Fills the first n rows of (v̂, w·(r − q̂), w). */
export function fillSndr(
  n: number,
  weight: Float64Array,
  expected: Float64Array,
  error: Float64Array,
  out: Float64Array,
): void {
  for (let i = 0, at = 0; i < n; i++, at += 3) {
    const w = weight[i];
    out[at] = expected[i];
    out[at + 1] = w * error[i];
    out[at + 2] = w;
  }
}

export function sndr(): Estimator {
  return withForm(
    {
      name: 'sndr',
      needs: ['model'],
      columns: 3,
      contributions(evidence, { data }) {
        const { weight, expected, error } = rowTerms(evidence);
        fillSndr(weight.length, weight, expected, error, data);
      },
      value: (sums, m) => sums[0] / m + sums[1] / sums[2],
      laws: { selfNormalised: false, exactOnPolicy: false },
    },
    { rows: 'sndr' },
  );
}
