/** The best of what may be shown. */
import type { Matrix } from './matrix.ts';

/** The eligible action (`eligible`: rows×k) with the largest value in row i, the first of equals; −1 where none is eligible. */
export function bestEligible(values: Matrix, i: number, eligible: Uint8Array): number {
  const k = values.columns;
  let chosen = -1;
  for (let a = 0; a < k; a++) {
    if (eligible[i * k + a] === 0) continue;
    if (chosen < 0 || values.data[i * k + a] > values.data[i * k + chosen]) chosen = a;
  }
  return chosen;
}
