/** A network as a supervised model: trained through the tensor gate, used as plain numbers. Two classes. */
import type { Random, Warning } from '../../../core/contracts.ts';
import { InputError } from '../../../core/errors.ts';
import { logLoss } from '../../ctr/metrics.ts';
import { splitRows } from '../../ctr/split.ts';
import { weights } from '../../gan/layers.ts';
import { trainLoop } from '../../nets/training.ts';
import type { LoopConfig, Trained } from '../../nets/training.ts';
import type { Scalar, Tensor, Tensor2D, TensorGate } from '../../tensor.ts';
import type { Classifier, ClassifierOptions, SavedModel } from '../classifier.ts';
import { checkLabelled, selectExamples } from '../examples.ts';
import type { LabelledExamples } from '../examples.ts';
import { architecture } from './architectures.ts';
import type { NetworkKind } from './architectures.ts';
import { inputDesign, inputsOf } from './inputs.ts';
import type { InputDesign, Inputs } from './inputs.ts';
import { hasColumns, plainNetwork, tensorNetwork } from './network.ts';
import type { NetworkShape, PlainNetwork } from './network.ts';

export interface NetworkSettings extends LoopConfig {
  kind: NetworkKind;
  name?: string | undefined;
  /** Units of each hidden layer. */
  hidden: readonly number[];
  /** Width of the embedding of a level or event. */
  embedding: number;
  /** weightDecay/2 · |w|² of all matrices, embeddings among them, is added to the mean cross-entropy. */
  weightDecay: number;
}

interface Fitted {
  design: InputDesign;
  values: readonly Float32Array[];
  forward: PlainNetwork;
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
      const design = inputDesign(train);
      if (!hasColumns(design)) throw new InputError(`${name}: there are no columns to learn from; bring some`);
      const { openTensorGate } = await import('../../tensor.ts');
      const gate = await openTensorGate(options.backends);
      const { weights: values, ...report } = await learn(gate, name, settings, design, train, held, random, options);
      fitted = { design, values, forward: plainNetwork(architecture(settings.kind, design, settings), values) };
      const warnings = held ? [] : [noValidation(name, settings.epochs)];
      return { model: name, rows: train.size, ...report, warnings };
    },
    predict(rows, out) {
      if (!fitted) throw new Error(`${name}: predict before fit`);
      const { forward, design } = fitted;
      const inputs = inputsOf(design, rows);
      for (let i = 0; i < inputs.size; i++) out.data[i] = 1 / (1 + Math.exp(-forward(inputs, i)));
    },
    save() {
      if (!fitted) throw new Error(`${name}: save before fit`);
      const { design, values } = fitted;
      const arrays = Object.fromEntries(values.map((one, v) => [String(v), one]));
      return { kind: settings.kind, settings: { ...settings, design }, arrays };
    },
  };
}

function restored(settings: NetworkSettings, { settings: kept, arrays }: SavedModel): Fitted {
  const design = kept['design'] as InputDesign;
  const values = Object.keys(arrays).map((_, v) => arrays[String(v)] as Float32Array);
  return { design, values, forward: plainNetwork(architecture(settings.kind, design, settings), values) };
}

/** Rows to learn from and to stop by; none to stop by where they would be of one class. */
function validationOf(
  examples: LabelledExamples,
  random: Random,
  validation?: LabelledExamples,
): { train: LabelledExamples; held: LabelledExamples | undefined } {
  if (validation) return { train: examples, held: twoClasses(validation) ? validation : undefined };
  const group = examples.group ?? Int32Array.from({ length: examples.size }, (_, i) => i);
  const whole = { train: examples, held: undefined };
  if (new Set(group).size < 2) return whole;
  const [train, held] = splitRows(group, examples.size, [0.8, 0.2], random).map((rows) =>
    selectExamples(examples, rows),
  );
  return twoClasses(train) && twoClasses(held) ? { train, held } : whole;
}

function twoClasses({ label }: LabelledExamples): boolean {
  return label.includes(0) && label.includes(1);
}

/** Trains the variables; leaves no tensor behind. */
async function learn(
  gate: TensorGate,
  name: string,
  settings: NetworkSettings,
  design: InputDesign,
  train: LabelledExamples,
  held: LabelledExamples | undefined,
  random: Random,
  { onEpoch }: ClassifierOptions,
): Promise<Trained> {
  const shape = architecture(settings.kind, design, settings);
  const inputs = inputsOf(design, train);
  const { label, weight, size } = train;
  const total = weight ? weight.reduce((sum, one) => sum + one, 0) : size;
  const share = (row: number): number => (weight ? (weight[row] * size) / total : 1);
  let ones = 0;
  for (let i = 0; i < size; i++) ones += label[i] * share(i);
  const list = weights(gate.tf, random.stream('init'));
  try {
    const logits = tensorNetwork(gate, shape, list, Math.log(ones / (size - ones)));
    const heldInputs = held && inputsOf(design, held);
    return await trainLoop(
      gate,
      {
        name,
        rows: size,
        variables: list.variables,
        lossOf: (rows) => {
          const y = Float32Array.from(rows, (row) => label[row]);
          const w = weight && Float32Array.from(rows, share);
          return () => penalised(gate, crossEntropy(gate, logits(inputs, rows), y, w), list.variables, settings);
        },
        ...(held && heldInputs && { validate: (values) => heldOutLoss(shape, values, heldInputs, held) }),
        ...(onEpoch && { onEpoch }),
      },
      settings,
      random,
    );
  } finally {
    list.dispose();
  }
}

/** Mean binary cross-entropy of logits z (b×1): softplus(z) − y·z, each row times its weight. */
export function crossEntropy({ tf }: TensorGate, logits: Tensor2D, y: Float32Array, weight?: Float32Array): Scalar {
  const shape: [number, number] = [y.length, 1];
  const each = tf.sub(tf.softplus(logits), tf.mul(tf.tensor2d(y, shape), logits));
  return tf.mean<Scalar>(weight ? tf.mul(each, tf.tensor2d(weight, shape)) : each);
}

/** The loss, and weightDecay/2 · |w|² of all matrices. */
export function penalised(
  { tf }: TensorGate,
  loss: Scalar,
  variables: readonly Tensor[],
  { weightDecay }: { weightDecay: number },
): Scalar {
  if (weightDecay === 0) return loss;
  const norms = variables.filter(({ rank }) => rank > 1).map((one) => tf.sum<Scalar>(tf.square(one)));
  return tf.add<Scalar>(loss, tf.mul(0.5 * weightDecay, tf.addN(norms)));
}

function heldOutLoss(
  shape: NetworkShape,
  values: readonly Float32Array[],
  inputs: Inputs,
  { label, size }: LabelledExamples,
): number {
  const forward = plainNetwork(shape, values);
  const p = Float64Array.from({ length: size }, (_, i) => 1 / (1 + Math.exp(-forward(inputs, i))));
  return logLoss(p, label);
}

function noValidation(name: string, epochs: number): Warning {
  return {
    kind: 'no-validation',
    message: `${name}: the held-out rows have one class only, so nothing told when to stop; it ran ${epochs} epochs`,
    advice: 'bring more rows, or set fewer epochs',
  };
}
