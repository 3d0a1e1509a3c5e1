/** Weights drawn from our own random numbers, and the few layers that the networks are made of. */
import type { Random } from '../../core/random.ts';
import { affine, batchNormalised } from '../tensor.ts';
import type { Tensor, Tensor1D, Tensor4D, Tf, Variable } from '../tensor.ts';

/** The variables of a network, in the order in which they were made: the order in which they are saved. */
export interface Weights {
  variables: Variable[];
  /** Normal numbers: standard deviation √(2 / inputs) (He et al. 2015, equation 10) unless the list has another. */
  normal(shape: number[], inputs: number): Variable;
  constant(shape: number[], value: number): Variable;
  dispose(): void;
}

/** An empty list of weights that draws from `random`, with one standard deviation for all layers where it is given. */
export function weights(tf: Tf, random: Random, spread?: number): Weights {
  const variables: Variable[] = [];
  const add = (values: Float32Array, shape: number[]): Variable => {
    const variable = tf.tidy(() => tf.variable(tf.tensor(values, shape)));
    variables.push(variable);
    return variable;
  };
  const sizeOf = (shape: number[]): number => shape.reduce((product, size) => product * size, 1);
  return {
    variables,
    normal(shape, inputs) {
      const source = random.stream('weights', variables.length);
      const deviation = spread ?? Math.sqrt(2 / inputs);
      return add(
        Float32Array.from({ length: sizeOf(shape) }, (_, i) => deviation * source.normal(i, 0)),
        shape,
      );
    },
    constant: (shape, value) => add(new Float32Array(sizeOf(shape)).fill(value), shape),
    dispose: () => variables.forEach((variable) => variable.dispose()),
  };
}

/** Values of all variables, in order. */
export async function readWeights(list: Weights): Promise<Float32Array[]> {
  return Promise.all(list.variables.map(async (variable) => (await variable.data()) as Float32Array));
}

/** Sets all variables. Throws RangeError where the sizes differ. */
export function writeWeights(tf: Tf, list: Weights, values: readonly Float32Array[]): void {
  if (values.length !== list.variables.length) throw new RangeError('writeWeights: a different number of variables');
  list.variables.forEach((variable, i) => {
    if (values[i].length !== variable.size) throw new RangeError(`writeWeights: variable ${i} has another size`);
    tf.tidy(() => variable.assign(tf.tensor(values[i], variable.shape)));
  });
}

/** x·w + b for x (n×inputs). */
export type Layer = (x: Tensor) => Tensor;

export function dense(tf: Tf, list: Weights, inputs: number, outputs: number): Layer {
  const w = list.normal([inputs, outputs], inputs);
  const b = list.constant([outputs], 0);
  return (x) => affine(tf, x, w, b);
}

const KERNEL = 4;
export const LEAK = 0.2;

/**
 * The leaky rectifier, with a gradient that is itself a product: unlike `tf.leakyRelu`'s, which compares, it can be
 * derived again (a gradient penalty needs that). The slope counts as constant, as it is almost everywhere.
 */
export function leaky(tf: Tf, x: Tensor): Tensor {
  // There its gradient is a kernel that can be derived; on wasm it would round otherwise.
  if (tf.getBackend() === 'tensorflow') return tf.leakyRelu(x, LEAK);
  const operation = tf.customGrad((...args) => {
    const [input, save] = args as unknown as [Tensor, (kept: Tensor[]) => void];
    const slope = tf.step(input, LEAK);
    save([slope]);
    const gradFunc = (dy: Tensor, [factor]: Tensor[]): Tensor => tf.mul(dy, factor);
    return { value: tf.mul(input, slope), gradFunc: gradFunc as never };
  });
  return operation(x);
}

/** A 4×4 convolution that halves height and width, with bias. */
export function halving(tf: Tf, list: Weights, inputs: number, outputs: number): Layer {
  const w = list.normal([KERNEL, KERNEL, inputs, outputs], KERNEL * KERNEL * inputs);
  const b = list.constant([outputs], 0);
  return (x) => tf.add(tf.conv2d(x as Tensor4D, w as Tensor as Tensor4D, 2, 'same'), b);
}

/** A 4×4 transposed convolution that doubles height and width, with bias. */
export function doubling(tf: Tf, list: Weights, inputs: number, outputs: number): Layer {
  // A quarter of the kernel meets each output pixel at stride 2.
  const w = list.normal([KERNEL, KERNEL, outputs, inputs], (KERNEL * KERNEL * inputs) / 4);
  const b = list.constant([outputs], 0);
  return (x) => {
    const [n, height, width] = x.shape;
    const shape: [number, number, number, number] = [n, 2 * height, 2 * width, outputs];
    return tf.add(tf.conv2dTranspose(x as Tensor4D, w as Tensor as Tensor4D, shape, 2, 'same'), b);
  };
}

/** Mean and variance of each channel. */
export interface ChannelStatistics {
  mean: Tensor;
  variance: Tensor;
}

const EPSILON = 1e-5;
const ALL_BUT_CHANNELS = [0, 1, 2];

function channelStatistics(tf: Tf, x: Tensor): ChannelStatistics {
  const mean = tf.mean(x, ALL_BUT_CHANNELS);
  return { mean, variance: tf.mean(tf.square(tf.sub(x, mean)), ALL_BUT_CHANNELS) };
}

function normalise(tf: Tf, x: Tensor, { mean, variance }: ChannelStatistics, gain: Tensor, offset: Tensor): Tensor {
  return tf.batchNorm(
    x as Tensor4D,
    mean as Tensor1D,
    variance as Tensor1D,
    offset as Tensor1D,
    gain as Tensor1D,
    EPSILON,
  );
}

/**
 * Batch normalisation by the batch's own statistics (Ioffe & Szegedy 2015, algorithm 1, and the gradient below it). The
 * gradient is written out: TensorFlow.js takes the long way round, through mean and variance.
 */
function normaliseBatch(tf: Tf, x: Tensor, gain: Tensor, offset: Tensor): Tensor {
  const whole = batchNormalised(tf, x, gain, offset, EPSILON);
  if (whole !== undefined) return whole;
  const operation = tf.customGrad((...args) => {
    const [input, scale, shift, save] = args as unknown as [Tensor, Tensor, Tensor, (kept: Tensor[]) => void];
    const statistics = channelStatistics(tf, input);
    save([input, scale, statistics.mean, statistics.variance]);
    const gradFunc = (dy: Tensor, [from, factor, mean, variance]: Tensor[]): Tensor[] => {
      const inverse = tf.rsqrt(tf.add(variance, EPSILON));
      const standard = tf.mul(tf.sub(from, mean), inverse);
      const shiftGradient = tf.sum(dy, ALL_BUT_CHANNELS);
      const scaleGradient = tf.sum(tf.mul(dy, standard), ALL_BUT_CHANNELS);
      const rows = from.size / mean.size;
      const common = tf.add(tf.mul(standard, tf.div(scaleGradient, rows)), tf.div(shiftGradient, rows));
      return [tf.mul(tf.sub(dy, common), tf.mul(inverse, factor)), scaleGradient, shiftGradient];
    };
    return { value: normalise(tf, input, statistics, scale, shift), gradFunc: gradFunc as never };
  });
  return operation(x, gain, offset);
}

/** Batch normalisation over all but the last axis, with a gain and an offset per channel; `fixed` statistics win. */
export function normalising(
  tf: Tf,
  list: Weights,
  channels: number,
): (x: Tensor, fixed?: ChannelStatistics, seen?: (batch: ChannelStatistics) => void) => Tensor {
  const gain = list.constant([channels], 1);
  const offset = list.constant([channels], 0);
  return (x, fixed, seen) => {
    seen?.(channelStatistics(tf, x));
    return fixed === undefined ? normaliseBatch(tf, x, gain, offset) : normalise(tf, x, fixed, gain, offset);
  };
}
