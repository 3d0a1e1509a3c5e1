/** A set of classified rows as a bandit: the right class pays 1, any other nothing. */
import type { Dynamics } from './world.ts';

/** Rows with a class each. */
export interface Classified {
  name: string;
  featureNames: readonly string[];
  classes: readonly string[];
  /** (rows×features) */
  features: Float64Array;
  /** (rows) index of the class. */
  label: Int32Array;
}

/** Its rows in an order that the seed draws, again and again; an agent sees the features and learns of its choice alone. */
export function classification({ name, featureNames, classes, features, label }: Classified): Dynamics {
  const d = featureNames.length;
  const order = Int32Array.from(label, (_, i) => i);
  let next = 0;
  const right = (row: number, action: number): number => (label[row] === action ? 1 : 0);
  return {
    name,
    contextNames: featureNames,
    actions: classes,
    rewardRange: [0, 1],
    stateSize: 1,
    reset(random) {
      order.forEach((_, i) => (order[i] = i));
      random.sequence().shuffle(order);
      next = 0;
    },
    start(state, at) {
      state[at] = order[next++ % order.length];
    },
    context(state, at, out, to) {
      for (let j = 0; j < d; j++) out[to + j] = features[state[at] * d + j];
    },
    step: (state, at, action) => right(state[at], action),
    isEnd: () => true,
    expected: (state, at, action) => right(state[at], action),
  };
}
