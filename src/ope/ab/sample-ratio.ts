/**
 * Whether the rows were split as planned. Where they were not, something decides who is counted (a redirect that fails, a
 * bot filter), and the arms are no longer alike: nothing else about the test can be believed. Fabijan et al. 2019.
 */
import { normalCdf } from '../../core/normal.ts';

/** Small, because every test is asked, and a mismatch that matters is far beyond chance. */
export const SRM_RISK = 0.001;

/** p-value of the planned split, χ² with one degree of freedom. */
export function sampleRatioP(control: number, treatment: number, allocation: number): number {
  const total = control + treatment;
  const expected = total * allocation;
  const gap = treatment - expected;
  return 2 * normalCdf(-Math.abs(gap) / Math.sqrt(expected * (1 - allocation)));
}
