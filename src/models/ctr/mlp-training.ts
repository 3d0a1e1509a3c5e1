/** The click network learns: the loss of `mlp-loss.ts` in the training loop that all networks share. */
import type { Matrix, Random } from '../../core/contracts.ts';
import { trainLoop } from '../nets/training.ts';
import type { LoopConfig } from '../nets/training.ts';
import { initialLayers, networkLoss, variablesOf } from './mlp-loss.ts';
import type { DenseLayer } from './network.ts';

export interface TrainingConfig extends LoopConfig {
  /** Units of each hidden layer. */
  hidden: readonly number[];
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
  const { openTensorGate } = await import('../tensor.ts');
  const gate = await openTensorGate(backends);
  const { tf } = gate;
  const rate = clicks.reduce((sum, click) => sum + click, 0) / clicks.length;
  const { columns, data } = inputs;
  const sizes = [columns, ...config.hidden, 1];
  const start = initialLayers(sizes, Math.log(rate / (1 - rate)), random.stream('init'));
  const layerVariables = variablesOf(gate, start);
  const variables = layerVariables.flatMap(({ weights, bias }) => [weights, bias]);
  const layersOf = (values: readonly Float32Array[]): DenseLayer[] =>
    start.map(({ inputs: from, outputs }, l) => {
      const [weights, bias] = [values[2 * l], values[2 * l + 1]].map((one) => Float64Array.from(one));
      return { inputs: from, outputs, weights, bias };
    });
  try {
    const { weights, ...report } = await trainLoop(
      gate,
      {
        name: 'mlp',
        rows: inputs.rows,
        variables,
        lossOf(rows) {
          const x = new Float32Array(rows.length * columns);
          rows.forEach((row, i) => {
            for (let j = 0; j < columns; j++) x[i * columns + j] = data[row * columns + j];
          });
          const xs = tf.tensor2d(x, [rows.length, columns]);
          const ys = tf.tensor2d(
            Float32Array.from(rows, (row) => clicks[row]),
            [rows.length, 1],
          );
          return () => networkLoss(gate, layerVariables, xs, ys, config.weightDecay);
        },
        validate: (values) => validate(layersOf(values)),
      },
      config,
      random,
    );
    return { ...report, layers: layersOf(weights) };
  } finally {
    variables.forEach((variable) => variable.dispose());
  }
}
