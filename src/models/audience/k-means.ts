/** k-means: groups of points around their means (Lloyd 1982), begun by k-means++ (Arthur & Vassilvitskii 2007). */
import type { Matrix } from '../../core/matrix.ts';
import { matrix } from '../../core/matrix.ts';
import type { Random, Sequence } from '../../core/random.ts';

export interface Clusters {
  /** (n) */
  assignment: Int32Array;
  /** (k×d) */
  centres: Matrix;
  /** J: sum of squared distances to the own centre. */
  objective: number;
}

const STARTS = 5;
const ITERATIONS = 200;

/** The best of `starts`. `points` (n×d); k in [1, n]. Deterministic in its arguments. */
export function kMeans(points: Matrix, k: number, random: Random, starts: number = STARTS): Clusters {
  if (!(k >= 1 && k <= points.rows)) throw new RangeError(`kMeans: ${k} clusters of ${points.rows} points`);
  let best: Clusters | undefined;
  for (let start = 0; start < starts; start++) {
    const found = lloyd(points, spread(points, k, random.stream('k-means', k, start).sequence()));
    if (!best || found.objective < best.objective) best = found;
  }
  return best as Clusters;
}

/** k centres drawn one after the other, with odds ∝ squared distance to the nearest so far (k-means++). */
export function spread({ data, rows: n, columns: d }: Matrix, k: number, luck: Sequence): Matrix {
  const centres = matrix(k, d);
  const nearest = new Float64Array(n).fill(Infinity);
  let chosen = luck.integer(n);
  for (let c = 0; c < k; c++) {
    centres.data.set(data.subarray(chosen * d, chosen * d + d), c * d);
    let total = 0;
    for (let i = 0; i < n; i++)
      total += nearest[i] = Math.min(nearest[i], distance(data, i * d, centres.data, c * d, d));
    let rest = luck.uniform() * total;
    chosen = 0;
    while (chosen < n - 1 && (rest -= nearest[chosen]) >= 0) chosen++;
  }
  return centres;
}

/** Moves each centre to the mean of its points until nothing changes. J never grows. */
function lloyd(points: Matrix, centres: Matrix): Clusters {
  const { data, rows: n, columns: d } = points;
  const k = centres.rows;
  const assignment = new Int32Array(n).fill(-1);
  const counts = new Float64Array(k);
  let objective = Infinity;
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const reached = assign(points, centres, assignment);
    objective = reached.objective;
    if (!reached.changed) break;
    const sums = new Float64Array(k * d);
    counts.fill(0);
    for (let i = 0; i < n; i++) {
      counts[assignment[i]]++;
      for (let j = 0; j < d; j++) sums[assignment[i] * d + j] += data[i * d + j];
    }
    // A cluster that lost its points stays where it is.
    for (let c = 0; c < k; c++) {
      if (counts[c] > 0) for (let j = 0; j < d; j++) centres.data[c * d + j] = sums[c * d + j] / counts[c];
    }
  }
  return { assignment, centres, objective };
}

/**
 * Writes the nearest centre of each point (of equals the first) to `assignment` (n); the sum of squared distances to it. Four
 * centres are met at a time: each distance is one long chain of dependent sums, and the processor works on several at once.
 */
export function assign(
  { data, rows: n, columns: d }: Matrix,
  centres: Matrix,
  assignment: Int32Array,
): { objective: number; changed: boolean } {
  const k = centres.rows;
  const whole = k - (k % 4);
  const means = centres.data;
  let changed = false;
  let objective = 0;
  for (let i = 0; i < n; i++) {
    const at = i * d;
    let best = 0;
    let least = Infinity;
    for (let c = 0; c < whole; c += 4) {
      const p = c * d;
      const q = p + d;
      const r = q + d;
      const s = r + d;
      let first = 0;
      let second = 0;
      let third = 0;
      let fourth = 0;
      for (let j = 0; j < d; j++) {
        const value = data[at + j];
        const toFirst = value - means[p + j];
        const toSecond = value - means[q + j];
        const toThird = value - means[r + j];
        const toFourth = value - means[s + j];
        first += toFirst * toFirst;
        second += toSecond * toSecond;
        third += toThird * toThird;
        fourth += toFourth * toFourth;
      }
      if (first < least) best = ((least = first), c);
      if (second < least) best = ((least = second), c + 1);
      if (third < least) best = ((least = third), c + 2);
      if (fourth < least) best = ((least = fourth), c + 3);
    }
    for (let c = whole; c < k; c++) {
      const away = distance(data, at, means, c * d, d);
      if (away < least) best = ((least = away), c);
    }
    objective += least;
    if (assignment[i] !== best) changed = true;
    assignment[i] = best;
  }
  return { objective, changed };
}

/** Squared Euclidean distance. */
export function distance(a: Float64Array, at: number, b: Float64Array, bt: number, d: number): number {
  let sum = 0;
  for (let j = 0; j < d; j++) sum += (a[at + j] - b[bt + j]) * (a[at + j] - b[bt + j]);
  return sum;
}
