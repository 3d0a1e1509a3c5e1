/**
 * Weights of eight bits (Jacob et al. 2018, Quantization and training of neural networks for efficient integer-arithmetic-only
 * inference, CVPR): symmetric, one scale for each output; inputs of a layer are rounded by one scale for each row as they
 * come. Products add up in 32-bit integers.
 */
import type { DenseLayer } from '../ctr/network.ts';
import type { Scorer } from './scorer.ts';

/** 127 · 127 · inputs must stay below 2³¹. */
const MOST_INPUTS = 133_000;
const MOST = 127;

export interface QuantisedLayer {
  inputs: number;
  outputs: number;
  /** (inputs×outputs) row-major. */
  weights: Int8Array;
  /** (outputs) what a weight of 1 stands for. */
  scale: Float32Array;
  /** (outputs) */
  bias: Float32Array;
}

/** Throws RangeError where a layer has more inputs than 32 bits can add up, or a weight that is no number. */
export function quantise(layers: readonly DenseLayer[]): QuantisedLayer[] {
  return layers.map(({ inputs, outputs, weights, bias }, l) => {
    if (inputs > MOST_INPUTS)
      throw new RangeError(`quantise: layer ${l} has ${inputs} inputs, more than ${MOST_INPUTS}`);
    if (!weights.every(Number.isFinite)) throw new RangeError(`quantise: layer ${l} has a weight that is not finite`);
    const levels = new Int8Array(inputs * outputs);
    const scale = new Float32Array(outputs);
    for (let o = 0; o < outputs; o++) {
      let largest = 0;
      for (let j = 0; j < inputs; j++) largest = Math.max(largest, Math.abs(weights[j * outputs + o]));
      scale[o] = largest / MOST;
      if (scale[o] === 0) continue;
      for (let j = 0; j < inputs; j++) {
        const level = Math.round(weights[j * outputs + o] / scale[o]);
        levels[j * outputs + o] = Math.max(-MOST, Math.min(MOST, level));
      }
    }
    return { inputs, outputs, weights: levels, scale, bias: Float32Array.from(bias) };
  });
}

/** A byte a weight, eight for the scale and bias of each output. */
export function quantisedScorer(layers: readonly DenseLayer[], name = 'int8'): Scorer {
  const net = quantise(layers);
  const widest = Math.max(...net.map(({ inputs, outputs }) => Math.max(inputs, outputs)));
  const values = new Float64Array(widest);
  const sums = new Int32Array(widest);
  return {
    name,
    bytes: net.reduce((sum, { weights, scale, bias }) => sum + weights.length + 4 * (scale.length + bias.length), 0),
    predict({ rows, columns, data }, out) {
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < columns; j++) values[j] = data[i * columns + j];
        net.forEach((layer, l) => step(layer, l < net.length - 1, values, sums));
        out[i] = 1 / (1 + Math.exp(-values[0]));
      }
    },
  };
}

/** Replaces a layer's inputs in `values` by its outputs. Inputs of level 0 cost nothing: half of rectified ones are. */
function step(
  { inputs, outputs, weights, scale, bias }: QuantisedLayer,
  rectify: boolean,
  values: Float64Array,
  sums: Int32Array,
): void {
  let largest = 0;
  for (let j = 0; j < inputs; j++) largest = Math.max(largest, Math.abs(values[j]));
  const unit = largest / MOST;
  const perUnit = unit === 0 ? 0 : 1 / unit;
  sums.fill(0, 0, outputs);
  for (let j = 0; j < inputs; j++) {
    const level = Math.round(values[j] * perUnit) | 0;
    if (level === 0) continue;
    for (let o = 0, w = j * outputs; o < outputs; o++, w++) sums[o] += Math.imul(level, weights[w]);
  }
  for (let o = 0; o < outputs; o++) {
    const sum = unit * scale[o] * sums[o] + bias[o];
    values[o] = rectify && sum < 0 ? 0 : sum;
  }
}
