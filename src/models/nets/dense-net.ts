/**
 * A small network of dense layers, forwards and backwards in plain loops. On nets of a few thousand weights and batches
 * of a few dozen rows this learns faster than any tensor back end on a CPU (`npm run bench -- dqn`), needs no waiting, and
 * gives the same digits everywhere.
 */
import type { Random } from '../../core/random.ts';
import { multiplyAdd } from './multiply-add.ts';

export interface DenseNet {
  /** Widths, inputs first. */
  sizes: readonly number[];
  /** All weights and biases, layer by layer: (inputs×outputs) weights row by row, then (outputs) biases. */
  parameters: Float64Array;
  /** Of the loss with respect to `parameters`; `backward` adds to it. */
  gradient: Float64Array;
  /** (n×outputs) of n rows of inputs; the buffer is used again. */
  forward(inputs: Float64Array, n: number): Float64Array;
  /** (n×width) what the last hidden layer makes of n rows of inputs; the buffer is used again. Needs a hidden layer. */
  represent(inputs: Float64Array, n: number): Float64Array;
  /** Adds the gradient of a loss whose derivative with respect to the last `forward`'s outputs is `outputs` (n×outputs). */
  backward(outputs: Float64Array, n: number): void;
  /** A net of the same shape with the same parameters. */
  clone(): DenseNet;
}

export interface DenseNetOptions {
  /** Of hidden layers; the last layer is linear. Default relu. */
  activation?: 'relu' | 'tanh';
  /** Multiplies the last layer's first weights. Default 1; small ones begin with even odds. */
  lastScale?: number;
}

/** A net with weights N(0, 2/inputs) (He et al. 2015; for tanh 1/inputs) and biases 0. */
export function denseNet(sizes: readonly number[], random: Random, options: DenseNetOptions = {}): DenseNet {
  const { activation = 'relu', lastScale = 1 } = options;
  const layers = layersOf(sizes);
  const parameters = new Float64Array(layers[layers.length - 1].end);
  const gain = activation === 'relu' ? 2 : 1;
  layers.forEach(({ inputs, outputs, weights }, l) => {
    const scale = Math.sqrt(gain / inputs) * (l === layers.length - 1 ? lastScale : 1);
    for (let w = 0; w < inputs * outputs; w++) parameters[weights + w] = scale * random.normal(l, w);
  });
  return netOver(sizes, parameters, activation);
}

interface Layer {
  inputs: number;
  outputs: number;
  /** Where its weights, its biases and the next layer begin. */
  weights: number;
  bias: number;
  end: number;
}

function layersOf(sizes: readonly number[]): Layer[] {
  let at = 0;
  return sizes.slice(1).map((outputs, l) => {
    const inputs = sizes[l];
    const weights = at;
    const bias = weights + inputs * outputs;
    at = bias + outputs;
    return { inputs, outputs, weights, bias, end: at };
  });
}

function netOver(sizes: readonly number[], parameters: Float64Array, activation: 'relu' | 'tanh'): DenseNet {
  const layers = layersOf(sizes);
  const gradient = new Float64Array(parameters.length);
  // (n×width) activations after each layer, and derivatives with respect to them.
  let kept: Float64Array[] = [];
  let slopes: Float64Array[] = [];
  let input: Float64Array = new Float64Array(0);
  let room = 0;
  const turned = new Float64Array(Math.max(...layers.map(({ inputs, outputs }) => inputs * outputs)));
  return {
    sizes,
    parameters,
    gradient,
    forward,
    represent,
    backward,
    clone: () => netOver(sizes, parameters.slice(), activation),
  };

  function forward(inputs: Float64Array, n: number): Float64Array {
    if (n > room) {
      kept = layers.map(({ outputs }) => new Float64Array(n * outputs));
      slopes = layers.map(({ outputs }) => new Float64Array(n * outputs));
      room = n;
    }
    input = inputs;
    layers.forEach((layer, l) => {
      affine(l === 0 ? inputs : kept[l - 1], layer, n, kept[l]);
      if (l < layers.length - 1) bend(kept[l], n * layer.outputs);
    });
    return kept[layers.length - 1];
  }

  function represent(inputs: Float64Array, n: number): Float64Array {
    forward(inputs, n);
    return kept[layers.length - 2];
  }

  function bend(values: Float64Array, count: number): void {
    if (activation === 'relu') {
      for (let c = 0; c < count; c++) if (values[c] < 0) values[c] = 0;
    } else for (let c = 0; c < count; c++) values[c] = Math.tanh(values[c]);
  }

  /** out = in · weights + bias. */
  function affine(from: Float64Array, { inputs, outputs, weights, bias }: Layer, n: number, out: Float64Array): void {
    for (let r = 0; r < n; r++) {
      for (let o = 0; o < outputs; o++) out[r * outputs + o] = parameters[bias + o];
    }
    multiplyAdd(from, inputs, 1, parameters, weights, out, 0, n, inputs, outputs);
  }

  function backward(outputs: Float64Array, n: number): void {
    slopes[layers.length - 1].set(outputs.subarray(0, n * sizes[sizes.length - 1]));
    for (let l = layers.length - 1; l >= 0; l--) {
      const below = l === 0 ? input : kept[l - 1];
      addGradient(below, slopes[l], layers[l], n);
      if (l === 0) return;
      passDown(slopes[l], layers[l], n, slopes[l - 1]);
      unbend(below, slopes[l - 1], n * layers[l].inputs);
    }
  }

  function unbend(values: Float64Array, slope: Float64Array, count: number): void {
    if (activation === 'relu') {
      for (let c = 0; c < count; c++) if (values[c] <= 0) slope[c] = 0;
    } else for (let c = 0; c < count; c++) slope[c] *= 1 - values[c] * values[c];
  }

  function addGradient(below: Float64Array, slope: Float64Array, layer: Layer, n: number): void {
    const { inputs, outputs, weights, bias } = layer;
    for (let r = 0; r < n; r++) {
      for (let o = 0; o < outputs; o++) gradient[bias + o] += slope[r * outputs + o];
    }
    multiplyAdd(below, 1, inputs, slope, 0, gradient, weights, inputs, n, outputs);
  }

  function passDown(slope: Float64Array, { inputs, outputs, weights }: Layer, n: number, out: Float64Array): void {
    for (let j = 0; j < inputs; j++) {
      for (let o = 0; o < outputs; o++) turned[o * inputs + j] = parameters[weights + j * outputs + o];
    }
    out.fill(0, 0, n * inputs);
    multiplyAdd(slope, outputs, 1, turned, 0, out, 0, n, outputs, inputs);
  }
}
