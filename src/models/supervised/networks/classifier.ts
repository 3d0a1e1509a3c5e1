/** A network as a supervised model: trained through the tensor gate, used as plain numbers. Two classes. */
import type { Random, Warning } from '../../../core/contracts.ts';
import { InputError } from '../../../core/errors.ts';
import type { Scalar } from '../../tensor.ts';
import type { Classifier, ClassifierOptions, SavedModel } from '../classifier.ts';
import { checkLabelled } from '../examples.ts';
import type { LabelledExamples } from '../examples.ts';
import { heldOut } from '../held-out.ts';
import type { NetworkKind } from './architectures.ts';
import { inputsOf } from './inputs.ts';
import type { InputDesign } from './inputs.ts';
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
      if (examples.classes !== 2) {
        throw new InputError(`${name}: tells two classes apart, not ${examples.classes}; use logistic or trees`);
      }
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
      for (let i = 0; i < inputs.size; i++) out.data[i] = 1 / (1 + Math.exp(-forward[0](inputs, i)));
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
  return towersOf(settings.kind, settings, kept['design'] as InputDesign, 1, values);
}

/** Rows to learn from and to stop by; none to stop by where they would be of one class. */
function validationOf(
  examples: LabelledExamples,
  random: Random,
  validation?: LabelledExamples,
): { train: LabelledExamples; held: LabelledExamples | undefined } {
  if (validation) return { train: examples, held: twoClasses(validation) ? validation : undefined };
  const split = heldOut(examples, random);
  return split && twoClasses(split.held) ? split : { train: examples, held: undefined };
}

function twoClasses({ label }: LabelledExamples): boolean {
  return label.includes(0) && label.includes(1);
}

/** Binary cross-entropy of the logit z, softplus(z) − y·z, each row times its weight. */
function task(
  name: string,
  { kind }: NetworkSettings,
  train: LabelledExamples,
  held: LabelledExamples | undefined,
): Task {
  const { label, weight, size } = train;
  const total = weight ? weight.reduce((sum, one) => sum + one, 0) : size;
  const share = weight && Float64Array.from(weight, (one) => (one * size) / total);
  let ones = 0;
  for (let i = 0; i < size; i++) ones += label[i] * (share ? share[i] : 1);
  return {
    name,
    kind,
    rows: train,
    biases: [Math.log(ones / (size - ones))],
    loss(gate, [z], rows) {
      const { tf } = gate;
      const each = tf.sub(tf.softplus(z), tf.mul(columnOf(gate, label, rows), z));
      return tf.mean<Scalar>(share ? tf.mul(each, columnOf(gate, share, rows)) : each);
    },
    held: held && { rows: held, loss: ([z], i) => softplus(z) - held.label[i] * z },
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
