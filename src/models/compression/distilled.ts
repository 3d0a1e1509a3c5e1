/** A small network that learns what a large one says (Hinton et al. 2015, Distilling the knowledge in a neural network). */
import type { Matrix, Random } from '../../core/contracts.ts';
import type { DenseLayer } from '../ctr/network.ts';
import { adamOptimiser } from '../nets/adam.ts';
import { denseNet } from '../nets/dense-net.ts';

export interface DistillationOptions {
  /** Units of the student's hidden layers. */
  hidden: readonly number[];
  /** Divides both nets' logits: above 1 the teacher's doubts count for more. Default 2. */
  temperature?: number;
  /** Share of the teacher's words in the loss; the rest is of the labels. Default 0.9. */
  share?: number;
  /** Passes over the rows; default 20. */
  epochs?: number;
  /** Rows a step; default 64. */
  batch?: number;
  learningRate?: number;
}

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
/** Odds that no teacher means: its logit stays finite. */
const LEAST = 1e-7;

/**
 * Trains a student on rows (rows×inputs), the teacher's P(click) of each and the labels: minimises share·T²·cross-entropy of
 * σ(z/T) against the teacher's, plus (1 − share)·cross-entropy of σ(z) against the label (Hinton et al., §2).
 * Deterministic in its arguments. Throws RangeError where the columns differ in length.
 */
export function distil(
  inputs: Matrix,
  teacher: Float64Array,
  labels: ArrayLike<number>,
  options: DistillationOptions,
  random: Random,
): DenseLayer[] {
  const { hidden, temperature = 2, share = 0.9, epochs = 20, batch = 64, learningRate = 3e-3 } = options;
  const { rows, columns, data } = inputs;
  if (teacher.length !== rows || labels.length !== rows)
    throw new RangeError('distil: a teacher and a label for every row');
  const net = denseNet([columns, ...hidden, 1], random.stream('student'), { lastScale: 0.1 });
  const optimiser = adamOptimiser(net.parameters.length, { learningRate });
  const wanted = teacher.map((p) => {
    const held = Math.min(1 - LEAST, Math.max(LEAST, p));
    return sigmoid(Math.log(held / (1 - held)) / temperature);
  });
  const order = Uint32Array.from({ length: rows }, (_, i) => i);
  const x = new Float64Array(batch * columns);
  const slope = new Float64Array(batch);
  for (let epoch = 0; epoch < epochs; epoch++) {
    random.stream('order', epoch).sequence().shuffle(order);
    for (let from = 0; from < rows; from += batch) {
      const part = order.subarray(from, from + batch);
      part.forEach((row, i) => x.set(data.subarray(row * columns, (row + 1) * columns), i * columns));
      const z = net.forward(x, part.length);
      part.forEach((row, i) => {
        const soft = temperature * (sigmoid(z[i] / temperature) - wanted[row]);
        slope[i] = (share * soft + (1 - share) * (sigmoid(z[i]) - labels[row])) / part.length;
      });
      net.backward(slope, part.length);
      optimiser.step(net.parameters, net.gradient);
    }
  }
  return layersOf(net.sizes, net.parameters);
}

function layersOf(sizes: readonly number[], parameters: Float64Array): DenseLayer[] {
  let at = 0;
  return sizes.slice(1).map((outputs, l) => {
    const inputs = sizes[l];
    const weights = parameters.slice(at, at + inputs * outputs);
    const bias = parameters.slice(at + inputs * outputs, at + inputs * outputs + outputs);
    at += inputs * outputs + outputs;
    return { inputs, outputs, weights, bias };
  });
}
