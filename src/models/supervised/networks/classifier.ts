/** A network as a supervised model: trained through the tensor gate, used as plain numbers. */
import type { Random, Warning } from '../../../core/contracts.ts';
import { softmaxInto } from '../../softmax-regression.ts';
import type { Scalar, Tensor, Tensor2D, TensorGate } from '../../tensor.ts';
import { sharesOf } from '../class-shares.ts';
import type { Classifier, ClassifierOptions, SavedModel } from '../classifier.ts';
import { checkLabelled } from '../examples.ts';
import type { LabelledExamples } from '../examples.ts';
import { heldOut } from '../held-out.ts';
import type { NetworkKind } from './architectures.ts';
import { inputsOf } from './inputs.ts';
import type { InputDesign } from './inputs.ts';
import type { Start } from './network.ts';
import { columnOf, learnTowers, towersOf } from './towers.ts';
import type { Task, TowerSettings, Towers } from './towers.ts';

export interface NetworkSettings extends TowerSettings {
  kind: NetworkKind;
  name?: string | undefined;
}

/**
 * Keeps the weights of the epoch with the lowest log loss on the validation rows, or on a fifth of the training rows held
 * out by group. Deterministic in (rows, random) on the wasm and cpu back ends. TensorFlow.js is loaded by `fit` alone.
 */
export function networkClassifier(
  settings: NetworkSettings,
  saved?: SavedModel,
  options: ClassifierOptions = {},
): Classifier {
  const name = settings.name ?? settings.kind;
  let fitted = saved && restored(settings, saved);
  return {
    name,
    async fit(examples, random, validation) {
      checkLabelled(examples, 'training rows');
      const { train, held } = validationOf(examples, random, validation);
      const { towers, report } = await learnTowers(task(name, settings, train, held), settings, random, options);
      fitted = towers;
      const warnings = held ? [] : [noValidation(name, settings.epochs)];
      return { model: name, rows: train.size, ...report, warnings };
    },
    predict(rows, out) {
      if (!fitted) throw new Error(`${name}: predict before fit`);
      const { forward, design } = fitted;
      const inputs = inputsOf(design, rows);
      for (let i = 0; i < inputs.size; i++) writeOdds(forward[0](inputs, i), out.data, i);
    },
    save() {
      if (!fitted) throw new Error(`${name}: save before fit`);
      const { design, values } = fitted;
      const arrays = Object.fromEntries(values.map((one, v) => [String(v), one]));
      return { kind: settings.kind, settings: { ...settings, design }, arrays };
    },
  };
}

function restored(settings: NetworkSettings, { settings: kept, arrays }: SavedModel): Towers {
  const values = Object.keys(arrays).map((_, v) => arrays[String(v)] as Float32Array);
  // The last of a tower's variables is its bias, a number for each logit.
  return towersOf(settings.kind, settings, kept['design'] as InputDesign, [values[values.length - 1].length], values);
}

/** P(1) of a single logit, else the softmax: row i of `out`. */
function writeOdds(logits: Float64Array, out: Float64Array, i: number): void {
  if (logits.length === 1) {
    out[i] = 1 / (1 + Math.exp(-logits[0]));
    return;
  }
  softmaxInto(logits, 1, out, i * logits.length);
}

/** Rows to learn from and to stop by; none to stop by where they would be of one class. */
function validationOf(
  examples: LabelledExamples,
  random: Random,
  validation?: LabelledExamples,
): { train: LabelledExamples; held: LabelledExamples | undefined } {
  if (validation) return { train: examples, held: severalClasses(validation) ? validation : undefined };
  const split = heldOut(examples, random);
  return split && severalClasses(split.held) ? split : { train: examples, held: undefined };
}

function severalClasses({ label }: LabelledExamples): boolean {
  return label.some((c) => c !== label[0]);
}

/**
 * Cross-entropy, each row times its weight: of two classes softplus(z) − y·z of one logit z, of more log Σ exp z − z_y of as many.
 */
function task(
  name: string,
  { kind }: NetworkSettings,
  train: LabelledExamples,
  held: LabelledExamples | undefined,
): Task {
  const { weight, size, classes } = train;
  const total = weight ? weight.reduce((sum, one) => sum + one, 0) : size;
  const share = weight && Float64Array.from(weight, (one) => (one * size) / total);
  const entropy = classes === 2 ? ofTwo(train, share) : ofMore(train, share);
  return {
    name,
    kind,
    rows: train,
    biases: [entropy.start],
    loss(gate, [z], rows) {
      const { tf } = gate;
      const each = entropy.tensor(gate, z, rows);
      return tf.mean<Scalar>(share ? tf.mul(each, columnOf(gate, share, rows)) : each);
    },
    held: held && { rows: held, loss: (z, i) => entropy.plain(z, held.label[i]) },
  };
}

interface CrossEntropy {
  start: Start;
  /** (b×1) of the logits of these rows. */
  tensor(gate: TensorGate, z: Tensor2D, rows: Uint32Array): Tensor;
  /** Of one row of class c. */
  plain(z: readonly number[], c: number): number;
}

function ofTwo({ label, size }: LabelledExamples, share: Float64Array | undefined): CrossEntropy {
  let ones = 0;
  for (let i = 0; i < size; i++) ones += label[i] * (share ? share[i] : 1);
  return {
    start: Math.log(ones / (size - ones)),
    tensor: (gate, z, rows) => gate.tf.sub(gate.tf.softplus(z), gate.tf.mul(columnOf(gate, label, rows), z)),
    plain: ([z], c) => softplus(z) - c * z,
  };
}

function ofMore({ label, classes }: LabelledExamples, share: Float64Array | undefined): CrossEntropy {
  return {
    start: Array.from(sharesOf(label, classes, share), Math.log),
    tensor({ tf }, z, rows) {
      const own = new Float32Array(rows.length * classes);
      rows.forEach((row, i) => (own[i * classes + label[row]] = 1));
      return tf.sub(tf.logSumExp(z, 1, true), tf.sum(tf.mul(z, tf.tensor2d(own, [rows.length, classes])), 1, true));
    },
    plain(z, c) {
      const most = Math.max(...z);
      return most + Math.log(z.reduce((sum, one) => sum + Math.exp(one - most), 0)) - z[c];
    },
  };
}

/** log(1 + eˣ), whatever the size of x. */
export function softplus(x: number): number {
  return Math.max(0, x) + Math.log1p(Math.exp(-Math.abs(x)));
}

function noValidation(name: string, epochs: number): Warning {
  return {
    kind: 'no-validation',
    message: `${name}: the held-out rows have one class only, so nothing told when to stop; it ran ${epochs} epochs`,
    advice: 'bring more rows, or set fewer epochs',
  };
}
