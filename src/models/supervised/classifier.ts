/** The contract of supervised models: fit on labelled rows, predict probabilities, be written down and read again. */
import type { FitReport, Matrix, Random } from '../../core/contracts.ts';
import type { EpochReport } from '../nets/training.ts';
import type { Examples, LabelledExamples } from './examples.ts';

/** Columns that a model predicts: P(label 1) alone of two classes, else one per class. */
export function outputsOf(classes: number): number {
  return classes === 2 ? 1 : classes;
}

export interface Classifier {
  /** Its kind, or the name that a config gave it. */
  name: string;
  /**
   * Learns from `train`. What has to be chosen (penalty, number of trees, when to stop) is chosen on `validation` where
   * it is given, else on a part of `train` that is held out by group. Deterministic in its arguments (networks: on the
   * wasm and cpu back ends). Throws `InputError` where nothing can be learned.
   */
  fit(train: LabelledExamples, random: Random, validation?: LabelledExamples): Promise<FitReport>;
  /**
   * Fills `out` (m×outputs, `outputsOf`) with probabilities; rows of three and more classes sum to 1. A pure function of each
   * row: batches change no digit. Missing numbers and unseen codes are fine. Throws `Error` before a fit.
   */
  predict(rows: Examples, out: Matrix): void;
  /** What `restore` of its registry entry makes it again from. Throws `Error` before a fit. */
  save(): SavedModel;
}

/** What is no part of a model: where it is trained, and who is told. Learners that need no tensors ignore it. */
export interface ClassifierOptions {
  /** Numeric back ends to try, in order. */
  backends?: readonly string[] | undefined;
  onEpoch?: ((report: EpochReport) => void) | undefined;
}

/** A fitted model as data: JSON and named arrays, nothing else. */
export interface SavedModel {
  kind: string;
  /** JSON values only. */
  settings: Readonly<Record<string, unknown>>;
  arrays: Readonly<Record<string, Float64Array | Float32Array | Int32Array>>;
}
