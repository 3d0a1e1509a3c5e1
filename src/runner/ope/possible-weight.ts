/**
 * The largest weight that could have come up on these rows: with the whole behaviour policy, of any action in any row, shown
 * or not; with a known floor of its probabilities, the evaluation policy's largest over that. What was seen proves nothing.
 */
import type { Evidence } from '../../core/contracts.ts';

export interface PossibleWeight {
  add(evidence: Evidence): void;
  /** Undefined where nothing bounds the weights. */
  largest(): number | undefined;
}

/** `floor` in (0, 1]: the least probability that the behaviour policy gives any action, where it is known. */
export function possibleWeight(floor: number | undefined): PossibleWeight {
  let most = 0;
  let known = true;
  return {
    add({ evaluation, behaviour }) {
      known &&= floor !== undefined || behaviour !== undefined;
      if (!known) return;
      const cells = evaluation.rows * evaluation.columns;
      for (let c = 0; c < cells; c++) {
        const odds = evaluation.data[c];
        if (odds === 0) continue;
        const weight = odds / (floor ?? (behaviour?.data[c] as number));
        if (weight > most) most = weight;
      }
    },
    largest: () => (known && most > 0 && Number.isFinite(most) ? most : undefined),
  };
}
