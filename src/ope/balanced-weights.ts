/**
 * Importance weights without propensities: a classifier learns to tell (context, action) of the evaluation policy from
 * those that were logged, and its odds are the weights. Calmer than the true ones where those are heavy, and balanced in the
 * features it sees; as good as the classifier. Arbour, Dimmery & Sondhi 2021 (balanced off-policy evaluation).
 */
import type { Evidence, Random } from '../core/contracts.ts';
import { InputError } from '../core/errors.ts';
import { newtonLogistic, scoreOf } from '../models/ctr/newton.ts';
import type { SparseRows } from '../models/ctr/newton.ts';
import { assignFolds } from './cross-fit.ts';
import { checkRows, checkShape } from './validate.ts';

export interface BalancedOptions {
  /** Folds of cross-fitting; default 2. */
  folds?: number;
  /** > 0: precision of each coefficient's normal prior; default 1. */
  l2?: number;
}

/**
 * (m) ŵ of each row, by a logistic regression that saw neither the row nor its user: an intercept and slopes per action.
 * With these as `weight` in the evidence, `ips` is balanced IPS, and `snips` and `dr` have balanced forms too. Throws
 * `InputError` on bad evidence.
 */
export function balancedWeights(
  evidence: Evidence,
  random: Random,
  { folds = 2, l2 = 1 }: BalancedOptions = {},
): Float64Array {
  checkShape(evidence, []);
  checkRows(evidence);
  const { log } = evidence;
  const m = log.size;
  if (m < folds)
    throw new InputError(`The log has ${m} rows: cross-fitting over ${folds} folds needs at least ${folds}.`);
  const k = evidence.evaluation.columns;
  const fold = assignFolds(log, folds, random.stream('folds'));
  const weight = new Float64Array(m);
  const every = Array.from({ length: m }, (_, i) => i);
  const logged = designOf(evidence, every, Array.from(log.decisions.action.subarray(0, m)));
  for (let f = 0; f < folds; f++) {
    // Logged rows are labelled 0; each row's actions under the evaluation policy 1, by their probability.
    const rows: number[] = [];
    const actions: number[] = [];
    const labels: number[] = [];
    const counts: number[] = [];
    const add = (i: number, a: number, label: number, count: number): void => {
      rows.push(i);
      actions.push(a);
      labels.push(label);
      counts.push(count);
    };
    for (let i = 0; i < m; i++) {
      if (fold[i] === f) continue;
      add(i, log.decisions.action[i], 0, 1);
      for (let a = 0; a < k; a++) {
        const p = evidence.evaluation.data[i * k + a];
        if (p > 0) add(i, a, 1, p);
      }
    }
    const { weights } = newtonLogistic(designOf(evidence, rows, actions), labels, { l2, rowWeights: counts });
    for (let i = 0; i < m; i++) if (fold[i] === f) weight[i] = Math.exp(scoreOf(logged, i, weights));
  }
  return weight;
}

/** Each pair of row and action as entries of its action's block: 1 and the context. */
function designOf({ log, evaluation }: Evidence, rows: readonly number[], actions: readonly number[]): SparseRows {
  const { columns: d, data } = log.requests.context;
  const width = 1 + d;
  const index = new Int32Array(rows.length * width);
  const value = new Float64Array(rows.length * width);
  rows.forEach((i, at) => {
    for (let j = 0; j < width; j++) {
      index[at * width + j] = actions[at] * width + j;
      value[at * width + j] = j === 0 ? 1 : data[i * d + j - 1];
    }
  });
  return { rows: rows.length, columns: evaluation.columns * width, width, index, value };
}
