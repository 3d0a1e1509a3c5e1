/** What goes into the dense layers as it is: numbers, embeddings of fields, and the mean embedding of each sequence. */
import type { Tensor2D } from '../../tensor.ts';
import { besideTarget, productsWithTarget, widthBesideTarget } from './part.ts';
import type { Part, PartShape } from './part.ts';

/** Standardised numbers. */
export function numbersPart({ design }: PartShape): Part {
  const d = design.numbers.columns;
  return {
    width: d,
    learn: () => (batch) => batch.numbers as Tensor2D,
    use: () => (inputs, i, out, at) => {
      for (let j = 0; j < d; j++) out[at + j] = inputs.numbers[i * d + j];
    },
  };
}

/** The embedding of each field, one beside the other. */
export function fieldsPart({ design, embedding: e }: PartShape): Part {
  const F = design.fields.length;
  return {
    width: F * e,
    learn: (tf) => (batch) => tf.reshape(batch.fields as Tensor2D, [batch.size, F * e]),
    use: (_, table) => (inputs, i, out, at) => {
      for (let f = 0; f < F; f++) {
        const from = inputs.codes[i * F + f] * e;
        for (let j = 0; j < e; j++) out[at + f * e + j] = table[from + j];
      }
    },
  };
}

/** The mean of a sequence's embeddings: all that is known of it but the order (Covington et al. 2016, section 3.2). */
export function pooledPart({ design, embedding: e }: PartShape, s: number): Part {
  const { steps: T, target } = design.sequences[s];
  const of = { target, fields: design.fields.length };
  return {
    width: widthBesideTarget(e, target),
    learn: (tf) => (batch) => {
      const { events, mask, target: towards } = batch.sequences[s];
      const sum = tf.sum(tf.mul(events, tf.reshape(mask, [batch.size, T, 1])), 1) as Tensor2D;
      const count = tf.maximum(tf.sum(mask, 1, true), 1);
      return besideTarget(tf, tf.div<Tensor2D>(sum, count), towards);
    },
    use: (_, table) => (inputs, i, out, at) => {
      meanEvent(inputs.sequences[s], i, T, e, table, out, at);
      productsWithTarget(inputs, i, of, table, e, out, at);
    },
  };
}

/** Fills `out` [at, at + e) with the mean embedding of row i's events; 0 where there are none. */
export function meanEvent(
  { codes, length }: { codes: Int32Array; length: Int32Array },
  i: number,
  T: number,
  e: number,
  table: Float32Array,
  out: Float64Array,
  at: number,
): void {
  const n = length[i];
  for (let j = 0; j < e; j++) out[at + j] = 0;
  for (let t = T - n; t < T; t++) {
    const from = codes[i * T + t] * e;
    for (let j = 0; j < e; j++) out[at + j] += table[from + j] / n;
  }
}
