/** Online logistic regression as a supervised model: one pass over hashed rows, each predicted before it is learned from. */
import type { FitReport, Matrix } from '../../../core/contracts.ts';
import { outputsOf } from '../classifier.ts';
import type { Classifier, SavedModel } from '../classifier.ts';
import { checkLabelled } from '../examples.ts';
import type { Examples, LabelledExamples } from '../examples.ts';
import { ftrlProximal } from './ftrl-proximal.ts';
import type { FtrlRates, FtrlState } from './ftrl-proximal.ts';
import { hashedRows, runningScale } from './hashed-rows.ts';
import type { Crossed, RunningScale } from './hashed-rows.ts';

export interface FtrlSettings extends FtrlRates, Crossed {
  kind: 'ftrl';
  name?: string | undefined;
  /** 2^bits weights. */
  bits: number;
  passes: number;
}

/** The state of a stream: so much is known after so many rows. */
interface Learned extends FtrlState {
  outputs: number;
  scale: RunningScale;
}

/** A classifier that can go on learning. */
export interface OnlineClassifier extends Classifier {
  /**
   * Learns from more rows, in their order, and returns their progressive validation loss [nats]: the mean loss of what was predicted
   * of each row just before it was learned from (Blum, Kalai & Langford 1999). `before` (m×outputs), where given, is filled with
   * those predictions. Throws RangeError where classes differ.
   */
  learn(rows: LabelledExamples, before?: Matrix): number;
}

/** True of a model that can learn a row at a time. */
export function isOnline(model: Classifier): model is OnlineClassifier {
  return 'learn' in model;
}

/**
 * FTRL-Proximal on hashed features (McMahan et al. 2013). Rows are learned in their order: a fit draws nothing and chooses nothing.
 * `loss` is the progressive validation loss of each pass, that of the first being an honest one: no row was seen before.
 */
export function ftrl(settings: FtrlSettings, saved?: SavedModel): OnlineClassifier {
  const name = settings.name ?? settings.kind;
  const slots = 1 << settings.bits;
  let learned = saved && restored(saved, slots);

  function learn(rows: LabelledExamples, before?: Matrix): number {
    const outputs = outputsOf(rows.classes);
    learned ??= { ...emptyState(outputs * slots), outputs, scale: runningScale(rows.numeric.columns) };
    if (learned.outputs !== outputs) throw new RangeError(`${name}: ${rows.classes} classes, other than before`);
    return learnAll(settings, learned, rows, before);
  }

  return {
    name,
    learn,
    fit(train) {
      checkLabelled(train, 'training rows');
      learned = undefined;
      const loss = Array.from({ length: settings.passes }, () => learn(train));
      const report: FitReport = {
        model: name,
        rows: train.size,
        steps: settings.passes * train.size,
        loss,
        validationLoss: [],
        warnings: [],
      };
      return Promise.resolve(report);
    },
    predict(rows, out) {
      if (!learned) throw new Error(`${name}: predict before fit`);
      predictAll(settings, learned, rows, out.data);
    },
    save() {
      if (!learned) throw new Error(`${name}: save before fit`);
      return savedState(settings, learned);
    },
  };
}

function learnAll(
  settings: FtrlSettings,
  { outputs, scale, ...state }: Learned,
  rows: LabelledExamples,
  before?: Matrix,
): number {
  const online = ftrlProximal(state, outputs, settings);
  const hashed = hashedRows(rows, settings.bits, settings, scale);
  const odds = new Float64Array(outputs);
  let loss = 0;
  let total = 0;
  for (let i = 0; i < rows.size; i++) {
    hashed.see(i);
    const row = hashed.read(i);
    const label = rows.label[i];
    const weight = rows.weight ? rows.weight[i] : 1;
    online.predict(row, odds);
    before?.data.set(odds, i * outputs);
    const happened = outputs > 1 ? odds[label] : label === 1 ? odds[0] : 1 - odds[0];
    loss -= weight * Math.log(Math.max(happened, 1e-15));
    total += weight;
    online.learn(row, odds, label, weight);
  }
  return loss / total;
}

function predictAll(
  settings: FtrlSettings,
  { outputs, scale, ...state }: Learned,
  rows: Examples,
  out: Float64Array,
): void {
  const online = ftrlProximal(state, outputs, settings);
  const hashed = hashedRows(rows, settings.bits, settings, scale);
  const odds = new Float64Array(outputs);
  for (let i = 0; i < rows.size; i++) {
    online.predict(hashed.read(i), odds);
    out.set(odds, i * outputs);
  }
}

function emptyState(size: number): FtrlState {
  return { z: new Float64Array(size), n: new Float64Array(size) };
}

/** Weights that no row has met are left out. */
function savedState(settings: FtrlSettings, { outputs, scale, z, n }: Learned): SavedModel {
  const met: number[] = [];
  for (let at = 0; at < n.length; at++) if (n[at] > 0) met.push(at);
  return {
    kind: settings.kind,
    settings: { ...settings, outputs },
    arrays: {
      count: scale.count.slice(),
      mean: scale.mean.slice(),
      squares: scale.squares.slice(),
      at: Int32Array.from(met),
      z: Float64Array.from(met, (at) => z[at]),
      n: Float64Array.from(met, (at) => n[at]),
    },
  };
}

function restored({ settings, arrays }: SavedModel, slots: number): Learned {
  const { outputs } = settings as unknown as Learned;
  const state = emptyState(outputs * slots);
  const { at, z, n, count, mean, squares } = arrays as Record<string, Float64Array>;
  at.forEach((slot, k) => {
    state.z[slot] = z[k];
    state.n[slot] = n[k];
  });
  return { ...state, outputs, scale: { count: count.slice(), mean: mean.slice(), squares: squares.slice() } };
}
