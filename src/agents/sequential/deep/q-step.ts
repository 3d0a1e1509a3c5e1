/** One gradient step of a network towards r + γ·max Q(s', ·): what deep Q-learning does, on line and from a log. */
import type { Optimiser } from '../../../models/nets/adam.ts';
import type { Batch } from './replay.ts';
import type { ValueNet } from './value-net.ts';

export interface QStepOptions {
  k: number;
  discount: number;
  /** The learning net picks the best next action, the target net values it (van Hasselt, Guez & Silver 2016). */
  double: boolean;
  /** α ≥ 0 of conservative Q-learning: the loss of ln Σ exp Q(s, ·) − Q(s, a) besides (Kumar et al. 2020, eq. 4). */
  conservatism?: number;
}

/** Takes the step and returns each row's error, target − Q (b). */
export type QStep = (online: ValueNet, target: ValueNet, batch: Batch, optimiser: Optimiser) => Float64Array;

/**
 * Half the squared error of each row with its weight, averaged over the batch; whoever steps shortens long gradients. Huber's
 * loss (Mnih et al. 2015), made for rewards clipped to 1, pulls towards medians where values are large: on cart-pole it
 * forgets that sessions end, and values grow without bound.
 */
export function qStep({ k, discount, double, conservatism = 0 }: QStepOptions): QStep {
  let errors = new Float64Array(0);
  let slope = new Float64Array(0);
  let picked = new Int32Array(0);
  return (online, target, batch, optimiser) => {
    const b = batch.action.length;
    if (errors.length < b) {
      errors = new Float64Array(b);
      slope = new Float64Array(b * k);
      picked = new Int32Array(b);
    }
    if (double) pick(online.values(batch.next, b), batch, b);
    const after = target.values(batch.next, b);
    if (!double) pick(after, batch, b);
    for (let i = 0; i < b; i++) {
      const future = batch.goesOn[i] === 1 && picked[i] >= 0 ? after[i * k + picked[i]] : 0;
      errors[i] = batch.reward[i] + discount * future;
    }
    const values = online.values(batch.context, b);
    slope.fill(0, 0, b * k);
    for (let i = 0; i < b; i++) {
      const at = i * k + batch.action[i];
      errors[i] -= values[at];
      slope[at] = (-errors[i] * batch.weight[i]) / b;
      if (conservatism > 0) addConservatism(values, i, at, (conservatism * batch.weight[i]) / b);
    }
    online.backward(slope, b);
    optimiser.step(online.net.parameters, online.net.gradient);
    return errors;
  };

  /** The best eligible next action of each row; −1 where there is none. */
  function pick(values: Float64Array, { eligible }: Batch, b: number): void {
    for (let i = 0; i < b; i++) {
      let best = -1;
      for (let a = 0; a < k; a++) {
        if (eligible[i * k + a] === 1 && (best < 0 || values[i * k + a] > values[i * k + best])) best = a;
      }
      picked[i] = best;
    }
  }

  function addConservatism(values: Float64Array, i: number, taken: number, share: number): void {
    let most = -Infinity;
    for (let a = 0; a < k; a++) most = Math.max(most, values[i * k + a]);
    let sum = 0;
    for (let a = 0; a < k; a++) sum += Math.exp(values[i * k + a] - most);
    for (let a = 0; a < k; a++) slope[i * k + a] += (share * Math.exp(values[i * k + a] - most)) / sum;
    slope[taken] -= share;
  }
}
