/** The network as tensors: initial weights from our own random source, and the loss that Adam descends. */
import type { Random } from '../../core/random.ts';
import { networkEntropy } from '../tensor.ts';
import type { Scalar, Tensor2D, TensorGate, Variable } from '../tensor.ts';
import type { DenseLayer } from './network.ts';

/** The variables of one dense layer. */
export interface LayerVariables {
  /** (inputs×outputs) */
  weights: Variable;
  /** (outputs) */
  bias: Variable;
}

/** He's initialisation for ReLU units (He et al. 2015); the output starts at `logOdds` with small weights. */
export function initialLayers(sizes: readonly number[], logOdds: number, random: Random): DenseLayer[] {
  return sizes.slice(1).map((outputs, l) => {
    const inputs = sizes[l];
    const last = l === sizes.length - 2;
    const spread = last ? 0.1 / Math.sqrt(inputs) : Math.sqrt(2 / inputs);
    const weights = Float64Array.from({ length: inputs * outputs }, (_, c) => spread * random.normal(l, c));
    return { inputs, outputs, weights, bias: new Float64Array(outputs).fill(last ? logOdds : 0) };
  });
}

/** Variables that start at these weights (in single precision). */
export function variablesOf({ tf }: TensorGate, layers: readonly DenseLayer[]): LayerVariables[] {
  const variable = (values: Float64Array, shape: number[]): Variable => {
    const start = tf.tensor(Float32Array.from(values), shape);
    const made = tf.variable(start);
    start.dispose();
    return made;
  };
  return layers.map((layer) => ({
    weights: variable(layer.weights, [layer.inputs, layer.outputs]),
    bias: variable(layer.bias, [layer.outputs]),
  }));
}

/** Mean binary cross-entropy of x (b×inputs) and labels y (b×1), plus weightDecay/2 · |weights|² (biases are free). */
export function networkLoss(
  { tf }: TensorGate,
  layers: readonly LayerVariables[],
  x: Tensor2D,
  y: Tensor2D,
  weightDecay: number,
): Scalar {
  const entropy = networkEntropy(tf, layers, x, y);
  if (weightDecay === 0) return entropy;
  const norms = layers.map(({ weights }) => tf.sum<Scalar>(tf.square(weights)));
  return tf.add<Scalar>(entropy, tf.mul(0.5 * weightDecay, tf.addN(norms)));
}
