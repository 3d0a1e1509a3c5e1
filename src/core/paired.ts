/** Two agents on the same seeds: is one better, and how many more seeds would settle it? */
import { betaCdf, studentQuantile } from './quantiles.ts';

/** Differences over seeds that shared their luck. */
export interface PairedDifference {
  mean: number;
  /** Student's t at `level`. */
  interval: readonly [number, number];
  /** Two-sided, of no difference; 1 where all differences are 0. */
  pValue: number;
  /** How many seeds. */
  count: number;
  /**
   * How many more seeds, drawn like these, bring an interval that excludes 0 with a chance of 80 %; 0 where this one does,
   * null where no number below a million would.
   */
  moreSeeds: number | null;
}

const MOST_SEEDS = 1e6;
/** Φ⁻¹(0.8). */
const POWER = 0.8416212335729143;

/** Of x − y, pair by pair; null for fewer than two pairs. */
export function pairedDifference(x: readonly number[], y: readonly number[], level = 0.95): PairedDifference | null {
  const n = x.length;
  if (n < 2) return null;
  const differences = x.map((value, i) => value - y[i]);
  const mean = differences.reduce((sum, d) => sum + d, 0) / n;
  const variance = differences.reduce((sum, d) => sum + (d - mean) * (d - mean), 0) / (n - 1);
  const half = studentQuantile(0.5 + level / 2, n - 1) * Math.sqrt(variance / n);
  return {
    mean,
    interval: [mean - half, mean + half],
    pValue: twoSided(mean / Math.sqrt(variance / n), n - 1),
    count: n,
    moreSeeds: moreSeeds(mean, Math.sqrt(variance), n, level),
  };
}

/** P(|t| is as great or greater) with so many degrees of freedom. */
function twoSided(t: number, degrees: number): number {
  if (Number.isNaN(t)) return 1;
  if (!Number.isFinite(t)) return 0;
  return betaCdf(degrees / (degrees + t * t), degrees / 2, 0.5);
}

/** The least m ≥ n with |mean| ≥ (t_{m−1} + z_power)·sd/√m, less n. */
function moreSeeds(mean: number, sd: number, n: number, level: number): number | null {
  const settles = (m: number, power: number): boolean =>
    Math.abs(mean) > ((studentQuantile(0.5 + level / 2, m - 1) + power) * sd) / Math.sqrt(m);
  if (settles(n, 0)) return 0;
  if (!settles(MOST_SEEDS, POWER)) return null;
  let low = n;
  let high = MOST_SEEDS;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (settles(middle, POWER)) high = middle;
    else low = middle;
  }
  return high - n;
}

/**
 * P-values corrected for having asked several questions at once (Holm 1979): reject where the corrected one is below α
 * and the chance of any false rejection is at most α, whatever hangs together.
 */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((_, i) => i).sort((a, b) => pValues[a] - pValues[b]);
  const corrected = Array.from(pValues);
  let least = 0;
  order.forEach((i, rank) => {
    least = Math.max(least, Math.min(1, (pValues.length - rank) * pValues[i]));
    corrected[i] = least;
  });
  return corrected;
}
