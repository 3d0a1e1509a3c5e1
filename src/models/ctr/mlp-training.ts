/** Mini-batch Adam with early stopping, through the tensor gate. */
import type { Matrix, Random } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import type { Scalar, TensorGate, Variable } from '../tensor.ts';
import { initialLayers, networkLoss, readLayers, variablesOf } from './mlp-loss.ts';
import type { LayerVariables } from './mlp-loss.ts';
import type { DenseLayer } from './network.ts';

export interface TrainingConfig {
  /** Units of each hidden layer. */
  hidden: readonly number[];
  learningRate: number;
  /** Impressions per step. */
  batch: number;
  /** At most so many passes over the training rows. */
  epochs: number;
  /** Stops after so many epochs without a better validation log loss. */
  patience: number;
  /** weightDecay/2 · |w|² is added to the mean cross-entropy. */
  weightDecay: number;
}

export interface TrainingOptions {
  backends?: readonly string[] | undefined;
  /** Validation log loss of these weights; undefined where there is nothing to validate on. */
  validate: (layers: readonly DenseLayer[]) => number | undefined;
}

export interface TrainedNetwork {
  /** Weights of the epoch with the lowest validation loss; the last epoch's without validation. */
  layers: readonly DenseLayer[];
  steps: number;
  /** Mean loss of the batches of each epoch. */
  loss: number[];
  validationLoss: number[];
}

/** Trains on `inputs` (rows×columns) and clicks. Throws `InputError` where the loss stops being a number. */
export async function trainNetwork(
  config: TrainingConfig,
  inputs: Matrix,
  clicks: Uint8Array,
  random: Random,
  { backends, validate }: TrainingOptions,
): Promise<TrainedNetwork> {
  const { adam, openTensorGate } = await import('../tensor.ts');
  const gate = await openTensorGate(backends);
  const rate = clicks.reduce((sum, click) => sum + click, 0) / clicks.length;
  const sizes = [inputs.columns, ...config.hidden, 1];
  const start = initialLayers(sizes, Math.log(rate / (1 - rate)), random.stream('init'));
  const variables = variablesOf(gate, start);
  const flat = variables.flatMap(({ weights, bias }) => [weights, bias]);
  const optimiser = adam(gate, { learningRate: config.learningRate });
  const trained: TrainedNetwork = { layers: start, steps: 0, loss: [], validationLoss: [] };
  const order = Uint32Array.from({ length: inputs.rows }, (_, i) => i);
  let lowest = Infinity;
  try {
    for (let epoch = 0, worse = 0; epoch < config.epochs && worse < config.patience; epoch++) {
      random.stream('shuffle', epoch).sequence().shuffle(order);
      // Steps follow each other; awaiting once an epoch keeps the tensors' queue short.
      // oxlint-disable-next-line no-await-in-loop
      const losses = await runEpoch(gate, config, inputs, clicks, order, variables, (loss) =>
        optimiser.minimize(loss, flat),
      );
      trained.steps += losses.length;
      const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
      if (!Number.isFinite(mean)) throw diverged(mean, epoch);
      trained.loss.push(mean);
      // oxlint-disable-next-line no-await-in-loop
      const layers = await readLayers(start, variables);
      const held = validate(layers);
      if (held !== undefined) trained.validationLoss.push(held);
      if (held === undefined || held < lowest) {
        lowest = held ?? lowest;
        trained.layers = layers;
        worse = 0;
      } else worse++;
    }
    if (trained.validationLoss.length > 0 && lowest === Infinity) throw diverged(Infinity, 0);
  } finally {
    optimiser.dispose();
    flat.forEach((variable: Variable) => variable.dispose());
  }
  return trained;
}

/** One pass over the rows in `order`; the loss of each batch before its step. */
async function runEpoch(
  gate: TensorGate,
  config: TrainingConfig,
  inputs: Matrix,
  clicks: Uint8Array,
  order: Uint32Array,
  variables: readonly LayerVariables[],
  minimize: (loss: () => Scalar) => Scalar,
): Promise<number[]> {
  const { tf } = gate;
  const { columns, data } = inputs;
  const losses: Scalar[] = [];
  for (let from = 0; from < order.length; from += config.batch) {
    const rows = order.subarray(from, from + config.batch);
    const x = new Float32Array(rows.length * columns);
    rows.forEach((row, i) => {
      for (let j = 0; j < columns; j++) x[i * columns + j] = data[row * columns + j];
    });
    const y = Float32Array.from(rows, (row) => clicks[row]);
    losses.push(
      tf.tidy(() => {
        const xs = tf.tensor2d(x, [rows.length, columns]);
        const ys = tf.tensor2d(y, [rows.length, 1]);
        return minimize(() => networkLoss(gate, variables, xs, ys, config.weightDecay));
      }),
    );
  }
  return Promise.all(
    losses.map(async (loss) => {
      const [value] = await loss.data();
      loss.dispose();
      return value;
    }),
  );
}

function diverged(loss: number, epoch: number): InputError {
  return new InputError(`mlp: the loss became ${loss} in epoch ${epoch + 1}; use a smaller learningRate`);
}
