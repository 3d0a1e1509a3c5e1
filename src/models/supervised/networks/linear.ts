/** A logit that is linear in numbers, fields and the events of each sequence (their mean): first-order weights. */
import type { Tensor, Tensor2D } from '../../tensor.ts';
import { meanEvent } from './columns.ts';
import { small } from './part.ts';
import type { Part, PartShape } from './part.ts';

export function linearPart({ design }: PartShape): Part {
  const { fields, sequences, levels } = design;
  const d = design.numbers.columns;
  const F = fields.length;
  return {
    width: 1,
    learn(tf, list) {
      const ofNumber = small(list, [Math.max(1, d), 1], 0.01);
      const ofLevel = small(list, [Math.max(1, levels), 1], 0.01);
      const weightsOf = (codes: Int32Array, b: number): Tensor2D =>
        tf.reshape(tf.gather(ofLevel as Tensor, tf.tensor1d(codes, 'int32')), [b, -1]);
      return ({ size: b, numbers, inputs, rows, sequences: batch }) => {
        const terms: Tensor2D[] = [tf.zeros([b, 1])];
        if (numbers) terms.push(tf.matMul(numbers, ofNumber as Tensor2D));
        if (F > 0) terms.push(tf.sum(weightsOf(rowsOf(inputs.codes, rows, F), b), 1, true));
        sequences.forEach(({ steps: T }, s) => {
          const { mask } = batch[s];
          const sum = tf.sum(tf.mul(weightsOf(rowsOf(inputs.sequences[s].codes, rows, T), b), mask), 1, true);
          terms.push(tf.div(sum, tf.maximum(tf.sum(mask, 1, true), 1)) as Tensor2D);
        });
        return tf.addN(terms);
      };
    },
    use(next) {
      const [ofNumber, ofLevel] = [next(), next()];
      const mean = new Float64Array(1);
      return (inputs, i, out, at) => {
        let sum = 0;
        for (let j = 0; j < d; j++) sum += inputs.numbers[i * d + j] * ofNumber[j];
        for (let f = 0; f < F; f++) sum += ofLevel[inputs.codes[i * F + f]];
        for (let s = 0; s < sequences.length; s++) {
          meanEvent(inputs.sequences[s], i, sequences[s].steps, 1, ofLevel, mean, 0);
          sum += mean[0];
        }
        out[at] = sum;
      };
    },
  };
}

/** (rows×width) of a table with one line per row. */
export function rowsOf(table: Int32Array, rows: Uint32Array, width: number): Int32Array {
  const out = new Int32Array(rows.length * width);
  rows.forEach((row, i) => {
    for (let j = 0; j < width; j++) out[i * width + j] = table[row * width + j];
  });
  return out;
}
