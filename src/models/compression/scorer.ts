/** A click network in some form, ready to predict; and the forms that keep plain weights. */
import type { Matrix } from '../../core/contracts.ts';
import { networkScorer } from '../ctr/network.ts';
import type { DenseLayer } from '../ctr/network.ts';
import { fromHalves, toHalves } from './half.ts';

export interface Scorer {
  name: string;
  /** What is kept of it on disk. */
  bytes: number;
  /** Fills `out` (rows) with P(click) of rows of inputs. Rows are computed on their own: batches change no digit. */
  predict(inputs: Matrix, out: Float64Array): void;
}

/** Numbers of a network: weights and biases. */
export function parameterCount(layers: readonly DenseLayer[]): number {
  return layers.reduce((sum, { weights, bias }) => sum + weights.length + bias.length, 0);
}

function rounded(layers: readonly DenseLayer[], round: (values: Float64Array) => Float64Array): DenseLayer[] {
  return layers.map((layer) => ({ ...layer, weights: round(layer.weights), bias: round(layer.bias) }));
}

/** As it was trained: single precision, four bytes a number. */
export function singleScorer(layers: readonly DenseLayer[], name = 'float32'): Scorer {
  const single = rounded(layers, (values) => values.map(Math.fround));
  return { name, bytes: 4 * parameterCount(layers), predict: networkScorer(single) };
}

/** Two bytes a number on disk; computed in full precision. */
export function halfScorer(layers: readonly DenseLayer[], name = 'float16'): Scorer {
  const half = rounded(layers, (values) => fromHalves(toHalves(values)));
  return { name, bytes: 2 * parameterCount(layers), predict: networkScorer(half) };
}
