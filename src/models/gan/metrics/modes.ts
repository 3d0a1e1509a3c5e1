/**
 * Which kinds of images a generator makes, and whether it makes each as often as there are real ones: real images are
 * grouped by k-means in the judge's features, samples are counted in the groups (Richardson & Weiss 2018, "On GANs and
 * GMMs", section 3: bins that differ). Said beside other real images, which miss some groups by chance too.
 */
import { matrix } from '../../../core/matrix.ts';
import { normalCdf } from '../../../core/normal.ts';
import type { Random } from '../../../core/random.ts';
import { kMeans } from '../../audience/k-means.ts';
import { distance } from '../../audience/pair-distances.ts';

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

export interface ImageGroups {
  count: number;
  /** (count) real images in each. */
  sizes: Float64Array;
  /** The group of each row of features (n×d): the one with the nearest mean. */
  groupOf: (features: Float32Array) => Int32Array;
}

/** Groups of real images (n×d features), about 25 in each. Deterministic in its arguments. */
export function imageGroups(real: Float32Array, d: number, random: Random): ImageGroups {
  const n = real.length / d;
  const count = Math.max(2, Math.floor(n / PER_GROUP));
  const { centres, assignment } = kMeans(matrix(n, d, Float64Array.from(real)), count, random);
  const sizes = new Float64Array(count);
  for (const group of assignment) sizes[group]++;
  const groupOf = (features: Float32Array): Int32Array => {
    const points = Float64Array.from(features);
    return Int32Array.from({ length: features.length / d }, (_, i) => {
      let best = 0;
      let least = Infinity;
      for (let c = 0; c < count; c++) {
        const apart = distance(points, i * d, centres.data, c * d, d);
        if (apart < least) {
          least = apart;
          best = c;
        }
      }
      return best;
    });
  };
  return { count, sizes, groupOf };
}

/** How samples (rows of d features) fill the groups of `real` (n×d): one function for all that is held against them. */
export function modeGroups(real: Float32Array, d: number, random: Random): (samples: Float32Array) => ModeCoverage {
  const n = real.length / d;
  const { count: groups, sizes: expected, groupOf } = imageGroups(real, d, random);
  return (samples) => {
    const m = samples.length / d;
    const counts = new Float64Array(groups);
    for (const group of groupOf(samples)) counts[group]++;
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
