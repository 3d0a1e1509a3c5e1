/** How many clusters there are: what each number costs (J), how well apart they lie (silhouette), and what it explains (BIC). */
import type { Matrix } from '../../core/matrix.ts';
import type { Random } from '../../core/random.ts';
import { gaussianMixture } from './gaussian-mixture.ts';
import { clustersOf } from './mini-batch.ts';
import type { Clusters } from './k-means.ts';
import { sampledSilhouette } from './silhouette.ts';

/** One number of clusters that was tried. */
export interface Trial {
  k: number;
  clusters: Clusters;
  /** J of k-means. */
  objective: number;
  silhouette: number;
  /** 95 %, over the points asked; null where all were. */
  interval: readonly [number, number] | null;
  /** Of a Gaussian mixture with diagonal covariances that begins with the clusters. */
  bic: number;
}

export interface HowMany {
  trials: readonly Trial[];
  /** With the best silhouette; of equals the fewest. */
  bySilhouette: number;
  /** Where J bends most: the trial furthest below the line from the first to the last (Satopää et al. 2011, Kneedle). */
  byElbow: number;
  /** With the least BIC. */
  byBic: number;
}

/** Tries each of `tried` (ascending, each in [2, n]) on points (n×d). Deterministic in its arguments. */
export function howMany(points: Matrix, tried: readonly number[], random: Random): HowMany {
  const trials = tried.map((k): Trial => {
    const clusters = clustersOf(points, k, random);
    const { silhouette, interval } = sampledSilhouette(points, clusters.assignment, k, random);
    const { bic } = gaussianMixture(points, k, clusters.assignment, { covariance: 'diagonal' });
    return { k, clusters, objective: clusters.objective, silhouette, interval, bic };
  });
  const best = (value: (trial: Trial) => number): number => trials.reduce((a, b) => (value(b) > value(a) ? b : a)).k;
  return {
    trials,
    bySilhouette: best(({ silhouette }) => silhouette),
    byElbow: best(({ k, objective }) => belowChord(trials, k, objective)),
    byBic: best(({ bic }) => -bic),
  };
}

/** How far a trial's J lies below the straight line from the first to the last, as a share of their difference. */
function belowChord(trials: readonly Trial[], k: number, objective: number): number {
  const [first, last] = [trials[0], trials[trials.length - 1]];
  if (first === last) return 0;
  const along = (k - first.k) / (last.k - first.k);
  const fallen = (first.objective - objective) / (first.objective - last.objective || 1);
  return fallen - along;
}
