/** What off-policy evaluation refuses: bad evidence gives a sentence that names the row, never a number. */
import type { Embedding, Estimator, Evidence } from '../core/contracts.ts';
import { InputError } from '../core/errors.ts';
import type { Matrix } from '../core/matrix.ts';
import { SUM_TOLERANCE } from './evidence.ts';

/** Checks everything but the rows: sizes, shapes and what the estimators need. Throws `InputError`. */
export function checkShape(evidence: Evidence, estimators: readonly Estimator[]): void {
  const { log, evaluation, behaviour, predicted, embedding, weight } = evidence;
  const m = log.size;
  const k = log.spec.actions.length;
  if (m === 0) throw new InputError('The log is empty: there is nothing to evaluate a policy on.');
  if (log.spec.slots !== 1) {
    throw new InputError(`The log has ${log.spec.slots} slots a row: these estimators value one slot; keep slot 0.`);
  }
  checkLength('action', log.decisions.action.length, m);
  checkLength('propensity', log.decisions.propensity.length, m);
  checkLength('reward', log.outcomes.reward.length, m);
  checkMatrix('evaluation policy', evaluation, m, k);
  // The log's own buffer may be longer than the log.
  const kept = behaviour !== undefined && behaviour === log.decisions.distribution;
  if (behaviour)
    checkMatrix('behaviour policy', kept ? { ...behaviour, rows: Math.min(behaviour.rows, m) } : behaviour, m, k);
  if (predicted) checkMatrix('predicted rewards', predicted, m, k);
  if (embedding) checkEmbedding(embedding, m, k);
  if (weight && weight.length !== m) {
    throw new InputError(`The column weight has ${weight.length} rows, the log ${m}: equal them first.`);
  }
  for (const { name, needs } of estimators) {
    if (needs.includes('model') && !predicted) {
      throw new InputError(`${name} needs a reward model: give its predictions, cross-fitted, or leave ${name} out.`);
    }
    if (needs.includes('behaviour') && !behaviour) {
      throw new InputError(`${name} needs the whole behaviour policy: log its distribution, or leave ${name} out.`);
    }
    if (needs.includes('embedding') && !embedding) {
      throw new InputError(`${name} needs the categories of what was shown: give an embedding, or leave ${name} out.`);
    }
  }
}

/**
 * Checks every row of (a part of) the evidence; `first` is the number of rows before it. Throws `InputError`. Slow and
 * plain: `RowTerms.sound` says in passing whether there is anything to find.
 */
export function checkRows(evidence: Evidence, first = 0): void {
  const { log, evaluation, behaviour, predicted, embedding, weight } = evidence;
  const { action, propensity } = log.decisions;
  const { reward } = log.outcomes;
  const k = evaluation.columns;
  for (let i = 0; i < log.size; i++) {
    const p = propensity[i];
    // Written so that NaN fails too.
    if (!(p > 0 && p <= 1)) refuse(first + i, `propensity ${p} is not in (0, 1]`);
    if (!(action[i] >= 0 && action[i] < k)) {
      refuse(first + i, `action ${action[i]} is not one of the ${k} actions (0 to ${k - 1})`);
    }
    if (weight && !(weight[i] >= 0 && weight[i] < Infinity)) {
      refuse(first + i, `importance weight ${weight[i]} is not a number of at least 0`);
    }
    if (!Number.isFinite(reward[i])) refuse(first + i, `reward ${reward[i]} is not a finite number`);
  }
  checkDistributions('evaluation', evaluation, first);
  if (behaviour) checkDistributions('behaviour', behaviour, first);
  if (predicted) checkFinite(predicted, first);
  if (embedding) checkCategories(embedding, first);
}

/** Shapes of the embedding, and the odds that belong to no row. */
function checkEmbedding({ seen, given, posterior }: Embedding, m: number, k: number): void {
  if (seen.rows !== m) throw new InputError(`The embedding has ${seen.rows} rows, the log ${m}: equal them first.`);
  if (posterior) checkMatrix('posterior of actions', posterior, m, k);
  else if (given?.length !== seen.columns) {
    throw new InputError(
      `The embedding has ${seen.columns} dimensions, and odds given the action for ${given?.length ?? 0}: give those of each, or a posterior.`,
    );
  }
  for (const [d, odds] of (posterior ? [] : (given ?? [])).entries()) {
    if (odds.rows !== k)
      throw new InputError(`Dimension ${d} of the embedding has odds for ${odds.rows} of ${k} actions.`);
    const bad = badDistribution(odds);
    if (bad) throw new InputError(`Dimension ${d} of the embedding, action ${bad.row}: the odds ${bad.what}.`);
  }
}

function checkCategories({ seen, given, posterior }: Embedding, first: number): void {
  const { rows, columns, data } = seen;
  for (let at = 0; at < rows * columns; at++) {
    const most = posterior ? Infinity : (given?.[at % columns].columns ?? 0);
    if (!(Number.isInteger(data[at]) && data[at] >= 0 && data[at] < most)) {
      refuse(
        first + Math.floor(at / columns),
        `category ${data[at]} of dimension ${at % columns} is none of 0 to ${most - 1}`,
      );
    }
  }
  if (posterior) checkDistributions('posterior', posterior, first);
}

function checkDistributions(name: string, odds: Matrix, first: number): void {
  const bad = badDistribution(odds);
  if (bad) refuse(first + bad.row, `the ${name} policy's probabilities ${bad.what}`);
}

/** The first row that is no distribution, and why. */
function badDistribution({ rows, columns, data }: Matrix): { row: number; what: string } | undefined {
  for (let i = 0, at = 0; i < rows; i++) {
    let sum = 0;
    let least = 0;
    for (const end = at + columns; at < end; at++) {
      const p = data[at];
      sum += p;
      if (p < least) least = p;
    }
    if (least < 0) return { row: i, what: `hold ${least}, which is below 0` };
    if (!(Math.abs(sum - 1) <= SUM_TOLERANCE)) return { row: i, what: `sum to ${sum}, not to 1` };
  }
  return undefined;
}

function checkFinite({ rows, columns, data }: Matrix, first: number): void {
  for (let at = 0; at < rows * columns; at++) {
    if (!Number.isFinite(data[at])) {
      refuse(first + Math.floor(at / columns), `the predicted reward of action ${at % columns} is ${data[at]}`);
    }
  }
}

function checkLength(name: string, length: number, m: number): void {
  if (length < m) throw new InputError(`The column ${name} has ${length} rows, the log has ${m}: equal them first.`);
}

function checkMatrix(name: string, { rows, columns, data }: Matrix, m: number, k: number): void {
  if (rows !== m || columns !== k || data.length < rows * columns) {
    throw new InputError(
      `The ${name} has ${rows} rows × ${columns} actions, the log ${m} × ${k}: they must describe the same rows.`,
    );
  }
}

function refuse(row: number, what: string): never {
  throw new InputError(`Row ${row + 1} of the log: ${what}. Correct or remove the row.`);
}
