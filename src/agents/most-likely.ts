/** A policy without its exploration: all the mass on what it would show most often. */
import type { Policy } from '../core/contracts.ts';
import { shareAmongBest } from './odds.ts';

/** The policy that takes the action to which `policy` gives the highest odds; ties share evenly. An agent stays an agent. */
export function mostLikely<P extends Policy>(policy: P): P {
  return {
    ...policy,
    distribution(requests, out, page) {
      policy.distribution(requests, out, page);
      shareAmongBest(out, requests);
    },
  };
}
