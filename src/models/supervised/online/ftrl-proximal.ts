/** FTRL-Proximal: logistic regression that learns a row at a time and keeps its weights sparse. */
import type { HashedRow } from './hashed-rows.ts';

export interface FtrlRates {
  /** α > 0: how far the first steps of a weight go. */
  alpha: number;
  /** β ≥ 0: steadies the first steps. */
  beta: number;
  /** λ₁ ≥ 0: a weight stays 0 until its gradients add up to more. */
  l1: number;
  /** λ₂ ≥ 0 */
  l2: number;
}

/** What is kept of a weight. */
export interface FtrlState {
  /** (outputs×slots) z: gradients, less what the steps made of them. */
  z: Float64Array;
  /** (outputs×slots) n: summed squared gradients. */
  n: Float64Array;
}

export interface FtrlProximal {
  /** Fills `odds` (outputs) with the probabilities of a row: of one output P(1), of more a softmax. */
  predict(row: HashedRow, odds: Float64Array): void;
  /** Learns that a row of these `odds`, just predicted, has the label; `weight` ≥ 0 counts it so many times. */
  learn(row: HashedRow, odds: Float64Array, label: number, weight: number): void;
}

/**
 * McMahan et al. 2013, Ad click prediction: a view from the trenches, algorithm 1. Slots that a row names twice add up. Works on
 * `state` in place. For three and more classes each has its weights and the gradient is the softmax's.
 */
export function ftrlProximal({ z, n }: FtrlState, outputs: number, { alpha, beta, l1, l2 }: FtrlRates): FtrlProximal {
  const slots = z.length / outputs;

  function weightOf(at: number): number {
    const sum = z[at];
    if (sum <= l1 && sum >= -l1) return 0;
    return -(sum - (sum > 0 ? l1 : -l1)) / ((beta + Math.sqrt(n[at])) / alpha + l2);
  }

  return {
    predict({ count, slot, value }, odds) {
      let most = -Infinity;
      for (let o = 0; o < outputs; o++) {
        let sum = 0;
        for (let c = 0; c < count; c++) sum += weightOf(o * slots + slot[c]) * value[c];
        odds[o] = sum;
        most = Math.max(most, sum);
      }
      if (outputs === 1) {
        odds[0] = 1 / (1 + Math.exp(-odds[0]));
        return;
      }
      let total = 0;
      for (let o = 0; o < outputs; o++) total += odds[o] = Math.exp(odds[o] - most);
      for (let o = 0; o < outputs; o++) odds[o] /= total;
    },
    learn({ count, slot, value }, odds, label, weight) {
      for (let o = 0; o < outputs; o++) {
        const happened = outputs === 1 ? label : Number(label === o);
        const error = weight * (odds[o] - happened);
        for (let c = 0; c < count; c++) {
          const at = o * slots + slot[c];
          const g = error * value[c];
          const more = n[at] + g * g;
          const sigma = (Math.sqrt(more) - Math.sqrt(n[at])) / alpha;
          z[at] += g - sigma * weightOf(at);
          n[at] = more;
        }
      }
    },
  };
}
