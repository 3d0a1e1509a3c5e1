/** Tails of the χ² distribution: p-values of tests that add up squares. */
import { gammaTail } from './incomplete-gamma.ts';

/** P(X > x) of χ² with `degrees` > 0 degrees of freedom; 1 at and below 0. */
export function chiSquareTail(x: number, degrees: number): number {
  return gammaTail(degrees / 2, x / 2);
}
