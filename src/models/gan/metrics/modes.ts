/**
 * Which kinds of images a generator makes, and whether it makes each as often as there are real ones: real images are
 * grouped by k-means in the judge's features, samples are counted in the groups (Richardson & Weiss 2018, "On GANs and
 * GMMs", section 3: bins that differ). Said beside other real images, which miss some groups by chance too.
 */
import { matrix } from '../../../core/matrix.ts';
import { normalCdf } from '../../../core/normal.ts';
import type { Random } from '../../../core/random.ts';
import { distance, kMeans } from '../../audience/k-means.ts';

export interface ModeCoverage {
  /** How many groups of real images there are. */
  groups: number;
  /** Groups with at least a fifth of the samples that real images would have there. */
  covered: number;
  /** Groups whose share differs from the real one: two-sided z-test of two proportions, α = 0.05 shared out over all. */
  uneven: number;
}

/** Real images that a group has on average: fewer make its share a matter of luck. */
const PER_GROUP = 25;
/** A group counts as covered from this share of what real images would have (chosen). */
const ENOUGH = 0.2;
const ALPHA = 0.05;

/** How samples (rows of d features) fill the groups of `real` (n×d); one function for all sets held against the same groups. */
export function modeGroups(real: Float32Array, d: number, random: Random): (samples: Float32Array) => ModeCoverage {
  const n = real.length / d;
  const groups = Math.max(2, Math.floor(n / PER_GROUP));
  const { centres, assignment } = kMeans(matrix(n, d, Float64Array.from(real)), groups, random);
  const expected = new Float64Array(groups);
  for (const group of assignment) expected[group]++;
  const nearest = (point: Float64Array): number => {
    let best = 0;
    let least = Infinity;
    for (let c = 0; c < groups; c++) {
      const apart = distance(point, 0, centres.data, c * d, d);
      if (apart < least) {
        least = apart;
        best = c;
      }
    }
    return best;
  };
  return (samples) => {
    const m = samples.length / d;
    const counts = new Float64Array(groups);
    for (let i = 0; i < m; i++) counts[nearest(Float64Array.from(samples.subarray(i * d, (i + 1) * d)))]++;
    let covered = 0;
    let uneven = 0;
    for (let c = 0; c < groups; c++) {
      if (counts[c] / m >= (ENOUGH * expected[c]) / n) covered++;
      if (pValue(counts[c], m, expected[c], n) < ALPHA / groups) uneven++;
    }
    return { groups, covered, uneven };
  };
}

/** Two-sided, of equal proportions (pooled). */
function pValue(a: number, m: number, b: number, n: number): number {
  const pooled = (a + b) / (m + n);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / m + 1 / n));
  return error === 0 ? 1 : 2 * normalCdf(-Math.abs(a / m - b / n) / error);
}
