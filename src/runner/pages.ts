/** What pages are worth: the one decided on, and the best by some measure of each action. */
import { bestEligible } from '../core/choice.ts';
import type { Matrix } from '../core/matrix.ts';
import type { Tick } from './episode.ts';

/** Room for pages of n rows and L slots. */
export interface Pages {
  /** Fills `out` (n) with the expected reward of the page decided on. */
  decided(tick: Tick, out: Float64Array): void;
  /** Fills `out` (n) with that of the page made of the L eligible actions that `measure` (n×k) ranks highest, best first. */
  best(tick: Tick, measure: Matrix, out: Float64Array): void;
}

export function pagesOf(n: number, k: number, L: number): Pages {
  const page = new Int32Array(n * L);
  const left = new Uint8Array(L > 1 ? n * k : 0);
  return { decided, best };

  function decided(tick: Tick, out: Float64Array): void {
    const { action } = tick.decisions;
    if (L === 1) lookUp(tick, action, out);
    else tick.valueOf(action, out);
  }

  function best(tick: Tick, measure: Matrix, out: Float64Array): void {
    const { eligible, size } = tick.requests;
    if (L > 1) left.set(eligible.subarray(0, size * k));
    for (let i = 0; i < size; i++) {
      for (let l = 0; l < L; l++) {
        const a = bestEligible(measure, i, L > 1 ? left : eligible);
        page[i * L + l] = a;
        if (L > 1 && a >= 0) left[i * k + a] = 0;
      }
    }
    if (L === 1) lookUp(tick, page, out);
    else tick.valueOf(page, out);
  }

  function lookUp({ requests, truth }: Tick, action: Int32Array, out: Float64Array): void {
    if (!truth) throw new Error('pages: the tick carries no truth');
    for (let i = 0; i < requests.size; i++) out[i] = action[i] < 0 ? 0 : truth.data[i * k + action[i]];
  }
}
