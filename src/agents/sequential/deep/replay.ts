/** The last transitions, to learn from again and again: evenly, or those most that surprised most. */
import type { Random } from '../../../core/random.ts';

/** A batch of transitions, as columns. */
export interface Batch {
  /** (b) places in the memory. */
  place: Int32Array;
  /** (b×d) */
  context: Float64Array;
  /** (b) */
  action: Int32Array;
  reward: Float64Array;
  /** (b×d) what followed; means nothing where `goesOn` is 0. */
  next: Float64Array;
  /** (b×k) what could be shown then. */
  eligible: Uint8Array;
  /** (b) 1 where a future counts. */
  goesOn: Uint8Array;
  /** (b) weight of each row's loss. */
  weight: Float64Array;
}

export interface Replay {
  size: number;
  /** Adds a transition, in place of the oldest where the memory is full. */
  add(from: TransitionSource): void;
  /** A batch drawn with replacement, a pure function of the memory and `draw`. */
  sample(draw: number): Batch;
  /** Tells how wrong the values of the last batch were. */
  surprise(batch: Batch, error: Float64Array): void;
}

/** One transition as it lies in the columns of a tick. */
export interface TransitionSource {
  context: Float64Array;
  at: number;
  action: number;
  reward: number;
  next: Float64Array;
  nextAt: number;
  /** Where what can be shown next begins in `eligible`; −1: everything. */
  eligible: Uint8Array;
  eligibleAt: number;
  goesOn: boolean;
}

export interface ReplayOptions {
  capacity: number;
  batch: number;
  /** α in [0, 1] of prioritised replay; 0: evenly. */
  priority: number;
  /** β in [0, 1]: how much of the bias of drawing unevenly the weights take back. */
  correction: number;
}

/** Added to every error, so that none is forgotten. */
const LEAST_ERROR = 1e-3;

/**
 * A memory of transitions with d features and k actions. With a priority α a transition is drawn in proportion to
 * (|error| + 0.001)^α and weighs (N·p)^−β, divided by the batch's greatest (Schaul, Quan, Antonoglou & Silver 2016, section 3).
 */
export function replay(d: number, k: number, random: Random, options: ReplayOptions): Replay {
  const { capacity, batch: b, priority, correction } = options;
  const context = new Float32Array(capacity * d);
  const next = new Float32Array(capacity * d);
  const action = new Int32Array(capacity);
  const reward = new Float64Array(capacity);
  const eligible = new Uint8Array(capacity * k);
  const goesOn = new Uint8Array(capacity);
  const mass = priority > 0 ? sumTree(capacity) : undefined;
  let greatest = 1;
  let added = 0;
  const drawn: Batch = {
    place: new Int32Array(b),
    context: new Float64Array(b * d),
    action: new Int32Array(b),
    reward: new Float64Array(b),
    next: new Float64Array(b * d),
    eligible: new Uint8Array(b * k),
    goesOn: new Uint8Array(b),
    weight: new Float64Array(b),
  };
  const memory: Replay = {
    size: 0,
    add(from) {
      const place = added++ % capacity;
      memory.size = Math.min(added, capacity);
      for (let j = 0; j < d; j++) {
        context[place * d + j] = from.context[from.at + j];
        next[place * d + j] = from.goesOn ? from.next[from.nextAt + j] : 0;
      }
      for (let a = 0; a < k; a++)
        eligible[place * k + a] = from.eligibleAt < 0 ? 1 : from.eligible[from.eligibleAt + a];
      action[place] = from.action;
      reward[place] = from.reward;
      goesOn[place] = from.goesOn ? 1 : 0;
      mass?.set(place, greatest);
    },
    sample(draw) {
      let heaviest = 0;
      for (let i = 0; i < b; i++) {
        const u = random.uniform(draw | 0, i);
        const place = mass ? mass.find(u * mass.total()) : Math.floor(u * memory.size);
        const weight = mass ? Math.exp(-correction * Math.log((memory.size * mass.get(place)) / mass.total())) : 1;
        heaviest = Math.max(heaviest, weight);
        drawn.place[i] = place;
        drawn.weight[i] = weight;
        drawn.action[i] = action[place];
        drawn.reward[i] = reward[place];
        drawn.goesOn[i] = goesOn[place];
        for (let j = 0; j < d; j++) {
          drawn.context[i * d + j] = context[place * d + j];
          drawn.next[i * d + j] = next[place * d + j];
        }
        for (let a = 0; a < k; a++) drawn.eligible[i * k + a] = eligible[place * k + a];
      }
      for (let i = 0; i < b; i++) drawn.weight[i] /= heaviest;
      return drawn;
    },
    surprise(batch, error) {
      if (!mass) return;
      for (let i = 0; i < b; i++) {
        const value = Math.exp(priority * Math.log(Math.abs(error[i]) + LEAST_ERROR));
        greatest = Math.max(greatest, value);
        mass.set(batch.place[i], value);
      }
    },
  };
  return memory;
}

/** Numbers whose running sums can be searched: a binary tree in an array. */
function sumTree(leaves: number) {
  let width = 1;
  while (width < leaves) width *= 2;
  const sums = new Float64Array(2 * width);
  return {
    total: () => sums[1],
    get: (leaf: number) => sums[width + leaf],
    set(leaf: number, value: number): void {
      let at = width + leaf;
      sums[at] = value;
      for (at >>= 1; at >= 1; at >>= 1) sums[at] = sums[2 * at] + sums[2 * at + 1];
    },
    /** The leaf in whose share of the total `value` lies. */
    find(value: number): number {
      let at = 1;
      let left = value;
      while (at < width) {
        at *= 2;
        if (left >= sums[at] && sums[at + 1] > 0) {
          left -= sums[at];
          at++;
        }
      }
      return at - width;
    },
  };
}
