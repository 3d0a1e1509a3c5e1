/** The interest model of a log: which category a user will want next, judged on users it has not seen. */
import type { Random } from '../../core/random.ts';
import type { BehaviourRows } from '../../models/audience/behaviour-rows.ts';
import { frequencyOdds, heldOutOdds } from '../../models/interest/held-out-odds.ts';
import { logLossDifference, multiClassScores } from '../../models/interest/multi-class-scores.ts';
import type { MultiClassScores, Scored } from '../../models/interest/multi-class-scores.ts';
import { nextCategoryExamples } from '../../models/interest/next-category.ts';
import { CLASSIFIERS, createClassifier } from '../../models/supervised/registry.ts';
import type { ProgressListener } from '../progress.ts';

export interface Interest {
  /** Visits that were predicted, and users who made them. */
  visits: number;
  users: number;
  folds: number;
  /** A model that knows how frequent each category is, and no more. */
  frequencies: MultiClassScores;
  models: readonly {
    name: string;
    scores: MultiClassScores;
    /** Log loss less that of the frequencies [nats]: below 0 is better. */
    difference: Scored;
  }[];
}

const FOLDS = 5;
/** Kinds that tell many classes apart and whose reading is short, where they are registered. */
const KINDS = ['logistic', 'tree'];

/** Null where fewer users than two for each fold came twice, or all then took the same. Deterministic in (rows, random). */
export async function interestOf(
  rows: BehaviourRows,
  random: Random,
  onProgress?: ProgressListener,
): Promise<Interest | null> {
  if (!cameTwice(rows)) return null;
  const examples = nextCategoryExamples(rows);
  const users = new Set(examples.group).size;
  if (users < 2 * FOLDS || examples.label.every((c) => c === examples.label[0])) return null;
  const kinds = KINDS.filter((kind) => CLASSIFIERS.some((entry) => entry.kind === kind));
  const folds = random.stream('folds');
  const frequencies = frequencyOdds(examples, FOLDS, folds);
  const models: Interest['models'][number][] = [];
  for (const [done, kind] of kinds.entries()) {
    onProgress?.({ stage: 'interest', done, total: kinds.length, unit: 'models' });
    const odds = await heldOutOdds(examples, () => createClassifier({ kind }), FOLDS, folds);
    models.push({
      name: kind,
      scores: multiClassScores(odds, examples, random.stream('scores', kind)),
      difference: logLossDifference(odds, frequencies, examples),
    });
  }
  onProgress?.({ stage: 'interest', done: kinds.length, total: kinds.length, unit: 'models' });
  return {
    visits: examples.size,
    users,
    folds: FOLDS,
    frequencies: multiClassScores(frequencies, examples, random.stream('scores')),
    models,
  };
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
