/**
 * Examination: which ads of a page are looked at. `position`: slot l with probability η_l, whatever else is on the page
 * (Richardson et al. 2007). `cascade`: from the top; after each ad the user goes on with one probability if they clicked
 * and another if not (Craswell et al. 2008; with `afterClick`, the dependent click model of Guo et al. 2009).
 */
import type { WorldConfig } from './config.ts';

export interface Examination {
  /** (L) under `position`: η_l; under `cascade`: chance to get to the slot if nothing above is clicked. */
  factors: Float64Array;
  cascade: boolean;
  /** P(goes on to the next slot), `cascade` alone. */
  persistence: number;
  afterClick: number;
}

export function examinationOf({ page }: WorldConfig): Examination {
  const { slots, examination, positionFactors, positionDecay, persistence, afterClick } = page;
  const cascade = examination === 'cascade';
  const factors = Float64Array.from({ length: slots }, (_, l) =>
    cascade ? Math.exp(l * Math.log(Math.max(persistence, 1e-300))) : Math.exp(-positionDecay * Math.log(l + 1)),
  );
  if (!cascade && positionFactors) factors.set(positionFactors);
  return { factors, cascade, persistence, afterClick };
}

/**
 * Expected sum of what L ads bring, from the top: ad l brings worth[l] with probability click[l] if it is looked at.
 * click[l] = 0 is an empty slot.
 */
export function expectedPage(page: Examination, L: number, click: Float64Array, worth: Float64Array): number {
  let sum = 0;
  let reached = 1;
  for (let l = 0; l < L; l++) {
    if (!page.cascade) {
      sum += page.factors[l] * click[l] * worth[l];
      continue;
    }
    sum += reached * click[l] * worth[l];
    reached *= page.persistence * (1 - click[l]) + page.afterClick * click[l];
  }
  return sum;
}
