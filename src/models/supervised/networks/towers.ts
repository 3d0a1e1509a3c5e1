/** Towers over one table of embeddings, trained on any loss of their logits, and used as plain numbers. */
import type { Random } from '../../../core/contracts.ts';
import { InputError } from '../../../core/errors.ts';
import { weights } from '../../gan/layers.ts';
import { trainLoop } from '../../nets/training.ts';
import type { LoopConfig, Trained } from '../../nets/training.ts';
import type { Scalar, Tensor, Tensor2D, TensorGate } from '../../tensor.ts';
import type { ClassifierOptions } from '../classifier.ts';
import type { Examples } from '../examples.ts';
import { architecture } from './architectures.ts';
import type { NetworkKind } from './architectures.ts';
import { inputDesign, inputsOf } from './inputs.ts';
import type { InputDesign } from './inputs.ts';
import { hasColumns, logitsOf, plainTowers, tensorTowers } from './network.ts';
import type { PlainTower, Start } from './network.ts';

export interface TowerSettings extends LoopConfig {
  /** Units of each hidden layer. */
  hidden: readonly number[];
  /** Width of the embedding of a level or event. */
  embedding: number;
  /** weightDecay/2 · |w|² of all matrices, embeddings among them, is added to the mean loss. */
  weightDecay: number;
}

/** What is to be learned. */
export interface Task {
  /** What errors call it. */
  name: string;
  kind: NetworkKind;
  rows: Examples;
  /** Where each tower's last bias begins: one tower for each. */
  biases: readonly Start[];
  /** Mean loss of these rows, of each tower's (b×logits). */
  loss(gate: TensorGate, logits: readonly Tensor2D[], rows: Uint32Array): Scalar;
  /** Rows to stop by, and the loss of one of them, of the logits of all towers one after the other. */
  held?: { rows: Examples; loss: (logits: readonly number[], i: number) => number } | undefined;
}

export interface Towers {
  design: InputDesign;
  values: readonly Float32Array[];
  forward: readonly PlainTower[];
}

/** Trains through the tensor gate and leaves no tensor behind. Deterministic in (task, random) on wasm and cpu. */
export async function learnTowers(
  task: Task,
  settings: TowerSettings,
  random: Random,
  { backends, onEpoch }: ClassifierOptions,
): Promise<{ towers: Towers; report: Omit<Trained, 'weights'> }> {
  const design = inputDesign(task.rows);
  if (!hasColumns(design)) throw new InputError(`${task.name}: there are no columns to learn from; bring some`);
  const { openTensorGate } = await import('../../tensor.ts');
  const gate = await openTensorGate(backends);
  const shape = architecture(task.kind, design, settings);
  const list = weights(gate.tf, random.stream('init'));
  try {
    const logits = tensorTowers(gate, shape, list, task.biases);
    const inputs = inputsOf(design, task.rows);
    const { weights: values, ...report } = await trainLoop(
      gate,
      {
        name: task.name,
        rows: task.rows.size,
        variables: list.variables,
        lossOf: (rows) => () =>
          penalised(gate, task.loss(gate, logits(inputs, rows), rows), list.variables, settings.weightDecay),
        ...(task.held && { validate: validation(task.held, design, task, settings) }),
        ...(onEpoch && { onEpoch }),
      },
      settings,
      random,
    );
    return { towers: towersOf(task.kind, settings, design, task.biases.map(logitsOf), values), report };
  } finally {
    list.dispose();
  }
}

/** Towers of values that were learned, of so many `logits` each. */
export function towersOf(
  kind: NetworkKind,
  settings: TowerSettings,
  design: InputDesign,
  logits: readonly number[],
  values: readonly Float32Array[],
): Towers {
  return { design, values, forward: plainTowers(architecture(kind, design, settings), logits, values) };
}

function validation(
  { rows, loss }: NonNullable<Task['held']>,
  design: InputDesign,
  { kind, biases }: Task,
  settings: TowerSettings,
): (values: readonly Float32Array[]) => number {
  const inputs = inputsOf(design, rows);
  return (values) => {
    const { forward } = towersOf(kind, settings, design, biases.map(logitsOf), values);
    let sum = 0;
    for (let i = 0; i < rows.size; i++) {
      sum += loss(
        forward.flatMap((tower) => [...tower(inputs, i)]),
        i,
      );
    }
    return sum / rows.size;
  };
}

/** The loss, and weightDecay/2 · |w|² of all matrices. */
function penalised({ tf }: TensorGate, loss: Scalar, variables: readonly Tensor[], weightDecay: number): Scalar {
  if (weightDecay === 0) return loss;
  const norms = variables.filter(({ rank }) => rank > 1).map((one) => tf.sum<Scalar>(tf.square(one)));
  return tf.add<Scalar>(loss, tf.mul(0.5 * weightDecay, tf.addN(norms)));
}

/** (b×1) values of these rows as a tensor. */
export function columnOf({ tf }: TensorGate, values: ArrayLike<number>, rows: Uint32Array): Tensor2D {
  return tf.tensor2d(
    Float32Array.from(rows, (row) => values[row]),
    [rows.length, 1],
  );
}
