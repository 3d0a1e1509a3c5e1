/** Silhouette: how much nearer points lie to their own cluster than to the next (Rousseeuw 1987). */
import type { Matrix } from '../../core/matrix.ts';
import type { Random } from '../../core/random.ts';
import { summarise } from '../../core/statistics.ts';
import { distance } from './pair-distances.ts';

/** Mean over points in [−1, 1]; a point alone in its cluster counts 0. Takes n² distances: of many points ask a sample. */
export function silhouette(points: Matrix, assignment: Int32Array, k: number): number {
  let total = 0;
  for (const one of silhouettes(points, assignment, k)) total += one;
  return total / points.rows;
}

/** Points that are asked where there are more. */
const SAMPLE = 1000;

/**
 * The same mean with its doubt: `sample` points, drawn without replacement, each held against all n. The 95 % interval
 * (Student's t over the points asked) is null where all are asked: then nothing is in doubt.
 */
export function sampledSilhouette(
  points: Matrix,
  assignment: Int32Array,
  k: number,
  random: Random,
  sample: number = SAMPLE,
): { silhouette: number; interval: readonly [number, number] | null } {
  if (sample >= points.rows) return { silhouette: silhouette(points, assignment, k), interval: null };
  const all = Int32Array.from({ length: points.rows }, (_, i) => i);
  const asked = random.stream('silhouette').sequence().shuffle(all).subarray(0, sample);
  const { mean, interval } = summarise([...silhouettes(points, assignment, k, asked)]);
  return { silhouette: mean, interval };
}

/** Of each point asked (all by default), in that order. */
export function silhouettes(
  { data, rows: n, columns: d }: Matrix,
  assignment: Int32Array,
  k: number,
  asked: Int32Array = Int32Array.from({ length: n }, (_, i) => i),
): Float64Array {
  const counts = new Float64Array(k);
  for (let i = 0; i < n; i++) counts[assignment[i]]++;
  const sums = new Float64Array(k);
  return Float64Array.from(asked, (i) => {
    const own = assignment[i];
    if (counts[own] <= 1) return 0;
    sums.fill(0);
    for (let j = 0; j < n; j++) sums[assignment[j]] += Math.sqrt(distance(data, i * d, data, j * d, d));
    const within = sums[own] / (counts[own] - 1);
    let next = Infinity;
    for (let c = 0; c < k; c++) if (c !== own && counts[c] > 0) next = Math.min(next, sums[c] / counts[c]);
    return (next - within) / Math.max(within, next);
  });
}
