/** Silhouette: how much nearer points lie to their own cluster than to the next (Rousseeuw 1987). */
import type { Matrix } from '../../core/matrix.ts';
import { distance } from './k-means.ts';

/** Mean over points in [−1, 1]; a point alone in its cluster counts 0. Takes n² distances: give a sample. */
export function silhouette({ data, rows: n, columns: d }: Matrix, assignment: Int32Array, k: number): number {
  const counts = new Float64Array(k);
  for (let i = 0; i < n; i++) counts[assignment[i]]++;
  const sums = new Float64Array(k);
  let total = 0;
  for (let i = 0; i < n; i++) {
    const own = assignment[i];
    if (counts[own] <= 1) continue;
    sums.fill(0);
    for (let j = 0; j < n; j++) sums[assignment[j]] += Math.sqrt(distance(data, i * d, data, j * d, d));
    const within = sums[own] / (counts[own] - 1);
    let next = Infinity;
    for (let c = 0; c < k; c++) if (c !== own && counts[c] > 0) next = Math.min(next, sums[c] / counts[c]);
    total += (next - within) / Math.max(within, next);
  }
  return total / n;
}
