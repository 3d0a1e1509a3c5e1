/** Losses of clicks and conversions, each as tensors and as plain numbers of one line. All are in nats per line. */
import { logitEntropy } from '../tensor.ts';
import type { Scalar, Tensor2D, TensorGate } from '../tensor.ts';
import { softplus } from '../supervised/networks/classifier.ts';
import { columnOf } from '../supervised/networks/towers.ts';
import type { Conversions } from './conversions.ts';

/** A loss of the logits of as many towers as `towers` says. */
export interface ConversionLoss {
  towers: number;
  tensor(gate: TensorGate, logits: readonly Tensor2D[], rows: Uint32Array): Scalar;
  plain(logits: readonly number[], i: number): number;
}

/** Cross-entropy of a label y in [0, 1], or beyond: unbiased labels of importance weighting may be above 1. */
export function labelLoss(label: ArrayLike<number>): ConversionLoss {
  return {
    towers: 1,
    tensor: (gate, [z], rows) => logitEntropy(gate.tf, z, columnOf(gate, label, rows)),
    plain: ([z], i) => softplus(z) - label[i] * z,
  };
}

/**
 * Over the entire space of impressions: cross-entropy of the click under p, and of "clicked and converted" under p·q (Ma et
 * al. 2018, equation 3). Towers: logits a of p, b of q. −log(p q) = softplus(−a) + softplus(−b), and
 * 1 − p q = (e^−a + e^−b + e^(−a−b)) p q.
 */
export function entireSpaceLoss({ click, converted }: Pick<Conversions, 'click' | 'converted'>): ConversionLoss {
  return {
    towers: 2,
    tensor(gate, [a, b], rows) {
      const { tf } = gate;
      const clicked = tf.sub(tf.softplus(a), tf.mul(columnOf(gate, click, rows), a));
      const [minusA, minusB] = [tf.neg(a), tf.neg(b)];
      const both = tf.add(tf.softplus(minusA), tf.softplus(minusB));
      const rest = tf.logSumExp(tf.concat([minusA, minusB, tf.add(minusA, minusB)], 1), 1, true);
      const without = tf.sub(1, columnOf(gate, converted, rows));
      return tf.mean<Scalar>(tf.add(clicked, tf.sub(both, tf.mul(without, rest))));
    },
    plain([a, b], i) {
      const both = softplus(-a) + softplus(-b);
      const most = Math.max(-a, -b, -a - b);
      const rest = most + Math.log(Math.exp(-a - most) + Math.exp(-b - most) + Math.exp(-a - b - most));
      return softplus(a) - click[i] * a + both - (converted[i] === 1 ? 0 : rest);
    },
  };
}

/**
 * The delayed feedback model (Chapelle 2014, equations 14 and 15): a click converts with probability p, after a time that is
 * exponential with rate λ. Towers: the logit z of p, and w = log λ [1 / `unitHours`]. Seen after d: −log p − w + λ d. Not
 * yet, after e: −log(1 − p + p e^(−λ e)) = softplus(z) − softplus(z − λ e). Window closed: −log(1 − p).
 */
export function delayedLoss(
  { converted, open, delay, age }: Pick<Conversions, 'converted' | 'open' | 'delay' | 'age'>,
  unitHours: number,
): ConversionLoss {
  const waited = delay.map((hours, i) => (converted[i] === 1 ? hours : age[i]) / unitHours);
  return {
    towers: 2,
    tensor(gate, [z, w], rows) {
      const { tf } = gate;
      // λ t is kept below e^30: beyond, nothing is left to be waited for.
      const elapsed = tf.mul(tf.exp(tf.minimum(w, 20)), columnOf(gate, waited, rows));
      const seen = tf.add(tf.softplus(tf.neg(z)), tf.sub(elapsed, w));
      const pending = tf.mul(columnOf(gate, open, rows), tf.softplus(tf.sub(z, elapsed)));
      const unseen = tf.sub(tf.softplus(z), pending);
      const y = columnOf(gate, converted, rows);
      return tf.mean<Scalar>(tf.add(tf.mul(y, seen), tf.mul(tf.sub(1, y), unseen)));
    },
    plain([z, w], i) {
      const elapsed = Math.exp(Math.min(w, 20)) * waited[i];
      if (converted[i] === 1) return softplus(-z) + elapsed - w;
      return softplus(z) - (open[i] === 1 ? softplus(z - elapsed) : 0);
    },
  };
}
