/** How good odds of many classes are: accuracy, log loss and a ROC curve of each class against the rest, over users drawn whole. */
import type { Matrix } from '../../core/matrix.ts';
import type { Random } from '../../core/random.ts';
import { clusteredRate, clusteredRatio, sampleQuantile } from '../../core/statistics.ts';
import { rocCurve } from '../ctr/metrics.ts';
import type { RocCurve } from '../ctr/metrics.ts';
import type { LabelledExamples } from '../supervised/examples.ts';

/** A score and its 95 % interval over groups of rows; null where there is one group. */
export interface Scored {
  value: number;
  interval: readonly [number, number] | null;
}

export interface MultiClassScores {
  rows: number;
  /** Share of rows whose likeliest class is theirs. */
  accuracy: Scored;
  /** [nats] */
  logLoss: Scored;
  classes: readonly { name: string; share: number; auc: Scored; roc: RocCurve }[];
  /** Mean of the classes' areas, each counted once. */
  meanAuc: number;
}

const REPLICATES = 200;
/** Odds below this count as this in the log loss. */
const LEAST = 1e-15;

/** Scores of odds (m×classes) for the rows they were given. Classes without rows, or without others, have no area (NaN). */
export function multiClassScores(odds: Matrix, examples: LabelledExamples, random: Random): MultiClassScores {
  const { size, label, classes, classNames } = examples;
  const { group, groups } = numbered(examples);
  const [trials, hits, losses] = [0, 1, 2].map(() => new Float64Array(groups));
  const each = rowLosses(odds, label);
  for (let i = 0; i < size; i++) {
    trials[group[i]]++;
    losses[group[i]] += each[i];
    hits[group[i]] += likeliest(odds, i) === label[i] ? 1 : 0;
  }
  const perClass = Array.from({ length: classes }, (_, c) => {
    const predicted = Float64Array.from({ length: size }, (__, i) => odds.data[i * classes + c]);
    const observed = Uint8Array.from(label, (one) => (one === c ? 1 : 0));
    return {
      name: classNames[c],
      share: observed.reduce((a, b) => a + b, 0) / size,
      auc: groupedAuc(predicted, observed, group, groups, random.stream('auc', c)),
      roc: rocCurve(predicted, observed),
    };
  });
  const areas = perClass.map(({ auc }) => auc.value).filter((value) => !Number.isNaN(value));
  return {
    rows: size,
    accuracy: scored(clusteredRate([...hits], [...trials])),
    logLoss: scored(clusteredRatio([...losses], [...trials])),
    classes: perClass,
    meanAuc: areas.reduce((a, b) => a + b, 0) / areas.length,
  };
}

/** Log loss of `odds` less that of `others` on the same rows [nats], with the interval of the difference over groups. */
export function logLossDifference(odds: Matrix, others: Matrix, examples: LabelledExamples): Scored {
  const { group, groups } = numbered(examples);
  const [trials, differences] = [new Float64Array(groups), new Float64Array(groups)];
  const [a, b] = [rowLosses(odds, examples.label), rowLosses(others, examples.label)];
  for (let i = 0; i < examples.size; i++) {
    trials[group[i]]++;
    differences[group[i]] += a[i] - b[i];
  }
  return scored(clusteredRatio([...differences], [...trials]));
}

function scored(ratio: ReturnType<typeof clusteredRatio>): Scored {
  return { value: ratio?.rate ?? Number.NaN, interval: ratio?.interval ?? null };
}

/** Groups as 0, 1, …; each row its own where there are none. */
function numbered({ group, size }: LabelledExamples): { group: Int32Array; groups: number } {
  const numbers = new Map<number, number>();
  const of = Int32Array.from({ length: size }, (_, i) => {
    const name = group ? group[i] : i;
    if (!numbers.has(name)) numbers.set(name, numbers.size);
    return numbers.get(name) as number;
  });
  return { group: of, groups: numbers.size };
}

function rowLosses({ data, columns }: Matrix, label: Int32Array): Float64Array {
  return Float64Array.from(label, (own, i) => -Math.log(Math.max(LEAST, data[i * columns + own])));
}

function likeliest({ data, columns }: Matrix, i: number): number {
  let best = 0;
  for (let c = 1; c < columns; c++) if (data[i * columns + c] > data[i * columns + best]) best = c;
  return best;
}

/**
 * Area under the ROC curve, ties counting one half, and its 95 % interval: percentiles of a bootstrap over `groups` groups,
 * each row counted as often as its group was drawn. NaN without rows of both kinds.
 */
export function groupedAuc(
  predicted: Float64Array,
  observed: Uint8Array,
  group: Int32Array,
  groups: number,
  random: Random,
): Scored {
  const order = Int32Array.from(predicted.keys()).sort((a, b) => predicted[a] - predicted[b] || a - b);
  const times = new Float64Array(groups).fill(1);
  const value = weightedArea(predicted, observed, group, order, times);
  if (Number.isNaN(value) || groups < 2) return { value, interval: null };
  const luck = random.sequence();
  const redrawn = Array.from({ length: REPLICATES }, () => {
    times.fill(0);
    for (let g = 0; g < groups; g++) times[luck.integer(groups)]++;
    return weightedArea(predicted, observed, group, order, times);
  }).filter((area) => !Number.isNaN(area));
  if (redrawn.length < REPLICATES / 2) return { value, interval: null };
  return { value, interval: [sampleQuantile(redrawn, 0.025), sampleQuantile(redrawn, 0.975)] };
}

function weightedArea(
  predicted: Float64Array,
  observed: Uint8Array,
  group: Int32Array,
  order: Int32Array,
  times: Float64Array,
): number {
  let [below, pairs, ones] = [0, 0, 0];
  for (let r = 0; r < order.length;) {
    const value = predicted[order[r]];
    let [own, others] = [0, 0];
    for (; r < order.length && predicted[order[r]] === value; r++) {
      const weight = times[group[order[r]]];
      if (observed[order[r]] === 1) own += weight;
      else others += weight;
    }
    pairs += own * (below + others / 2);
    below += others;
    ones += own;
  }
  return pairs / (ones * below);
}
