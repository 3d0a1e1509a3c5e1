/**
 * A fitted click network as plain numbers: predicts n×k rows without tensors. The first layer is linear in context,
 * action and matches, so its context part is computed once per row and its action part once per fit.
 */
import type { ActionTable, Matrix, Requests } from '../../core/contracts.ts';
import type { FeatureMap, Standardisation } from './features.ts';

/** One dense layer: out = in · weights + bias. */
export interface DenseLayer {
  inputs: number;
  outputs: number;
  /** (inputs×outputs) row-major. */
  weights: Float64Array;
  /** (outputs) */
  bias: Float64Array;
}

/** Fills a matrix with P(click) of every row and action. */
export type Predict = (requests: Requests, out: Matrix) => void;

/**
 * The forward pass of ReLU layers with one logistic output. Inputs of the first layer: standardised features
 * (`map.size`), then one unit per action. Every row is computed on its own: batches change no digit.
 */
export function networkPredict(
  layers: readonly DenseLayer[],
  map: FeatureMap,
  actions: ActionTable,
  scale: Standardisation,
): Predict {
  const first = foldFirstLayer(layers[0], map, actions, scale);
  const width = layers[0].outputs;
  const fromContext = new Float64Array(width);
  const buffers = buffersOf(layers);
  const hidden = buffers[0];
  const { context: d, matches } = map;
  const k = actions.size;

  return (requests, out) => {
    const { data } = requests.context;
    for (let i = 0; i < requests.size; i++) {
      fromContext.fill(0);
      accumulate(data, i * d, d, first.context, width, fromContext);
      for (let a = 0; a < k; a++) {
        for (let u = 0; u < width; u++) hidden[u] = fromContext[u] + first.action[a * width + u];
        for (let j = 0; j < matches; j++) {
          const column = map.matchColumn[a * matches + j];
          const v = column < 0 ? 0 : data[i * d + column];
          if (v !== 0) for (let u = 0; u < width; u++) hidden[u] += v * first.match[j * width + u];
        }
        out.data[i * k + a] = finish(layers, buffers);
      }
    }
  };
}

/** (rows) P(click) of rows of inputs (rows × inputs of the first layer). */
export function networkOutputs(layers: readonly DenseLayer[], inputs: Matrix): Float64Array {
  const buffers = buffersOf(layers);
  const { columns, data } = inputs;
  return Float64Array.from({ length: inputs.rows }, (_, i) => {
    buffers[0].set(layers[0].bias);
    accumulate(data, i * columns, columns, layers[0].weights, layers[0].outputs, buffers[0]);
    return finish(layers, buffers);
  });
}

function buffersOf(layers: readonly DenseLayer[]): Float64Array[] {
  return layers.map((layer) => new Float64Array(layer.outputs));
}

/** From the first layer's sums in `buffers[0]` to the probability. */
function finish(layers: readonly DenseLayer[], buffers: readonly Float64Array[]): number {
  for (let l = 1; l < layers.length; l++) {
    const { inputs, outputs, weights, bias } = layers[l];
    rectify(buffers[l - 1]);
    buffers[l].set(bias);
    accumulate(buffers[l - 1], 0, inputs, weights, outputs, buffers[l]);
  }
  return 1 / (1 + Math.exp(-buffers[layers.length - 1][0]));
}

interface FirstLayer {
  /** (d×width) on the raw context. */
  context: Float64Array;
  /** (k×width) bias included. */
  action: Float64Array;
  /** (matches×width) on the raw match. */
  match: Float64Array;
}

/** Takes standardisation into the weights: w·(x − mean)/scale = (w/scale)·x − (w/scale)·mean. */
function foldFirstLayer(layer: DenseLayer, map: FeatureMap, actions: ActionTable, scale: Standardisation): FirstLayer {
  const { context: d, action: f, matches, size } = map;
  const width = layer.outputs;
  const k = actions.size;
  const scaled = (j: number, u: number): number => layer.weights[j * width + u] * scale.inverseScale[j];
  const block = (from: number, rows: number): Float64Array =>
    Float64Array.from({ length: rows * width }, (_, c) => scaled(from + Math.floor(c / width), c % width));
  const action = new Float64Array(k * width);
  for (let a = 0; a < k; a++) {
    for (let u = 0; u < width; u++) {
      let sum = layer.bias[u] + layer.weights[(size + a) * width + u];
      for (let j = 0; j < size; j++) {
        const isAction = j >= d && j < d + f;
        sum += scaled(j, u) * ((isAction ? actions.features.data[a * f + j - d] : 0) - scale.mean[j]);
      }
      action[a * width + u] = sum;
    }
  }
  return { context: block(0, d), action, match: block(d + f, matches) };
}

function rectify(values: Float64Array): void {
  for (let u = 0; u < values.length; u++) if (values[u] < 0) values[u] = 0;
}

/** out += in · weights, four non-zero inputs at a time: half of rectified inputs are 0. */
function accumulate(
  input: Float64Array,
  from: number,
  inputs: number,
  weights: Float64Array,
  outputs: number,
  out: Float64Array,
): void {
  let j = 0;
  let count = 0;
  let w0 = 0;
  let w1 = 0;
  let w2 = 0;
  let v0 = 0;
  let v1 = 0;
  let v2 = 0;
  for (; j < inputs; j++) {
    const v = input[from + j];
    if (v === 0) continue;
    const w = j * outputs;
    if (count === 0) {
      w0 = w;
      v0 = v;
      count = 1;
    } else if (count === 1) {
      w1 = w;
      v1 = v;
      count = 2;
    } else if (count === 2) {
      w2 = w;
      v2 = v;
      count = 3;
    } else {
      for (let u = 0; u < outputs; u++) {
        out[u] += v0 * weights[w0 + u] + v1 * weights[w1 + u] + v2 * weights[w2 + u] + v * weights[w + u];
      }
      count = 0;
    }
  }
  if (count > 0) for (let u = 0; u < outputs; u++) out[u] += v0 * weights[w0 + u];
  if (count > 1) for (let u = 0; u < outputs; u++) out[u] += v1 * weights[w1 + u];
  if (count > 2) for (let u = 0; u < outputs; u++) out[u] += v2 * weights[w2 + u];
}
