/**
 * Cross-fitting: every row is predicted by a model that saw neither the row nor its user, so that a reward model that
 * overfits cannot pass off its memory as knowledge (Chernozhukov et al. 2018).
 */
import type { ImpressionLog, Random, TrainableModel } from '../core/contracts.ts';
import { InputError } from '../core/errors.ts';
import { matrix } from '../core/matrix.ts';
import type { Matrix } from '../core/matrix.ts';
import { selectRows } from '../core/log.ts';

export { actionMeans } from './action-means.ts';

/** Below this many users a fold, users are too coarse to split by, and rows are split instead. */
const USERS_PER_FOLD = 10;

/**
 * Predictions (m×k) of `folds` models, each fitted without the rows that it predicts. `makeModel` is asked for a fresh
 * model per fold. Throws `InputError` where there are fewer rows than folds.
 */
export async function crossFit(
  log: ImpressionLog,
  makeModel: (fold: number) => TrainableModel,
  folds: number,
  random: Random,
): Promise<Matrix> {
  const m = log.size;
  const k = log.spec.actions.length;
  if (!(Number.isInteger(folds) && folds >= 2))
    throw new InputError(`folds: ${folds} is not an integer of at least 2.`);
  if (m < folds)
    throw new InputError(`The log has ${m} rows: cross-fitting over ${folds} folds needs at least ${folds}.`);
  const fold = assignFolds(log, folds, random.stream('folds'));
  const predicted = matrix(m, k);
  for (let f = 0; f < folds; f++) {
    const held: number[] = [];
    const rest: number[] = [];
    for (let i = 0; i < m; i++) (fold[i] === f ? held : rest).push(i);
    const model = makeModel(f);
    // Folds follow each other: a model may hold buffers, and the order of random draws must not depend on timing.
    // oxlint-disable-next-line no-await-in-loop
    await model.fit(selectRows(log, rest), random.stream('fold', f));
    const out = matrix(held.length, k);
    model.predict(selectRows(log, held).requests, out);
    held.forEach((i, j) => predicted.data.set(out.data.subarray(j * k, (j + 1) * k), i * k));
  }
  return predicted;
}

/**
 * (m) the fold of each row. Rows of one user stay together, because their rewards share what no model sees; users are
 * shuffled and dealt to the smallest fold. A log of few users is dealt row by row.
 */
export function assignFolds(log: ImpressionLog, folds: number, random: Random): Uint8Array {
  const m = log.size;
  const { user } = log.requests;
  const rows = new Map<number, number>();
  for (let i = 0; i < m; i++) rows.set(user[i], (rows.get(user[i]) ?? 0) + 1);
  const fold = new Uint8Array(m);
  const draw = random.sequence();
  if (rows.size < folds * USERS_PER_FOLD) {
    const order = draw.shuffle(Int32Array.from({ length: m }, (_, i) => i));
    order.forEach((i, at) => (fold[i] = at % folds));
    return fold;
  }
  const load = new Float64Array(folds);
  const home = new Map<number, number>();
  for (const id of draw.shuffle([...rows.keys()])) {
    const f = load.indexOf(Math.min(...load));
    load[f] += rows.get(id) ?? 0;
    home.set(id, f);
  }
  for (let i = 0; i < m; i++) fold[i] = home.get(user[i]) ?? 0;
  return fold;
}
