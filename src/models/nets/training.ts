/** Mini-batch Adam with early stopping through the tensor gate: the one loop that every tensor network learns in. */
import type { Random } from '../../core/random.ts';
import { InputError } from '../../core/errors.ts';
import type { Scalar, TensorGate, Variable } from '../tensor.ts';

/** How long, and in what steps. */
export interface LoopConfig {
  learningRate: number;
  /** Rows per step. */
  batch: number;
  /** At most so many passes over the training rows. */
  epochs: number;
  /** Stops after so many epochs without a better validation loss. */
  patience: number;
}

/** What learns: its variables, and the loss of any of its rows. */
export interface Learner {
  /** What errors call it. */
  name: string;
  /** How many rows there are to learn from. */
  rows: number;
  variables: readonly Variable[];
  /** Puts these rows into tensors and answers with their mean loss as a function of the variables. Runs inside a tidy. */
  lossOf: (rows: Uint32Array) => () => Scalar;
  /** Loss on validation rows of these weights (in the order of `variables`); undefined where there are none. */
  validate?: (weights: readonly Float32Array[]) => number | undefined;
  /** Told after each epoch. */
  onEpoch?: (epoch: EpochReport) => void;
}

export interface EpochReport {
  /** Counted from 1. */
  epoch: number;
  /** Mean loss of the epoch's batches, each before its step. */
  loss: number;
  validationLoss: number | undefined;
}

export interface Trained {
  /** Values of the variables, in order, after the epoch with the lowest validation loss; the last without validation. */
  weights: readonly Float32Array[];
  steps: number;
  /** Mean loss of each epoch. */
  loss: number[];
  validationLoss: number[];
}

/**
 * Trains; the caller disposes the variables. Rows are shuffled each epoch by the stream `shuffle`, so that the same
 * arguments give the same bytes on the wasm and cpu back ends. Throws `InputError` where the loss stops being a number.
 */
export async function trainLoop(
  gate: TensorGate,
  learner: Learner,
  config: LoopConfig,
  random: Random,
): Promise<Trained> {
  const { adam } = await import('../tensor.ts');
  const { name, variables } = learner;
  const optimiser = adam(gate, { learningRate: config.learningRate });
  const trained: Trained = { weights: [], steps: 0, loss: [], validationLoss: [] };
  const order = Uint32Array.from({ length: learner.rows }, (_, i) => i);
  let lowest = Infinity;
  try {
    for (let epoch = 0, worse = 0; epoch < config.epochs && worse < config.patience; epoch++) {
      random.stream('shuffle', epoch).sequence().shuffle(order);
      // Steps follow each other; awaiting once an epoch keeps the tensors' queue short.
      // oxlint-disable-next-line no-await-in-loop
      const losses = await runEpoch(gate, learner, order, config.batch, (loss) => optimiser.minimize(loss, variables));
      trained.steps += losses.length;
      const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
      if (!Number.isFinite(mean)) throw diverged(name, mean, epoch);
      trained.loss.push(mean);
      // oxlint-disable-next-line no-await-in-loop
      const weights = await Promise.all(variables.map(async (one) => (await one.data()) as Float32Array));
      const held = learner.validate?.(weights);
      if (held !== undefined) trained.validationLoss.push(held);
      learner.onEpoch?.({ epoch: epoch + 1, loss: mean, validationLoss: held });
      if (held === undefined || held < lowest) {
        lowest = held ?? lowest;
        trained.weights = weights;
        worse = 0;
      } else worse++;
    }
    if (trained.validationLoss.length > 0 && lowest === Infinity) throw diverged(name, Infinity, 0);
  } finally {
    optimiser.dispose();
  }
  return trained;
}

/** One pass over the rows in `order`; the loss of each batch before its step. */
async function runEpoch(
  { tf }: TensorGate,
  learner: Learner,
  order: Uint32Array,
  batch: number,
  minimize: (loss: () => Scalar) => Scalar,
): Promise<number[]> {
  const losses: Scalar[] = [];
  for (let from = 0; from < order.length; from += batch) {
    losses.push(tf.tidy(() => minimize(learner.lossOf(order.subarray(from, from + batch)))));
  }
  return Promise.all(
    losses.map(async (loss) => {
      const [value] = await loss.data();
      loss.dispose();
      return value;
    }),
  );
}

function diverged(name: string, loss: number, epoch: number): InputError {
  return new InputError(`${name}: the loss became ${loss} in epoch ${epoch + 1}; use a smaller learningRate`);
}
