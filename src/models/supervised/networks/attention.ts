/**
 * Deep Interest Network: a sequence as a sum of its events, each weighted by how much it has to do with the target (Zhou
 * et al. 2018, section 4.3, equation 3; weights are not normalised, so that intensity is kept). Their unit reads event,
 * target and the products of the two; differences add nothing that its linear layer does not span. Beyond the paper, each
 * event carries an embedding of how many events ago it was: without it attention knows no order.
 */
import type { Tensor, Tensor2D } from '../../tensor.ts';
import { besideTarget, productsWithTarget, small, widthBesideTarget } from './part.ts';
import type { Part, PartShape } from './part.ts';

/** Units of the attention's hidden layer. */
const UNITS = 16;

export function attentionPart({ design, embedding: e }: PartShape, s: number): Part {
  const { steps: T, target } = design.sequences[s];
  const of = { target, fields: design.fields.length };
  return {
    width: widthBesideTarget(e, target),
    learn(tf, list) {
      const places = small(list, [T, e], 0.1);
      const ofEvent = list.normal([e, UNITS], e);
      const ofTarget = list.normal([e, UNITS], e);
      const ofProduct = list.normal([e, UNITS], e);
      const bias = list.constant([UNITS], 0);
      const read = small(list, [UNITS, 1], 0.1 / Math.sqrt(UNITS));
      // Begins as a plain sum of all events, half as loud.
      const readBias = list.constant([1], 0.5);
      const flat = (x: Tensor, b: number): Tensor2D => tf.reshape(x, [b * T, e]);
      return (batch) => {
        const b = batch.size;
        const { events, mask, target: towards } = batch.sequences[s];
        const seen = tf.add(events, tf.reshape(places, [1, T, e]));
        let hidden: Tensor = tf.reshape(tf.matMul(flat(seen, b), ofEvent as Tensor2D), [b, T, UNITS]);
        if (towards !== undefined) {
          const products = tf.mul(seen, tf.reshape(towards, [b, 1, e]));
          hidden = tf.add(hidden, tf.reshape(tf.matMul(flat(products, b), ofProduct as Tensor2D), [b, T, UNITS]));
          hidden = tf.add(hidden, tf.reshape(tf.matMul(towards, ofTarget as Tensor2D), [b, 1, UNITS]));
        }
        const bent = tf.reshape(tf.relu(tf.add(hidden, bias)), [b * T, UNITS]) as Tensor2D;
        const weight = tf.reshape(tf.add(tf.matMul(bent, read as Tensor2D), readBias), [b, T]);
        const heard = tf.reshape(tf.mul(weight, mask), [b, T, 1]);
        return besideTarget(tf, tf.sum(tf.mul(seen, heard), 1) as Tensor2D, towards);
      };
    },
    use(next, table) {
      const [places, ofEvent, ofTarget, ofProduct, bias, read, readBias] = Array.from({ length: 7 }, next);
      const base = new Float64Array(UNITS);
      const seen = new Float64Array(e);
      return (inputs, i, out, at) => {
        const { codes, length } = inputs.sequences[s];
        const towards = target < 0 ? -1 : inputs.codes[i * of.fields + target] * e;
        for (let u = 0; u < UNITS; u++) {
          base[u] = bias[u];
          if (towards >= 0) for (let j = 0; j < e; j++) base[u] += table[towards + j] * ofTarget[j * UNITS + u];
        }
        for (let j = 0; j < e; j++) out[at + j] = 0;
        for (let t = T - length[i]; t < T; t++) {
          const from = codes[i * T + t] * e;
          for (let j = 0; j < e; j++) seen[j] = table[from + j] + places[t * e + j];
          let weight = readBias[0];
          for (let u = 0; u < UNITS; u++) {
            let sum = base[u];
            for (let j = 0; j < e; j++) {
              sum += seen[j] * ofEvent[j * UNITS + u];
              if (towards >= 0) sum += seen[j] * table[towards + j] * ofProduct[j * UNITS + u];
            }
            if (sum > 0) weight += sum * read[u];
          }
          for (let j = 0; j < e; j++) out[at + j] += weight * seen[j];
        }
        productsWithTarget(inputs, i, of, table, e, out, at);
      };
    },
  };
}
