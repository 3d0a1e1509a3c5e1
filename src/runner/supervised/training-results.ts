/** What a training found: `metrics.json`, and all that the card and the report say. No times: the same input gives the same bytes. */
import type { Warning } from '../../core/warnings.ts';
import type { CalibrationBin, RocCurve } from '../../models/ctr/metrics.ts';
import type { Measured } from '../../models/metrics/influence.ts';
import type { CrossValidated } from '../../models/supervised/validation/cross-validate.ts';
import type { DataFacts } from './open-rows.ts';
import type { StreamLoss } from './progressive-losses.ts';

export type { MetricValue } from '../../models/metrics/metrics.ts';
export type { CandidateResult } from '../../models/supervised/validation/cross-validate.ts';

/** A feature as the preparation sees it, in numbers. */
export interface FeatureFacts {
  name: string;
  kind: 'number' | 'category' | 'hashed' | 'text';
  /** Share of training rows in which it is missing. */
  missing: number;
  /** Mean ± deviation and range, levels, or words. */
  summary: string;
}

/** Curves of one class against the rest, out of fold and pooled over folds; of two classes, of the second alone. */
export interface Curves {
  /** The model's name, or the class's where there are more than two. */
  name: string;
  roc: RocCurve;
  calibration: CalibrationBin[];
}

/** Weights rounded to float16, and what that does on the rows learned from; other metrics are of the weights before. */
export interface Rounding {
  /** Of all weights, as written and as they would have been. */
  bytes: number;
  before: number;
  /** How much log loss rises [nats]. */
  logLoss: Measured;
  /** Largest change of a probability. */
  largest: number;
}

export interface TrainingResults {
  schemaVersion: 1;
  /** Version of adsim. */
  adsim: string;
  data: DataFacts;
  label: { name: string; classes: readonly string[]; shares: readonly number[] };
  /** Rows without a label, which were left out. */
  unlabelled: number;
  groups: number | null;
  features: readonly FeatureFacts[];
  seed: string;
  level: number;
  validation: CrossValidated;
  /** Name of the model that was kept, and why. */
  kept: { name: string; kind: string; why: string };
  /** Of a stream: the losses as it went by, at every doubling of the rows. */
  stream?: readonly StreamLoss[];
  /** Where weights were to be written as float16 and the model has some of single precision. */
  rounding?: Rounding;
  /** Of two classes: each model. Of more: each class, by the model that was kept. */
  curves: readonly Curves[];
  /** Doubts about the data and about the numbers. */
  warnings: readonly Warning[];
}
