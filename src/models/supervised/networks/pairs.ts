/**
 * A factorisation machine's logit: the sum of ⟨v_i, v_j⟩ x_i x_j over all pairs of numbers, fields and sequences (Rendle
 * 2010, equation 5; Guo et al. 2017, section 2.1), in time linear in their number: ½ Σ ((Σ v x)² − Σ (v x)²).
 */
import type { Tensor, Tensor2D } from '../../tensor.ts';
import { meanEvent } from './columns.ts';
import { small } from './part.ts';
import type { Part, PartShape } from './part.ts';

export function pairsPart({ design, embedding: e }: PartShape): Part {
  const d = design.numbers.columns;
  const F = design.fields.length;
  const { sequences } = design;
  return {
    width: 1,
    learn(tf, list) {
      const ofNumber = small(list, [Math.max(1, d), e], 0.1);
      return ({ size: b, numbers, fields, sequences: batch }) => {
        const sums: Tensor2D[] = [tf.zeros([b, e])];
        const squares: Tensor2D[] = [tf.zeros([b, e])];
        if (numbers) {
          sums.push(tf.matMul(numbers, ofNumber as Tensor2D));
          squares.push(tf.matMul(tf.square(numbers), tf.square(ofNumber as Tensor as Tensor2D)));
        }
        if (fields) {
          sums.push(tf.sum(fields, 1) as Tensor2D);
          squares.push(tf.sum(tf.square(fields), 1) as Tensor2D);
        }
        sequences.forEach(({ steps: T }, s) => {
          const { events, mask } = batch[s];
          const sum = tf.sum(tf.mul(events, tf.reshape(mask, [b, T, 1])), 1);
          const mean = tf.div<Tensor2D>(sum, tf.maximum(tf.sum(mask, 1, true), 1));
          sums.push(mean);
          squares.push(tf.square(mean));
        });
        const difference = tf.sub<Tensor2D>(tf.square(tf.addN(sums)), tf.addN(squares));
        return tf.mul<Tensor2D>(0.5, tf.sum(difference, 1, true));
      };
    },
    use(next, table) {
      const ofNumber = next();
      const mean = new Float64Array(e);
      return (inputs, i, out, at) => {
        let logit = 0;
        for (let j = 0; j < e; j++) {
          let sum = 0;
          let square = 0;
          const add = (v: number): void => {
            sum += v;
            square += v * v;
          };
          for (let c = 0; c < d; c++) add(inputs.numbers[i * d + c] * ofNumber[c * e + j]);
          for (let f = 0; f < F; f++) add(table[inputs.codes[i * F + f] * e + j]);
          for (let s = 0; s < sequences.length; s++) {
            meanEvent(inputs.sequences[s], i, sequences[s].steps, e, table, mean, 0);
            add(mean[j]);
          }
          logit += 0.5 * (sum * sum - square);
        }
        out[at] = logit;
      };
    },
  };
}
