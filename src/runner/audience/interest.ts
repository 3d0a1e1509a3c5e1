/** The interest model of a log: which category a user will want next, judged on users it has not seen. */
import type { Random } from '../../core/random.ts';
import type { BehaviourRows } from '../../models/audience/behaviour-rows.ts';
import { rocCurve } from '../../models/ctr/metrics.ts';
import type { RocCurve } from '../../models/ctr/metrics.ts';
import { nextCategoryExamples } from '../../models/interest/next-category.ts';
import type { MetricValue } from '../../models/metrics/metrics.ts';
import { assess } from '../../models/metrics/metrics.ts';
import { classAgainstRest } from '../../models/metrics/scores.ts';
import { createClassifier } from '../../models/supervised/registry.ts';
import { crossValidate, leastLoss, metricOf } from '../../models/supervised/validation/cross-validate.ts';
import type { CrossValidated } from '../../models/supervised/validation/cross-validate.ts';
import { kFolds } from '../../models/supervised/validation/folds.ts';
import { examplesSource } from '../../models/supervised/validation/row-source.ts';
import type { ProgressListener } from '../progress.ts';

export { leastLoss, metricOf } from '../../models/supervised/validation/cross-validate.ts';

export interface Interest {
  /** Users who came more than once. */
  users: number;
  /** Of their visits. The base rate knows how frequent each category is, and no more. */
  validation: CrossValidated;
  /** Each category against the rest by the model of the least log loss; its AUC is NaN where no visit wanted it, or every one. */
  categories: readonly { name: string; share: number; auc: MetricValue; roc: RocCurve }[];
}

const FOLDS = 5;
/** Kinds that tell many classes apart and whose reading is short. */
const KINDS = ['logistic', 'tree'];

/** Null where fewer users than two for each fold came twice, or all but those of one fold then took the same. Deterministic in (rows, random). */
export async function interestOf(
  rows: BehaviourRows,
  random: Random,
  onProgress?: ProgressListener,
): Promise<Interest | null> {
  if (!cameTwice(rows)) return null;
  const examples = nextCategoryExamples(rows);
  const { label, classes, classNames, group } = examples;
  const users = new Set(group).size;
  if (users < 2 * FOLDS) return null;
  const source = examplesSource(examples);
  const folds = kFolds(source, FOLDS, random.stream('folds'));
  if (folds.folds.some(({ train }) => train.every((i) => label[i] === label[train[0]]))) return null;
  const { result, outOfFold } = await crossValidate(
    KINDS.map((kind) => ({ name: kind, kind, create: () => createClassifier({ kind }) })),
    source,
    folds,
    { random, onFold: (done, total) => onProgress?.({ stage: 'interest', done, total, unit: 'fits' }) },
  );
  const predicted = outOfFold.predicted[result.models.indexOf(leastLoss(result.models))];
  const categories = classNames.map((name, c) => {
    const against = classAgainstRest({ predicted, label, classes }, c);
    const metrics = assess(against, { group, fold: outOfFold.fold, folds: FOLDS }).values;
    const share = against.label.reduce((a, b) => a + b, 0) / label.length;
    return { name, share, auc: metricOf({ metrics }, 'auc'), roc: rocCurve(against.predicted, against.label) };
  });
  return { users, validation: result, categories };
}

/** True where anybody has rows at two times. */
function cameTwice({ size, user, hour }: BehaviourRows): boolean {
  const first = new Map<number, number>();
  for (let i = 0; i < size; i++) {
    const before = first.get(user[i]);
    if (before === undefined) first.set(user[i], hour[i]);
    else if (before !== hour[i]) return true;
  }
  return false;
}
