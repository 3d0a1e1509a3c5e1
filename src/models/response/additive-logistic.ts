/**
 * The reward model that published comparisons use: logistic regression on the context and the action, side by side and not
 * crossed, so it is wrong wherever who likes what matters. For rewards of 0 and 1.
 */
import type { ImpressionLog, TrainableModel } from '../../core/contracts.ts';
import { newtonLogistic } from '../ctr/newton.ts';
import type { SparseRows } from '../ctr/newton.ts';

/** `l2` > 0: precision of each weight's normal prior; 0.01 is scikit-learn's C = 100. Weights are of the raw context. */
export function additiveLogistic(l2: number): TrainableModel {
  const name = 'additive-logistic';
  let weights: Float64Array = new Float64Array(0);
  return {
    name,
    // eslint-disable-next-line typescript/require-await -- the contract is asynchronous, this model is not
    async fit(log) {
      const fit = newtonLogistic(designOf(log), log.outcomes.reward, { l2, tolerance: 1e-7 });
      weights = fit.weights;
      return { model: name, rows: log.size, steps: fit.objective.length, loss: [], validationLoss: [], warnings: [] };
    },
    predict({ size, context }, out) {
      const { columns: d, data } = context;
      const k = out.columns;
      for (let i = 0; i < size; i++) {
        let shared = weights[d + k];
        for (let j = 0; j < d; j++) shared += weights[j] * data[i * d + j];
        for (let a = 0; a < k; a++) out.data[i * k + a] = 1 / (1 + Math.exp(-shared - weights[d + a]));
      }
    },
  };
}

/** Columns: the context (d), then the action as one of k. */
function designOf({ size, spec, requests, decisions }: ImpressionLog): SparseRows {
  const { columns: d, data } = requests.context;
  const width = d + 1;
  const index = new Int32Array(size * width);
  const value = new Float64Array(size * width);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < d; j++) {
      index[i * width + j] = j;
      value[i * width + j] = data[i * d + j];
    }
    index[i * width + d] = d + decisions.action[i * spec.slots];
    value[i * width + d] = 1;
  }
  return { rows: size, columns: d + spec.actions.length, width, index, value };
}
