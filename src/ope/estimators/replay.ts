/**
 * Replay: the mean reward of the rows on which the evaluation policy would have done what was logged. Right where the
 * log was collected uniformly, whatever the propensities say elsewhere. Li, Chu, Langford & Wang 2011.
 *
 * A row counts with the probability π_e(action) that a draw of the evaluation policy repeats it: 0 or 1 where the policy
 * is deterministic (the replay of the paper), and for others the mean over all replays, so nothing is drawn. Under
 * uniform logging it is SNIPS. Undefined (NaN) where no row can be repeated.
 */
import type { Estimator } from '../../core/contracts.ts';

export function replay(): Estimator {
  return {
    name: 'replay',
    needs: [],
    columns: 2,
    contributions({ log, evaluation }, out) {
      const { action } = log.decisions;
      const { reward } = log.outcomes;
      const k = evaluation.columns;
      for (let i = 0; i < log.size; i++) {
        const repeated = evaluation.data[i * k + action[i]];
        out.data[2 * i] = repeated * reward[i];
        out.data[2 * i + 1] = repeated;
      }
    },
    value: (sums) => sums[0] / sums[1],
    laws: { selfNormalised: true, exactOnPolicy: false },
  };
}
