/** Several models on the same folds: each row is predicted by a model that never saw it, its group, or (by time) its future. */
import type { Random, Warning } from '../../../core/contracts.ts';
import { matrix } from '../../../core/matrix.ts';
import { distinctWarnings } from '../../../core/warnings.ts';
import { assess, compare } from '../../metrics/metrics.ts';
import type { Assessment, Comparison, MetricValue, Structure } from '../../metrics/metrics.ts';
import type { Scored } from '../../metrics/scores.ts';
import { sharesOf } from '../class-shares.ts';
import { outputsOf } from '../classifier.ts';
import type { Classifier } from '../classifier.ts';
import { testedBy } from './folds.ts';
import type { Folds } from './folds.ts';
import type { RowSource } from './row-source.ts';

export interface Candidate {
  /** Unique among the candidates. */
  name: string;
  kind: string;
  /** A model untrained. */
  create: () => Classifier;
}

export interface CrossValidated {
  /** How the folds were made. */
  rule: string;
  folds: number;
  /** Rows that were predicted: all of them, except by time. */
  rows: number;
  /** Of predicting each training side's class shares for every row: what any model must beat. */
  baseRate: readonly MetricValue[];
  /** In the order of the candidates. */
  models: readonly CandidateResult[];
  /** Each pair, best first by log loss: `a` minus `b`, on the same rows. */
  comparisons: readonly { a: string; b: string; differences: readonly Comparison[] }[];
}

export interface CandidateResult {
  name: string;
  kind: string;
  metrics: readonly MetricValue[];
  /** Calibration error that a model without any would show by chance. */
  calibrationChance: number;
  /** Against the base rate. */
  overBaseRate: readonly Comparison[];
  warnings: readonly Warning[];
}

/** Predictions out of fold; for charts, calibration and whatever else is asked of them. */
export interface OutOfFold {
  /** (t) rows predicted, ascending. */
  rows: Int32Array;
  /** (t) the fold that tested each. */
  fold: Int32Array;
  /** (t) */
  label: Int32Array;
  /** (t×outputs) by candidate, in their order. */
  predicted: readonly Float64Array[];
}

export interface CrossValidationOptions {
  random: Random;
  level?: number;
  /** Told before each fit, and once at the end. May throw, to stop. */
  onFold?: (done: number, total: number, next?: { name: string; fold: number }) => void;
}

/**
 * Fits every candidate on every fold. Intervals are of models trained like these: they count the chance of the rows tested (in
 * groups, where there are groups), not that of other training rows. Deterministic in its arguments. Throws what a fit throws.
 */
export async function crossValidate(
  candidates: readonly Candidate[],
  source: RowSource,
  folds: Folds,
  { random, level = 0.95, onFold }: CrossValidationOptions,
): Promise<{ result: CrossValidated; outOfFold: OutOfFold }> {
  const by = testedBy(folds, source.size);
  const rows = Int32Array.from(by.keys()).filter((i) => by[i] >= 0);
  const at = new Int32Array(source.size);
  rows.forEach((i, t) => (at[i] = t));
  const outputs = outputsOf(source.classes);
  const predicted = candidates.map(() => new Float64Array(rows.length * outputs));
  const base = new Float64Array(rows.length * outputs);
  const warnings: Warning[][] = candidates.map(() => []);
  const total = candidates.length * folds.folds.length;
  for (const [f, fold] of folds.folds.entries()) {
    const { train, validation, test } = source.sides(fold);
    const shares = sharesOf(train.label, train.classes, train.weight);
    for (const i of fold.test) base.set(shares, at[i] * outputs);
    for (const [c, { name, create }] of candidates.entries()) {
      onFold?.(f * candidates.length + c, total, { name, fold: f });
      const model = create();
      // One after the other: two at once would share the cores and the tensor back end.
      // oxlint-disable-next-line no-await-in-loop
      const report = await model.fit(train, random.stream('model', name, f), validation);
      warnings[c].push(...report.warnings);
      const out = matrix(test.size, outputs);
      model.predict(test, out);
      fold.test.forEach((i, t) => predicted[c].set(out.data.subarray(t * outputs, (t + 1) * outputs), at[i] * outputs));
    }
  }
  onFold?.(total, total);
  const outOfFold = { rows, fold: rows.map((i) => by[i]), label: rows.map((i) => source.label[i]), predicted };
  const structure: Structure = {
    fold: outOfFold.fold,
    folds: folds.folds.length,
    group: source.group && rows.map((i) => (source.group as Int32Array)[i]),
    level,
  };
  const weight = source.weight && Float64Array.from(rows, (i) => (source.weight as Float64Array)[i]);
  const scored = { label: outOfFold.label, classes: source.classes, weight };
  const judged = judge(candidates, { ...scored, predicted, base, warnings }, structure);
  return { result: { rule: folds.rule, folds: folds.folds.length, rows: rows.length, ...judged }, outOfFold };
}

/** Predictions of the same rows by several models, none of which had learned from them. */
export interface Judged extends Omit<Scored, 'predicted'> {
  /** (m×outputs) by candidate, in their order. */
  predicted: readonly Float64Array[];
  /** (m×outputs) of the class shares known then. */
  base: Float64Array;
  /** By candidate. */
  warnings: readonly (readonly Warning[])[];
}

/** Every metric of each candidate, against the base rate and against the others. */
export function judge(
  candidates: readonly Candidate[],
  { predicted, base, warnings, ...rows }: Judged,
  structure: Structure,
): Pick<CrossValidated, 'baseRate' | 'models' | 'comparisons'> {
  const baseRate = assess({ ...rows, predicted: base }, structure);
  const assessed = predicted.map((odds) => assess({ ...rows, predicted: odds }, structure));
  return {
    baseRate: baseRate.values,
    models: candidates.map(({ name, kind }, c) => ({
      name,
      kind,
      metrics: assessed[c].values,
      calibrationChance: assessed[c].calibrationChance,
      overBaseRate: compare(assessed[c], baseRate, structure),
      warnings: distinctWarnings(warnings[c]),
    })),
    comparisons: pairsOf(candidates, assessed, structure),
  };
}

/** The candidate of the least log loss; the first of equals. */
export function leastLoss(models: readonly CandidateResult[]): CandidateResult {
  const loss = (one: CandidateResult): number => metricOf(one, 'logLoss').value;
  return models.reduce((a, b) => (loss(b) < loss(a) ? b : a));
}

/** A metric of a candidate. Throws Error for a name that there is none of. */
export function metricOf({ metrics }: Pick<CandidateResult, 'metrics'>, name: string): MetricValue {
  const found = metrics.find((one) => one.name === name);
  if (!found) throw new Error(`cross-validation: no metric "${name}"`);
  return found;
}

function pairsOf(
  candidates: readonly Candidate[],
  assessed: readonly Assessment[],
  structure: Structure,
): CrossValidated['comparisons'] {
  const loss = (c: number): number => metricOf({ metrics: assessed[c].values }, 'logLoss').value;
  const order = candidates.map((_, c) => c).sort((a, b) => loss(a) - loss(b));
  return order.flatMap((a, rank) =>
    order.slice(rank + 1).map((b) => ({
      a: candidates[a].name,
      b: candidates[b].name,
      differences: compare(assessed[a], assessed[b], structure),
    })),
  );
}
