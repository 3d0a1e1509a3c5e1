/** Q(s, ·) by a network: one head, or a head for the state's value and one for what each action adds. */
import type { Random } from '../../../core/random.ts';
import { denseNet } from '../../../models/nets/dense-net.ts';
import type { DenseNet } from '../../../models/nets/dense-net.ts';

export interface ValueNet {
  net: DenseNet;
  /** (n×k); the buffer is used again. */
  values(inputs: Float64Array, n: number): Float64Array;
  /** Adds the gradient of a loss whose derivative with respect to the last `values` is `slope` (n×k). */
  backward(slope: Float64Array, n: number): void;
  clone(): ValueNet;
}

/**
 * Of d features and k actions. Dueling (Wang et al. 2016, eq. 9): Q = V + A − mean A, the net having k + 1 outputs of which
 * the last is V.
 */
export function valueNet(d: number, k: number, hidden: readonly number[], dueling: boolean, random: Random): ValueNet {
  return over(denseNet([d, ...hidden, dueling ? k + 1 : k], random, { lastScale: 0.1 }), k, dueling);
}

function over(net: DenseNet, k: number, dueling: boolean): ValueNet {
  let found = new Float64Array(0);
  let slopes = new Float64Array(0);
  return {
    net,
    clone: () => over(net.clone(), k, dueling),
    values(inputs, n) {
      const out = net.forward(inputs, n);
      if (!dueling) return out;
      if (found.length < n * k) found = new Float64Array(n * k);
      for (let i = 0; i < n; i++) {
        const from = i * (k + 1);
        let mean = 0;
        for (let a = 0; a < k; a++) mean += out[from + a] / k;
        for (let a = 0; a < k; a++) found[i * k + a] = out[from + k] + out[from + a] - mean;
      }
      return found;
    },
    backward(slope, n) {
      if (!dueling) return net.backward(slope, n);
      if (slopes.length < n * (k + 1)) slopes = new Float64Array(n * (k + 1));
      for (let i = 0; i < n; i++) {
        let sum = 0;
        for (let a = 0; a < k; a++) sum += slope[i * k + a];
        for (let a = 0; a < k; a++) slopes[i * (k + 1) + a] = slope[i * k + a] - sum / k;
        slopes[i * (k + 1) + k] = sum;
      }
      return net.backward(slopes, n);
    },
  };
}
