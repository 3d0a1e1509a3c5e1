/**
 * Look-alikes: users who resemble a few given ones (seeds), ranked by the odds that a model, told seeds from all others, gives
 * them. The others hold look-alikes too, which lowers all odds but not their order (Elkan & Noto 2008, Learning classifiers
 * from only positive and unlabeled data).
 */
import { InputError } from '../../core/errors.ts';
import { wilson } from '../../core/intervals.ts';
import type { Matrix } from '../../core/matrix.ts';
import { matrix } from '../../core/matrix.ts';
import type { Random } from '../../core/random.ts';
import { areaUnderCurve } from '../ctr/metrics.ts';
import { splitRows } from '../ctr/split.ts';
import type { Classifier } from '../supervised/classifier.ts';
import type { LabelledExamples } from '../supervised/examples.ts';
import { selectExamples } from '../supervised/examples.ts';

/** What finding seeds again says, where the audience is widened to a share of all users. */
export interface Reach {
  /** Of the users, the best ranked. */
  share: number;
  /** Seeds among them that the model had not seen, of all seeds; Wilson's 95 % interval. */
  recall: number;
  interval: readonly [number, number];
  /** Recall over that of as many users drawn at random: recall / share, with the interval that follows. */
  lift: number;
  liftInterval: readonly [number, number];
}

export interface LookAlikes {
  /** Users who are not seeds, the most alike first. */
  ranked: Int32Array;
  /** (U) odds by models that had not seen the user. */
  scores: Float64Array;
  /** Chance that a seed is ranked above another user. */
  auc: number;
  reach: readonly Reach[];
  seeds: number;
}

export interface LookAlikeSettings {
  /** Default 5. */
  folds?: number;
  /** Default 1 %, 5 %, 10 % and 20 %. */
  shares?: readonly number[];
}

/**
 * Ranks users by `features` (U×D; one name each in `names`). Every user is scored by a model that was fitted without them,
 * so seeds are found again honestly. `seeds`: users, each once. `make` gives a fresh model of two classes. Deterministic in its
 * arguments. Throws `InputError` where a fold would have no seed or nobody else.
 */
export async function lookAlikes(
  features: Matrix,
  names: readonly string[],
  seeds: ArrayLike<number>,
  make: () => Classifier,
  random: Random,
  { folds = 5, shares = [0.01, 0.05, 0.1, 0.2] }: LookAlikeSettings = {},
): Promise<LookAlikes> {
  const U = features.rows;
  const isSeed = new Int32Array(U);
  for (let s = 0; s < seeds.length; s++) isSeed[seeds[s]] = 1;
  const count = isSeed.reduce((a, b) => a + b, 0);
  if (count < 2 * folds || U - count < 2 * folds) {
    throw new InputError(
      `look-alikes: ${count} seeds among ${U} users cannot be held out in ${folds} parts; give at least ${2 * folds}, and leave as many others`,
    );
  }
  const all: LabelledExamples = {
    size: U,
    numeric: features,
    numericNames: names,
    fields: [],
    sequences: [],
    label: isSeed,
    classes: 2,
    classNames: ['other', 'seed'],
  };
  const scores = await heldOutScores(all, folds, make, random);
  const reach = shares.map((share) => reachOf(scores, isSeed, share));
  const ranked = Int32Array.from(isSeed.keys())
    .filter((u) => isSeed[u] === 0)
    .sort((a, b) => scores[b] - scores[a] || a - b);
  return { ranked, scores, auc: areaUnderCurve(scores, isSeed), reach, seeds: count };
}

/** (U) each user's odds by the model of the other folds; seeds and others are dealt to folds alike. */
async function heldOutScores(
  all: LabelledExamples,
  folds: number,
  make: () => Classifier,
  random: Random,
): Promise<Float64Array> {
  const scores = new Float64Array(all.size);
  const users = Int32Array.from(all.label.keys());
  const parts = [0, 1].map((label) => {
    const own = users.filter((u) => all.label[u] === label);
    const equal = Array.from({ length: folds }, () => 1);
    return splitRows(own, own.length, equal, random.stream('folds', label)).map((rows) => rows.map((i) => own[i]));
  });
  for (let fold = 0; fold < folds; fold++) {
    const out = Int32Array.from([...parts[0][fold], ...parts[1][fold]]).sort();
    const held = new Set(out);
    const model = make();
    await model.fit(
      selectExamples(
        all,
        users.filter((u) => !held.has(u)),
      ),
      random.stream('fit', fold),
    );
    const odds = matrix(out.length, 1);
    model.predict(selectExamples(all, out), odds);
    out.forEach((u, i) => (scores[u] = odds.data[i]));
  }
  return scores;
}

function reachOf(scores: Float64Array, isSeed: Int32Array, share: number): Reach {
  const order = Int32Array.from(scores.keys()).sort((a, b) => scores[b] - scores[a] || a - b);
  const taken = Math.max(1, Math.round(share * scores.length));
  const seeds = isSeed.reduce((a, b) => a + b, 0);
  let found = 0;
  for (let r = 0; r < taken; r++) found += isSeed[order[r]];
  const interval = wilson(found, seeds);
  const exact = taken / scores.length;
  return {
    share: exact,
    recall: found / seeds,
    interval,
    lift: found / seeds / exact,
    liftInterval: [interval[0] / exact, interval[1] / exact],
  };
}
