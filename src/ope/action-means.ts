/** The simplest reward model: each action's mean reward, drawn a little towards the mean of all. */
import type { TrainableModel } from '../core/contracts.ts';

/** `prior` [rows]: how many rows of overall-mean reward each action starts with. */
export function actionMeans(prior = 1): TrainableModel {
  let means = new Float64Array(0);
  return {
    name: 'action-means',
    // eslint-disable-next-line typescript/require-await -- the contract is asynchronous, this model is not
    async fit(log) {
      const k = log.spec.actions.length;
      const { slots } = log.spec;
      const sums = new Float64Array(k);
      const counts = new Float64Array(k);
      let total = 0;
      for (let i = 0; i < log.size; i++) {
        const a = log.decisions.action[i * slots];
        const r = log.outcomes.reward[i];
        total += r;
        if (a < 0) continue;
        sums[a] += r;
        counts[a]++;
      }
      const mean = log.size > 0 ? total / log.size : 0;
      means = sums.map((sum, a) => (counts[a] + prior > 0 ? (sum + prior * mean) / (counts[a] + prior) : mean));
      return { model: 'action-means', rows: log.size, steps: 1, loss: [], validationLoss: [], warnings: [] };
    },
    predict(requests, out) {
      const k = means.length;
      for (let i = 0; i < requests.size; i++) out.data.set(means, i * k);
    },
  };
}
