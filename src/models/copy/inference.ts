/**
 * The Transformer in plain typed arrays, a word at a time: what earlier words say to later ones is kept, not computed
 * again. The same function as `transformer` through the tensor gate.
 */
import type { CopyModel } from './copy-training.ts';
import { HIDDEN, NORM_EPSILON } from './transformer.ts';

/** What has been read so far. */
export interface Reading {
  /** Tokens read, slots included. */
  count: number;
  /** Per layer (count × d) keys, then values. */
  keys: readonly Float32Array[];
  values: readonly Float32Array[];
}

export interface Inference {
  /** Reads the slots and the opening word: the reading, and what comes first (words) [logits]. */
  begin(slots: ArrayLike<number>): { reading: Reading; logits: Float64Array };
  /** The reading with one more word, the old one stays as it is; logits (words) of what comes next. */
  next(reading: Reading, word: number): { reading: Reading; logits: Float64Array };
}

interface Dense {
  w: Float32Array;
  b: Float32Array;
}

interface Layer {
  firstGain: Float32Array;
  query: Dense;
  key: Dense;
  value: Dense;
  out: Dense;
  secondGain: Float32Array;
  up: Dense;
  down: Dense;
}

/** Weights of a layer in the list: two gains, six dense layers of two arrays each. */
const PER_LAYER = 14;

/** Throws RangeError where the weights don't fit the shape. */
export function inference({ shape, weights }: CopyModel): Inference {
  const { width: d, heads, layers, length, words, slots } = shape;
  if (weights.length !== 3 + PER_LAYER * layers + 1) throw new RangeError('inference: weights of another shape');
  const [wordTable, slotTable, places] = weights;
  const lastGain = weights[3 + PER_LAYER * layers];
  const stack = Array.from({ length: layers }, (_, l): Layer => {
    const own = weights.slice(3 + PER_LAYER * l, 3 + PER_LAYER * (l + 1));
    const pair = (i: number): Dense => ({ w: own[i], b: own[i + 1] });
    return {
      firstGain: own[0],
      query: pair(1),
      key: pair(3),
      value: pair(5),
      out: pair(7),
      secondGain: own[9],
      up: pair(10),
      down: pair(12),
    };
  });
  const normed = new Float64Array(d);
  const query = new Float64Array(d);
  const mixed = new Float64Array(d);
  const change = new Float64Array(d);
  const hidden = new Float64Array(HIDDEN * d);
  const scores = new Float64Array(slots + length);

  /** x (d) through all layers in place; its keys and values are written at `at`. */
  const through = (
    x: Float64Array,
    at: number,
    keys: readonly Float32Array[],
    values: readonly Float32Array[],
  ): void => {
    stack.forEach((layer, l) => {
      norm(x, layer.firstGain, normed);
      apply(layer.query, normed, query);
      apply(layer.key, normed, change);
      keys[l].set(change, at * d);
      apply(layer.value, normed, change);
      values[l].set(change, at * d);
      attend(query, keys[l], values[l], at + 1, heads, scores, mixed);
      apply(layer.out, mixed, change);
      add(x, change);
      norm(x, layer.secondGain, normed);
      apply(layer.up, normed, hidden);
      for (let i = 0; i < hidden.length; i++) if (hidden[i] < 0) hidden[i] = 0;
      apply(layer.down, hidden, change);
      add(x, change);
    });
  };
  const roomFor = (from: readonly Float32Array[], count: number): Float32Array[] =>
    Array.from({ length: layers }, (_, l) => {
      const room = new Float32Array(count * d);
      if (from[l] !== undefined) room.set(from[l]);
      return room;
    });
  const next: Inference['next'] = (reading, word) => {
    const at = reading.count;
    if (at - slots >= length) throw new RangeError(`inference: a text of more than ${length} words`);
    const keys = roomFor(reading.keys, at + 1);
    const values = roomFor(reading.values, at + 1);
    const x = new Float64Array(d);
    for (let i = 0; i < d; i++) x[i] = wordTable[word * d + i] + places[(at - slots) * d + i];
    through(x, at, keys, values);
    norm(x, lastGain, normed);
    const logits = new Float64Array(words);
    for (let w = 0; w < words; w++) {
      let sum = 0;
      for (let i = 0; i < d; i++) sum += normed[i] * wordTable[w * d + i];
      logits[w] = sum;
    }
    return { reading: { count: at + 1, keys, values }, logits };
  };
  return {
    next,
    begin(tokens) {
      const keys = roomFor([], slots);
      const values = roomFor([], slots);
      for (let s = 0; s < slots; s++) {
        const x = Float64Array.from({ length: d }, (_, i) => slotTable[tokens[s] * d + i]);
        through(x, s, keys, values);
      }
      return next({ count: slots, keys, values }, 0);
    },
  };
}

function norm(x: Float64Array, gain: Float32Array, out: Float64Array): void {
  let squares = 0;
  for (let i = 0; i < x.length; i++) squares += x[i] * x[i];
  const scale = 1 / Math.sqrt(squares / x.length + NORM_EPSILON);
  for (let i = 0; i < x.length; i++) out[i] = x[i] * scale * gain[i];
}

/** out = x·w + b */
function apply({ w, b }: Dense, x: Float64Array, out: Float64Array): void {
  const n = out.length;
  for (let j = 0; j < n; j++) out[j] = b[j];
  for (let i = 0; i < x.length; i++) {
    const xi = x[i];
    if (xi === 0) continue;
    const row = i * n;
    for (let j = 0; j < n; j++) out[j] += xi * w[row + j];
  }
}

function add(x: Float64Array, change: Float64Array): void {
  for (let i = 0; i < x.length; i++) x[i] += change[i];
}

/** Mixes the values of `count` tokens, head by head, by the softmax of query · key / √(d / heads). */
function attend(
  query: Float64Array,
  keys: Float32Array,
  values: Float32Array,
  count: number,
  heads: number,
  scores: Float64Array,
  out: Float64Array,
): void {
  const d = query.length;
  const each = d / heads;
  const scale = 1 / Math.sqrt(each);
  out.fill(0);
  for (let h = 0; h < heads; h++) {
    const from = h * each;
    let highest = -Infinity;
    for (let t = 0; t < count; t++) {
      let sum = 0;
      for (let i = from; i < from + each; i++) sum += query[i] * keys[t * d + i];
      scores[t] = sum * scale;
      highest = Math.max(highest, scores[t]);
    }
    let total = 0;
    for (let t = 0; t < count; t++) {
      scores[t] = Math.exp(scores[t] - highest);
      total += scores[t];
    }
    for (let t = 0; t < count; t++) {
      const share = scores[t] / total;
      for (let i = from; i < from + each; i++) out[i] += share * values[t * d + i];
    }
  }
}
