/**
 * A small decoder-only Transformer (Vaswani et al. 2017; Radford et al. 2018) that reads slots and then words, through
 * the tensor gate. Norms come first and are RMS norms (Zhang & Sennrich 2019); the words' embedding is the output layer too.
 */
import type { Random } from '../../core/random.ts';
import { dense, weights } from '../gan/layers.ts';
import type { Weights } from '../gan/layers.ts';
import type { Tensor, Tensor1D, Tensor2D, Tf, Variable } from '../tensor.ts';

export interface TransformerShape {
  /** Words of the vocabulary; word 0 opens and ends a text. */
  words: number;
  /** Different slot tokens, over all slots. */
  slotTokens: number;
  /** Slot tokens before every text, P. */
  slots: number;
  /** The longest text, its opening word included. */
  length: number;
  /** d, a multiple of `heads`. */
  width: number;
  layers: number;
  heads: number;
}

/** n texts of T words after P slot tokens. */
export interface CopyBatch {
  size: number;
  /** T */
  length: number;
  /** (n×P) */
  slots: Int32Array;
  /** (n×T) word 0 first; what follows a text's end doesn't matter. */
  words: Int32Array;
  /** (n×T) the word that comes next. */
  next: Int32Array;
  /** (n×T) 1 where `next` counts, 0 after the end. */
  counts: Float32Array;
}

export interface Transformer {
  weights: Weights;
  /** (n·T × words) logits of the next word. */
  logits(batch: CopyBatch): Tensor2D;
  /** Mean cross-entropy [nats per word], with targets smoothed by `smoothing`. */
  loss(batch: CopyBatch, smoothing: number): Tensor;
}

/** Added to a mean square before its root. */
export const NORM_EPSILON = 1e-5;
/** Standard deviation of embeddings. */
const EMBEDDING = 0.1;
/** Hidden units of a layer's second half, in multiples of the width. */
export const HIDDEN = 4;
/** Log-odds of what may not be seen. */
const UNSEEN = -1e9;

/** Weights in this order: words, slot tokens, places; per layer gain, wq, wk, wv, wo, gain, w1, w2 (each w with its offset); last gain. */
export function transformer(tf: Tf, shape: TransformerShape, random: Random): Transformer {
  const { width, layers, heads, words, slots, slotTokens, length } = shape;
  const list = weights(tf, random);
  const embedding = (rows: number): Variable => list.normal([rows, width], 2 / (EMBEDDING * EMBEDDING));
  const wordTable = embedding(words);
  const slotTable = embedding(slotTokens);
  const places = embedding(length);
  const blocks = Array.from({ length: layers }, () => block(tf, list, width, heads));
  const lastGain = list.constant([width], 1);

  const rows = (table: Variable, ids: Int32Array): Tensor =>
    tf.gather(table as Tensor, tf.tensor1d(ids, 'int32') as Tensor1D);
  const logits = (batch: CopyBatch): Tensor2D => {
    const { size, length: T } = batch;
    const total = slots + T;
    const said = tf.add(
      tf.reshape(rows(wordTable, batch.words), [size, T, width]),
      tf.slice(places as Tensor, [0, 0], [T, width]),
    );
    let x: Tensor = tf.concat([tf.reshape(rows(slotTable, batch.slots), [size, slots, width]), said], 1);
    x = tf.reshape(x, [size * total, width]);
    const mask = tf.tensor2d(causalMask(total), [total, total]);
    for (const one of blocks) x = one(x, size, mask);
    x = tf.slice(tf.reshape(x, [size, total, width]), [0, slots, 0], [size, T, width]);
    const last = rmsNorm(tf, tf.reshape(x, [size * T, width]), lastGain);
    return tf.matMul(last as Tensor2D, wordTable as Tensor as Tensor2D, false, true);
  };
  return {
    weights: list,
    logits,
    loss(batch, smoothing) {
      const targets = tf.tensor2d(targetRows(batch, words, smoothing), [batch.size * batch.length, words]);
      return tf.neg(tf.sum(tf.mul(tf.logSoftmax(logits(batch)), targets)));
    },
  };
}

function rmsNorm(tf: Tf, x: Tensor, gain: Variable): Tensor {
  const scale = tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), NORM_EPSILON));
  return tf.mul(tf.mul(x, scale), gain as Tensor);
}

/** One layer: attention, then two dense layers, each added to what came in. x (n·T × d). */
function block(tf: Tf, list: Weights, width: number, heads: number): (x: Tensor, size: number, mask: Tensor) => Tensor {
  const firstGain = list.constant([width], 1);
  const [query, key, value, out] = [0, 1, 2, 3].map(() => dense(tf, list, width, width));
  const secondGain = list.constant([width], 1);
  const [up, down] = [dense(tf, list, width, HIDDEN * width), dense(tf, list, HIDDEN * width, width)];
  const each = width / heads;
  return (x, size, mask) => {
    const total = x.shape[0] / size;
    const perHead = (y: Tensor): Tensor => tf.transpose(tf.reshape(y, [size, total, heads, each]), [0, 2, 1, 3]);
    const normed = rmsNorm(tf, x, firstGain);
    const [q, k, v] = [query, key, value].map((layer) => perHead(layer(normed)));
    const seen = tf.add(tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(each)), mask);
    const mixed = tf.matMul(tf.softmax(seen), v);
    const joined = tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [size * total, width]);
    const middle = tf.add(x, out(joined));
    return tf.add(middle, down(tf.relu(up(rmsNorm(tf, middle, secondGain)))));
  };
}

/** (T×T) 0 for what is there, a very low number for what is still to come. */
function causalMask(total: number): Float32Array {
  return Float32Array.from({ length: total * total }, (_, i) => (i % total > Math.floor(i / total) ? UNSEEN : 0));
}

/** (n·T × words) shares of the mean: what counts sums to 1 over the batch. */
function targetRows({ next, counts }: CopyBatch, words: number, smoothing: number): Float32Array {
  const all = counts.reduce((sum, one) => sum + one, 0);
  const targets = new Float32Array(next.length * words);
  for (let i = 0; i < next.length; i++) {
    if (counts[i] === 0) continue;
    targets.fill(smoothing / words / all, i * words, (i + 1) * words);
    targets[i * words + next[i]] += (1 - smoothing) / all;
  }
  return targets;
}
