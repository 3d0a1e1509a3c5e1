/** The metrics of a model by name, each with its interval: on rows it never saw, or over the folds of a cross-validation. */
import type { Influence, Measured } from './influence.ts';
import { differenceOf, measured, overFolds } from './influence.ts';
import { aucInfluence, averagePrecisionInfluence, groupedAuc } from './ranking.ts';
import {
  accuracyInfluence,
  brierInfluence,
  calibrationInfluence,
  classAgainstRest,
  logLossInfluence,
  normalisedEntropyInfluence,
} from './scores.ts';
import type { Scored } from './scores.ts';

export interface Metric {
  /** Stable name, for programs. */
  name: string;
  /** As a report says it. */
  title: string;
  /** Which way is better. */
  better: 'high' | 'low';
  bounds: readonly [number, number];
  of: (scored: Scored) => Influence;
}

const LOSS: readonly [number, number] = [0, Infinity];
const SHARE: readonly [number, number] = [0, 1];

const SHARED: readonly Metric[] = [
  { name: 'logLoss', title: 'log loss [nats]', better: 'low', bounds: LOSS, of: logLossInfluence },
  {
    name: 'normalisedEntropy',
    title: 'normalised entropy',
    better: 'low',
    bounds: LOSS,
    of: normalisedEntropyInfluence,
  },
  { name: 'brier', title: 'Brier score', better: 'low', bounds: LOSS, of: brierInfluence },
  { name: 'accuracy', title: 'accuracy', better: 'high', bounds: SHARE, of: accuracyInfluence },
  { name: 'calibrationError', title: 'calibration error', better: 'low', bounds: SHARE, of: calibrationInfluence },
];

const OF_TWO: readonly Metric[] = [
  {
    name: 'auc',
    title: 'AUC',
    better: 'high',
    bounds: SHARE,
    of: ({ predicted, label, weight }) => aucInfluence(predicted, label, weight),
  },
  ...SHARED,
  {
    name: 'averagePrecision',
    title: 'average precision (PR-AUC)',
    better: 'high',
    bounds: SHARE,
    of: ({ predicted, label, weight }) => averagePrecisionInfluence(predicted, label, weight),
  },
];

const OF_MORE: readonly Metric[] = [
  { name: 'auc', title: 'AUC, mean of one class against the rest', better: 'high', bounds: SHARE, of: meanOfClasses },
  ...SHARED,
];

/** What is measured of so many classes. */
export function metricsFor(classes: number): readonly Metric[] {
  return classes === 2 ? OF_TWO : OF_MORE;
}

/** The mean of each class's AUC against the rest, over the classes that these rows have; NaN where that is one. */
function meanOfClasses(scored: Scored): Influence {
  const { label, classes, weight } = scored;
  const counted = weight ? label.filter((_, i) => weight[i] > 0) : label;
  const present = Array.from({ length: classes }, (_, c) => c).filter((c) => counted.includes(c));
  const influence = new Float64Array(label.length);
  let value = 0;
  for (const c of present) {
    const against = classAgainstRest(scored, c);
    const one = aucInfluence(against.predicted, against.label, weight);
    value += one.value / present.length;
    for (let i = 0; i < influence.length; i++) influence[i] += one.influence[i] / present.length;
  }
  return { value, influence };
}

/** How rows hang together. */
export interface Structure {
  /** (m) */
  group?: Int32Array | undefined;
  /** (m) the fold whose model predicted the row, in [0, folds). */
  fold?: Int32Array | undefined;
  folds?: number;
  level?: number;
}

export interface MetricValue extends Measured {
  name: string;
  title: string;
  better: 'high' | 'low';
  perFold?: readonly number[];
}

/** Every metric of some predictions, and what their intervals and comparisons are made of. */
export interface Assessment {
  values: MetricValue[];
  influences: ReadonlyMap<string, Influence>;
  /** Calibration error that chance alone would show. */
  calibrationChance: number;
}

/** Measures. Rows of a group count together; with folds, each metric is taken within folds and averaged by the rows' weights. */
export function assess(scored: Scored, { group, fold, folds = 0, level = 0.95 }: Structure = {}): Assessment {
  const { weight } = scored;
  const influences = new Map<string, Influence>();
  const values = metricsFor(scored.classes).map(({ name, title, better, bounds, of }): MetricValue => {
    const split = fold ? overFolds(fold, folds, (rows) => of(part(scored, rows)), weight) : undefined;
    const whole = split?.whole ?? of(scored);
    influences.set(name, whole);
    const value = { name, title, better, ...measured(whole, { group, level, bounds }) };
    return split ? { ...value, perFold: split.perFold } : value;
  });
  if (group && scored.classes === 2) values.push(withinGroups(scored, group, fold, folds, level));
  // Means over folds as the metrics are, of a number that has no influence of its own.
  const chanceOf = (rows: Int32Array): Influence => ({
    value: calibrationInfluence(part(scored, rows)).chance,
    influence: new Float64Array(rows.length),
  });
  const chance = fold ? overFolds(fold, folds, chanceOf, weight).whole.value : calibrationInfluence(scored).chance;
  return { values, influences, calibrationChance: chance };
}

/** AUC within groups; a group lies in one fold, so folds need no further care but their own rows. */
function withinGroups(
  { predicted, label, weight }: Scored,
  group: Int32Array,
  fold: Int32Array | undefined,
  folds: number,
  level: number,
): MetricValue {
  const of = (rows: Int32Array): Influence =>
    groupedAuc(
      Float64Array.from(rows, (i) => predicted[i]),
      Uint8Array.from(rows, (i) => label[i]),
      Int32Array.from(rows, (i) => group[i]),
      weight && Float64Array.from(rows, (i) => weight[i]),
    );
  const split = fold ? overFolds(fold, folds, of, weight) : undefined;
  const whole = split?.whole ?? of(Int32Array.from(label.keys()));
  return {
    name: 'groupedAuc',
    title: 'AUC within groups (GAUC)',
    better: 'high',
    ...measured(whole, { group, level, bounds: SHARE }),
    ...(split && { perFold: split.perFold }),
  };
}

/** Metric of one model minus that of another on the same rows. */
export interface Comparison extends Measured {
  metric: string;
  title: string;
  better: 'high' | 'low';
}

/** Every metric's difference a − b, with the interval of paired rows. */
export function compare(a: Assessment, b: Assessment, { group, level }: Structure = {}): Comparison[] {
  return a.values.flatMap(({ name, title, better }) => {
    const [mine, other] = [a.influences.get(name), b.influences.get(name)];
    if (!mine || !other) return [];
    return [{ metric: name, title, better, ...measured(differenceOf(mine, other), { group, level }) }];
  });
}

function part({ predicted, label, classes, weight }: Scored, rows: Int32Array): Scored {
  const width = classes === 2 ? 1 : classes;
  const out = new Float64Array(rows.length * width);
  for (let i = 0; i < rows.length; i++) {
    for (let c = 0; c < width; c++) out[i * width + c] = predicted[rows[i] * width + c];
  }
  return {
    predicted: out,
    label: Int32Array.from(rows, (i) => label[i]),
    classes,
    ...(weight && { weight: Float64Array.from(rows, (i) => weight[i]) }),
  };
}
