/**
 * SWITCH: importance weighting for the actions whose weight is at most τ, the reward model for those above it, and
 * neither for both: E_n[w·r·1{w ≤ τ} + Σ_a q̂(a) π_e(a) 1{π_e(a) > τ π_b(a)}]. Wang, Agarwal & Dudík 2017, eq. 7; peers
 * print under this name `switch-dr`, which leaves the model in place everywhere. τ = 0 is the direct method, Infinity IPS.
 */
import type { Estimator } from '../../core/contracts.ts';
import { rowTerms } from '../evidence.ts';

/** `threshold` τ ≥ 0. An action that the behaviour policy never takes has an infinite weight: the model speaks for it. */
export function switching(name: string, threshold: number): Estimator {
  return {
    name,
    needs: ['model', 'behaviour'],
    columns: 1,
    contributions(evidence, out) {
      const { weight } = rowTerms(evidence);
      const { evaluation, behaviour, predicted, log } = evidence;
      const { reward } = log.outcomes;
      const k = evaluation.columns;
      const pi = evaluation.data;
      const odds = behaviour?.data ?? pi;
      const q = predicted?.data ?? pi;
      for (let i = 0; i < log.size; i++) {
        let sum = weight[i] <= threshold ? weight[i] * reward[i] : 0;
        for (let at = i * k; at < i * k + k; at++) {
          if (pi[at] / odds[at] > threshold) sum += pi[at] * q[at];
        }
        out.data[i] = sum;
      }
    },
    value: (sums, m) => sums[0] / m,
    laws: { selfNormalised: false, exactOnPolicy: threshold >= 1 },
  };
}
