/** Keeps every eligible action possible, so that the log it collects can be valued. */
import type { Policy } from '../core/contracts.ts';
import { InputError } from '../core/errors.ts';

/**
 * The policy with at least the probability `floor` on each eligible action: p' = f + (1 − f·e)·p for e eligible actions,
 * f = min(floor, 1/e). An agent stays an agent. Throws `InputError` for a floor outside [0, 1].
 */
export function withFloor<P extends Policy>(policy: P, floor: number): P {
  if (!(floor >= 0 && floor <= 1)) {
    throw new InputError(`agent "${policy.name}": floor ${floor} is not in [0, 1]; use for instance 0.02`);
  }
  return {
    ...policy,
    distribution(requests, out, page) {
      policy.distribution(requests, out, page);
      const k = out.columns;
      const { eligible } = requests;
      for (let i = 0; i < requests.size; i++) {
        const start = i * k;
        let count = 0;
        for (let j = 0; j < k; j++) count += eligible[start + j] === 0 ? 0 : 1;
        const least = Math.min(floor, 1 / count);
        const kept = Math.max(0, 1 - least * count);
        for (let j = 0; j < k; j++) {
          if (eligible[start + j] !== 0) out.data[start + j] = least + kept * out.data[start + j];
        }
      }
    },
  };
}
