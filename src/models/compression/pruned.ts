/** Networks without their smallest weights (Han et al. 2015, Learning both weights and connections, NeurIPS), kept and computed sparsely. */
import type { DenseLayer } from '../ctr/network.ts';
import type { Scorer } from './scorer.ts';

/**
 * Sets the share `share` in [0, 1) of each layer's weights that is smallest in size to 0; of equal ones the earlier go first.
 * Biases stay. Not trained again afterwards. Throws RangeError on a share outside.
 */
export function prune(layers: readonly DenseLayer[], share: number): DenseLayer[] {
  if (!(share >= 0 && share < 1)) throw new RangeError(`prune: ${share} is not a share in [0, 1)`);
  return layers.map((layer) => {
    const weights = layer.weights.slice();
    const order = Uint32Array.from({ length: weights.length }, (_, w) => w);
    order.sort((a, b) => Math.abs(weights[a]) - Math.abs(weights[b]) || a - b);
    for (const w of order.subarray(0, Math.round(share * weights.length))) weights[w] = 0;
    return { ...layer, weights };
  });
}

/** Weights that are not 0, input by input. */
interface SparseLayer {
  outputs: number;
  /** (inputs + 1) where each input's weights begin. */
  starts: Int32Array;
  /** (kept) which output each goes to. */
  target: Uint16Array;
  /** (kept) */
  weights: Float32Array;
  /** (outputs) */
  bias: Float32Array;
}

function sparse({ inputs, outputs, weights, bias }: DenseLayer): SparseLayer {
  const starts = new Int32Array(inputs + 1);
  const target: number[] = [];
  const kept: number[] = [];
  for (let j = 0; j < inputs; j++) {
    for (let o = 0; o < outputs; o++) {
      const w = weights[j * outputs + o];
      if (w === 0) continue;
      target.push(o);
      kept.push(w);
    }
    starts[j + 1] = kept.length;
  }
  return {
    outputs,
    starts,
    target: Uint16Array.from(target),
    weights: Float32Array.from(kept),
    bias: Float32Array.from(bias),
  };
}

/** Six bytes a weight that is left, four for each input and each bias. Layers have at most 65,536 outputs. */
export function sparseScorer(layers: readonly DenseLayer[], name: string): Scorer {
  const net = layers.map(sparse);
  const buffers = net.map(({ outputs }) => new Float64Array(outputs));
  return {
    name,
    bytes: net.reduce(
      (sum, { starts, weights, bias }) => sum + 6 * weights.length + 4 * (starts.length + bias.length),
      0,
    ),
    predict({ rows, columns, data }, out) {
      for (let i = 0; i < rows; i++) {
        let from = data;
        let at = i * columns;
        for (let l = 0; l < net.length; l++) {
          spread(net[l], from, at, buffers[l], l < net.length - 1);
          from = buffers[l];
          at = 0;
        }
        out[i] = 1 / (1 + Math.exp(-from[0]));
      }
    },
  };
}

/** out = bias + Σ inputs · weights that are left. */
function spread(
  { starts, target, weights, bias }: SparseLayer,
  from: Float64Array,
  at: number,
  out: Float64Array,
  rectify: boolean,
): void {
  out.set(bias);
  for (let j = 0; j + 1 < starts.length; j++) {
    const v = from[at + j];
    if (v === 0) continue;
    for (let s = starts[j]; s < starts[j + 1]; s++) out[target[s]] += v * weights[s];
  }
  if (rectify) for (let o = 0; o < out.length; o++) if (out[o] < 0) out[o] = 0;
}
