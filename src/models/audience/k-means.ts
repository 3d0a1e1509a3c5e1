/** k-means: groups of points around their means (Lloyd 1982), begun by k-means++ (Arthur & Vassilvitskii 2007). */
import type { Matrix } from '../../core/matrix.ts';
import { matrix } from '../../core/matrix.ts';
import type { Random, Sequence } from '../../core/random.ts';
import { boundedAssigner } from './bounded-assigner.ts';
import { distance, fillDistances, pairsFor } from './pair-distances.ts';

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
export function spread(points: Matrix, k: number, luck: Sequence): Matrix {
  const { data, rows: n, columns: d } = points;
  const centres = matrix(k, d);
  const nearest = new Float64Array(n).fill(Infinity);
  const owner = new Int32Array(n);
  let chosen = luck.integer(n);
  for (let c = 0; c < k; c++) {
    centres.data.set(data.subarray(chosen * d, chosen * d + d), c * d);
    lowerNearest(points, centres, c, nearest, owner);
    let total = 0;
    for (let i = 0; i < n; i++) total += nearest[i];
    let rest = luck.uniform() * total;
    chosen = 0;
    while (chosen < n - 1 && (rest -= nearest[chosen]) >= 0) chosen++;
  }
  return centres;
}

/** Points that are measured together. */
const POINTS_AT_ONCE = 256;

/** Lets a new centre lower the squared distance of each point to its nearest one, which `owner` names. */
function lowerNearest(
  { data, rows: n, columns: d }: Matrix,
  { data: means }: Matrix,
  c: number,
  nearest: Float64Array,
  owner: Int32Array,
): void {
  // A centre that is twice as far from the owner as the point cannot be nearer; what rounding may take is left to measuring.
  const quarter = Float64Array.from(
    { length: c },
    (_, o) => (distance(means, o * d, means, c * d, d) / 4) * (1 - 1e-9),
  );
  const pairs = pairsFor(POINTS_AT_ONCE);
  pairs.right.fill(c);
  for (let i = 0; i < n;) {
    for (pairs.count = 0; i < n && pairs.count < POINTS_AT_ONCE; i++) {
      if (c === 0 || !(quarter[owner[i]] > nearest[i])) pairs.left[pairs.count++] = i;
    }
    fillDistances(pairs, data, means, d);
    for (let p = 0; p < pairs.count; p++) {
      const at = pairs.left[p];
      if (pairs.square[p] >= nearest[at]) continue;
      nearest[at] = pairs.square[p];
      owner[at] = c;
    }
  }
}

/**
 * Moves each centre to the mean of its points until nothing changes. J never grows. Means follow the points that change; those
 * of the end are of all points, in order, so that the end is one of Lloyd's, to the last digit.
 */
function lloyd(points: Matrix, centres: Matrix): Clusters {
  const { data, rows: n, columns: d } = points;
  const k = centres.rows;
  const assignment = new Int32Array(n).fill(-1);
  const assigner = boundedAssigner(points, centres);
  const sums = new Float64Array(k * d);
  const counts = new Float64Array(k);
  const add = (i: number, c: number, sign: number): void => {
    counts[c] += sign;
    for (let j = 0, from = i * d, to = c * d; j < d; j++) sums[to + j] += sign * data[from + j];
  };
  let changes = 0;
  const follow = (i: number, from: number, to: number): void => {
    if (from >= 0) add(i, from, -1);
    add(i, to, 1);
    changes++;
  };
  let exact = false;
  for (let left = ITERATIONS; left > 0; left--) {
    changes = 0;
    assigner.assign(assignment, follow);
    if (changes === 0 && exact) break;
    exact = changes === 0 || left === 1;
    if (exact) {
      sums.fill(0);
      counts.fill(0);
      for (let i = 0; i < n; i++) add(i, assignment[i], 1);
    }
    assigner.moved(Float64Array.from({ length: k }, (_, c) => move(centres, c, sums, counts[c])));
  }
  return { assignment, centres, objective: assigner.objective(assignment) };
}

/** Moves a centre to the mean of its points and says how far that is. A cluster that lost its points stays where it is. */
function move({ data, columns: d }: Matrix, c: number, sums: Float64Array, count: number): number {
  if (count === 0) return 0;
  let square = 0;
  for (let at = c * d; at < (c + 1) * d; at++) {
    const mean = sums[at] / count;
    square += (mean - data[at]) * (mean - data[at]);
    data[at] = mean;
  }
  return Math.sqrt(square);
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
