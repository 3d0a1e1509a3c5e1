/**
 * Scores of a few runs on several tasks, summed up so that one lucky run decides nothing. Source: Agarwal et al. (2021),
 * Deep reinforcement learning at the edge of the statistical precipice, NeurIPS (their library is called rliable).
 * Scores are (tasks)(runs); tasks may have different numbers of runs.
 */
import type { Random } from './random.ts';
import { sampleQuantile } from './statistics.ts';

export type Scores = readonly (readonly number[])[];

/** Mean of what is left when ⌊n/4⌋ values are dropped at each end. Throws RangeError on an empty list. */
export function interquartileMean(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('interquartileMean: no values');
  const sorted = values.toSorted((a, b) => a - b);
  const cut = Math.floor(sorted.length / 4);
  const kept = sorted.slice(cut, sorted.length - cut);
  return kept.reduce((sum, value) => sum + value, 0) / kept.length;
}

/** How far below `target` scores fall, in the mean: min(score, target) counts. */
export function optimalityGap(values: readonly number[], target: number): number {
  return values.reduce((sum, value) => sum + target - Math.min(value, target), 0) / values.length;
}

/** P(X > Y) + ½ P(X = Y) of a run of each, averaged over the tasks. ½: neither is better. */
export function probabilityOfImprovement(x: Scores, y: Scores): number {
  const each = x.map((runs, task) => {
    let wins = 0;
    for (const a of runs) for (const b of y[task]) wins += a > b ? 1 : a === b ? 0.5 : 0;
    return wins / (runs.length * y[task].length);
  });
  return each.reduce((sum, p) => sum + p, 0) / each.length;
}

/** Share of the runs, task by task and then averaged, that score more than each threshold: a performance profile. */
export function performanceProfile(scores: Scores, thresholds: readonly number[]): number[] {
  return thresholds.map((threshold) => {
    const shares = scores.map((runs) => runs.filter((score) => score > threshold).length / runs.length);
    return shares.reduce((sum, share) => sum + share, 0) / shares.length;
  });
}

export interface BootstrapOptions {
  random: Random;
  /** Default 2000. */
  resamples?: number;
  /** Default 0.95. */
  level?: number;
}

/**
 * Percentile interval of a statistic under the stratified bootstrap: each resample draws as many runs of each task, with
 * replacement; several sets of scores (two algorithms) are drawn apart.
 */
export function stratifiedBootstrap(
  sets: readonly Scores[],
  statistic: (sets: readonly Scores[]) => number,
  { random, resamples = 2000, level = 0.95 }: BootstrapOptions,
): [number, number] {
  const luck = random.sequence();
  const values = Array.from({ length: resamples }, () =>
    statistic(sets.map((scores) => scores.map((runs) => runs.map(() => runs[luck.integer(runs.length)])))),
  );
  return [sampleQuantile(values, (1 - level) / 2), sampleQuantile(values, (1 + level) / 2)];
}
