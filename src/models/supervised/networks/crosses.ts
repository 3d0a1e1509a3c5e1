/**
 * The memory of a wide model: a weight for each pair of levels of two fields, and for each pair of an event and the target
 * (Cheng et al. 2016, section 3.1: AND(installed app, shown app)). Pairs that outnumber `BUCKETS` share weights by hash.
 */
import type { Tensor, Tensor2D } from '../../tensor.ts';
import type { InputDesign, Inputs } from './inputs.ts';
import { small } from './part.ts';
import type { Part, PartShape } from './part.ts';

const BUCKETS = 4096;

interface Cross {
  /** Levels of the second member. */
  second: number;
  /** Weights it has. */
  buckets: number;
  /** Where they begin. */
  first: number;
}

export function crossesPart({ design }: PartShape): Part {
  const { fields, sequences } = design;
  let weights = 0;
  const cross = (a: number, b: number): Cross => {
    const one = { second: b, buckets: Math.min(BUCKETS, a * b), first: weights };
    weights += one.buckets;
    return one;
  };
  const pairs = fields.flatMap((one, f) =>
    fields.slice(f + 1).map((two, g) => ({ f, g: f + 1 + g, cross: cross(one.levels, two.levels) })),
  );
  const targeted = sequences.flatMap(({ levels, target, steps }, s) =>
    target < 0 ? [] : [{ s, target, steps, cross: cross(levels, levels) }],
  );
  const width = pairs.length + targeted.reduce((sum, { steps }) => sum + steps, 0);
  const size = weights;
  const fill = filler(design, pairs, targeted);
  return {
    width: 1,
    learn(tf, list) {
      const table = small(list, [Math.max(1, size), 1], 0.01);
      return ({ size: b, inputs, rows }) => {
        if (width === 0) return tf.zeros([b, 1]);
        const ids = new Int32Array(b * width);
        const shares = new Float32Array(b * width);
        rows.forEach((row, i) => fill(inputs, row, ids, shares, i * width));
        const found = tf.reshape(tf.gather(table as Tensor, tf.tensor1d(ids, 'int32')), [b, width]);
        return tf.sum(tf.mul(found, tf.tensor2d(shares, [b, width])), 1, true) as Tensor2D;
      };
    },
    use(next) {
      const table = next();
      const ids = new Int32Array(width);
      const shares = new Float32Array(width);
      return (inputs, i, out, at) => {
        fill(inputs, i, ids, shares, 0);
        let sum = 0;
        for (let c = 0; c < width; c++) sum += shares[c] * table[ids[c]];
        out[at] = sum;
      };
    },
  };
}

/** Writes row i's crosses: where their weights stand, and how much each counts (events: one over their number). */
function filler(
  { fields, sequences }: InputDesign,
  pairs: readonly { f: number; g: number; cross: Cross }[],
  targeted: readonly { s: number; target: number; steps: number; cross: Cross }[],
) {
  const F = fields.length;
  return (inputs: Inputs, i: number, ids: Int32Array, shares: Float32Array, at: number): void => {
    const code = (f: number): number => inputs.codes[i * F + f] - fields[f].first;
    let to = at;
    for (const { f, g, cross } of pairs) {
      ids[to] = placeOf(cross, code(f), code(g));
      shares[to++] = 1;
    }
    for (const { s, target, steps: T, cross } of targeted) {
      const { codes, length } = inputs.sequences[s];
      for (let t = 0; t < T; t++) {
        const there = t >= T - length[i];
        ids[to] = there ? placeOf(cross, codes[i * T + t] - sequences[s].first, code(target)) : 0;
        shares[to++] = there ? 1 / length[i] : 0;
      }
    }
  };
}

function placeOf({ second, buckets, first }: Cross, a: number, b: number): number {
  const pair = a * second + b;
  // Fibonacci hashing (Knuth, volume 3, section 6.4) where there are more pairs than buckets.
  return first + (buckets < BUCKETS ? pair : (Math.imul(pair, 0x9e3779b1) >>> 0) % buckets);
}
