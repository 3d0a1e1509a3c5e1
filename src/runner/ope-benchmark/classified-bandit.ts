/**
 * Classified rows as a logged bandit (Beygelzimer & Langford 2009; Dudík et al. 2014): the right class pays 1, any other
 * nothing. A classifier, softened by even odds, collects the log; other softened classifiers are the candidates.
 */
import { matrix } from '../../core/matrix.ts';
import type { Matrix } from '../../core/matrix.ts';
import type { Random } from '../../core/random.ts';
import type { Classified } from '../../env/classic/classification.ts';
import { additiveLogistic } from '../../models/response/additive-logistic.ts';
import { classOdds, softmaxRegression } from '../../models/softmax-regression.ts';
import { banditLog } from '../../ope/bandit-log.ts';
import { drawActions, propensitiesOf, valueOf } from './judged-log.ts';
import type { Candidate, JudgedLog } from './judged-log.ts';

/** A policy that takes what a classifier says with probability `trust`, and else any class. */
export interface Softened {
  name: string;
  /** In [0, 1]. */
  trust: number;
  /** Logistic regression, or the class whose mean is nearest. */
  classifier: 'logistic' | 'nearest-mean';
  /** > 0: penalty of the logistic regression; the heavier, the less it knows. */
  l2: number;
}

export interface ClassifiedBanditConfig {
  behaviour: Omit<Softened, 'name'>;
  candidates: readonly Softened[];
  /** In (0, 1): share of the rows that the log is made of; the classifiers learn from the others. */
  logged: number;
  /** At most so many rows are used in all. */
  rows?: number | undefined;
}

/** scikit-learn's C = 100, for the reward model. */
const L2 = 0.01;

/** One split of the rows, and the log that its behaviour policy collects. */
export function classifiedBandit(
  data: Classified,
  { behaviour, candidates, logged, rows: most = Infinity }: ClassifiedBanditConfig,
  random: Random,
): JudgedLog {
  const k = data.classes.length;
  const order = random
    .stream('split')
    .sequence()
    .shuffle(Int32Array.from(data.label, (_, i) => i));
  const n = Math.min(order.length, most);
  const rows = Math.round(logged * n);
  const x = rowsOf(data, order.subarray(0, rows));
  const label = Int32Array.from(order.subarray(0, rows), (i) => data.label[i]);
  const taught = rowsOf(data, order.subarray(rows, n));
  const taughtLabel = Int32Array.from(order.subarray(rows, n), (i) => data.label[i]);
  const guesses = new Map<string, Int32Array>();
  const truth = matrix(rows, k);
  label.forEach((right, i) => (truth.data[i * k + right] = 1));

  const odds = softened(behaviour);
  const action = drawActions(odds, random.stream('actions').sequence());
  const reward = Float64Array.from(action, (a, i) => (a === label[i] ? 1 : 0));
  return {
    log: banditLog({ actions: k, action, propensity: propensitiesOf(odds, action), reward, context: x }),
    behaviour: odds,
    behaviourTruth: valueOf(odds, truth),
    candidates: candidates.map((candidate): Candidate => {
      const pi = softened(candidate);
      return { name: candidate.name, odds: pi, truth: valueOf(pi, truth) };
    }),
    makeModel: () => additiveLogistic(L2),
  };

  function softened({ trust, classifier, l2 }: Omit<Softened, 'name'>): Matrix {
    const key = `${classifier} ${l2}`;
    const guess =
      guesses.get(key) ?? (classifier === 'logistic' ? likeliest(l2) : nearestMeans(taught, taughtLabel, x, k));
    guesses.set(key, guess);
    const pi = matrix(rows, k);
    pi.data.fill((1 - trust) / k);
    guess.forEach((one, i) => (pi.data[i * k + one] += trust));
    return pi;
  }

  function likeliest(l2: number): Int32Array {
    const fit = softmaxRegression(taught, taughtLabel, { classes: k, l2 });
    const said = matrix(rows, k);
    classOdds(fit, x, said);
    return Int32Array.from({ length: rows }, (_, i) => {
      const own = said.data.subarray(i * k, (i + 1) * k);
      return own.indexOf(own.reduce((most, one) => Math.max(most, one)));
    });
  }
}

function rowsOf({ featureNames, features }: Classified, rows: Int32Array): Matrix {
  const d = featureNames.length;
  const out = matrix(rows.length, d);
  rows.forEach((row, i) => out.data.set(features.subarray(row * d, (row + 1) * d), i * d));
  return out;
}

/** (n) the class whose mean, over the rows taught, lies nearest to each row of x. */
function nearestMeans(taught: Matrix, label: Int32Array, x: Matrix, k: number): Int32Array {
  const d = x.columns;
  const means = matrix(k, d);
  const counts = new Float64Array(k);
  label.forEach((c, i) => {
    counts[c]++;
    for (let j = 0; j < d; j++) means.data[c * d + j] += taught.data[i * d + j];
  });
  return Int32Array.from({ length: x.rows }, (_, i) => {
    let nearest = 0;
    let least = Infinity;
    for (let c = 0; c < k; c++) {
      let distance = counts[c] === 0 ? Infinity : 0;
      for (let j = 0; j < d && distance < least; j++) {
        const gap = x.data[i * d + j] - means.data[c * d + j] / counts[c];
        distance += gap * gap;
      }
      if (distance < least) [nearest, least] = [c, distance];
    }
    return nearest;
  });
}
