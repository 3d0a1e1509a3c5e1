/**
 * A gated recurrent unit reads a sequence event by event; what it remembers at the end goes on (Cho et al. 2014, equations
 * 5 to 8; Hidasi et al. 2016 for sessions). The reset gate acts on U·h, as in cuDNN, so that a step is one product.
 */
import type { Tensor, Tensor2D } from '../../tensor.ts';
import { besideTarget, productsWithTarget, widthBesideTarget } from './part.ts';
import type { Part, PartShape } from './part.ts';

/** The state is as wide as an embedding, so that it can be compared with the target's. */
export function recurrentPart({ design, embedding: e }: PartShape, s: number): Part {
  const { steps: T, target } = design.sequences[s];
  const of = { target, fields: design.fields.length };
  return {
    width: widthBesideTarget(e, target),
    learn(tf, list) {
      // Columns: update gate, reset gate, candidate.
      const ofEvent = list.normal([e, 3 * e], 2 * e);
      const ofState = list.normal([e, 3 * e], 2 * e);
      const bias = list.constant([3 * e], 0);
      const stateBias = list.constant([3 * e], 0);
      return (batch) => {
        const b = batch.size;
        const { events, mask, target: towards } = batch.sequences[s];
        const flat = tf.reshape(events, [b * T, e]) as Tensor2D;
        const inputs = tf.unstack(tf.reshape(tf.add(tf.matMul(flat, ofEvent as Tensor2D), bias), [b, T, 3 * e]), 1);
        const there = tf.split(mask, T, 1);
        let state: Tensor2D = tf.zeros([b, e]);
        for (let t = 0; t < T; t++) {
          const fromState = tf.add<Tensor>(tf.matMul(state, ofState as Tensor2D), stateBias);
          const [updateIn, resetIn, candidateIn] = tf.split(inputs[t], 3, 1);
          const [updateState, resetState, candidateState] = tf.split(fromState, 3, 1);
          const update = tf.sigmoid(tf.add(updateIn, updateState));
          const reset = tf.sigmoid(tf.add(resetIn, resetState));
          const candidate = tf.tanh(tf.add(candidateIn, tf.mul(reset, candidateState)));
          const change = tf.mul(tf.sub(1, update), tf.sub(candidate, state));
          state = tf.add<Tensor2D>(state, tf.mul(change, there[t]));
        }
        return besideTarget(tf, state, towards);
      };
    },
    use(next, table) {
      const [ofEvent, ofState, bias, stateBias] = Array.from({ length: 4 }, next);
      const fromEvent = new Float64Array(3 * e);
      const fromState = new Float64Array(3 * e);
      const state = new Float64Array(e);
      // The sequence that `state` is of: the actions of one request follow each other.
      const read = new Int32Array(T);
      let readLength = -1;
      return (inputs, i, out, at) => {
        const { codes, length } = inputs.sequences[s];
        if (!sameSequence(codes, i, length[i])) run(codes, i, length[i]);
        for (let j = 0; j < e; j++) out[at + j] = state[j];
        productsWithTarget(inputs, i, of, table, e, out, at);
      };

      function sameSequence(codes: Int32Array, i: number, n: number): boolean {
        if (n !== readLength) return false;
        for (let t = T - n; t < T; t++) if (codes[i * T + t] !== read[t]) return false;
        return true;
      }

      function run(codes: Int32Array, i: number, n: number): void {
        state.fill(0);
        readLength = n;
        for (let t = T - n; t < T; t++) {
          read[t] = codes[i * T + t];
          const from = read[t] * e;
          for (let c = 0; c < 3 * e; c++) {
            let x = bias[c];
            let h = stateBias[c];
            for (let j = 0; j < e; j++) {
              x += table[from + j] * ofEvent[j * 3 * e + c];
              h += state[j] * ofState[j * 3 * e + c];
            }
            fromEvent[c] = x;
            fromState[c] = h;
          }
          for (let j = 0; j < e; j++) {
            const update = sigmoid(fromEvent[j] + fromState[j]);
            const reset = sigmoid(fromEvent[e + j] + fromState[e + j]);
            const candidate = Math.tanh(fromEvent[2 * e + j] + reset * fromState[2 * e + j]);
            state[j] += (1 - update) * (candidate - state[j]);
          }
        }
      }
    },
  };
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
