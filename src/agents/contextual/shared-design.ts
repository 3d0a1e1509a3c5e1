/** Request and creative as one row of a regression that all actions share: what is learned of one creative helps the next. */
import type { Requests } from '../../core/contracts.ts';
import { featureMap } from '../../models/ctr/features.ts';
import type { AgentSetup } from '../setup.ts';

export interface SharedDesign {
  /** A constant 1, the context, the creative's features, and the matches of `featureMap`. */
  width: number;
  /** Fills `out` at `at` with action a in row i. */
  fill(requests: Requests, i: number, a: number, out: Float64Array, at: number): void;
  /** How many of the last entries depend on the action. */
  own: number;
}

export function sharedDesign({ spec, actions }: AgentSetup): SharedDesign {
  const map = featureMap({ actions, contextNames: spec.contextNames });
  const { context: d, action: f, matches: m } = map;
  return {
    width: 1 + map.size,
    own: f + m,
    fill({ context }, i, a, out, at) {
      const from = i * d;
      let to = at;
      out[to++] = 1;
      for (let j = 0; j < d; j++) out[to++] = context.data[from + j];
      for (let j = 0; j < f; j++) out[to++] = actions.features.data[a * f + j];
      for (let j = 0; j < m; j++) {
        const column = map.matchColumn[a * m + j];
        out[to++] = column < 0 ? 0 : context.data[from + column];
      }
    },
  };
}
