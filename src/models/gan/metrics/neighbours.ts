/**
 * Precision and recall of a generator by nearest neighbours (Kynkäänniemi et al. 2019, "Improved precision and recall
 * metric for assessing generative models", equations 1 and 2): a set of images stands for the balls around each, as wide
 * as to its k-th neighbour in the set. Precision is the share of samples inside the real images' balls (do they look
 * real?), recall the share of real images inside the samples' balls (is every kind of them made?).
 */
import { wilson } from '../../../core/intervals.ts';

/** A share with Wilson's 95 % interval, the other set taken as it is. */
export interface Share {
  rate: number;
  interval: readonly [number, number];
}

/** Neighbours that make a ball; the paper's. */
const K = 3;

/** Of features `real` and `samples` (n×d each). Throws RangeError for fewer than five rows in either. */
export function precisionAndRecall(
  real: Float32Array,
  samples: Float32Array,
  d: number,
): { precision: Share; recall: Share } {
  return { precision: inside(samples, real, d), recall: inside(real, samples, d) };
}

/** A share of n, as counted. */
export function shareOf(hits: number, n: number): Share {
  return { rate: hits / n, interval: wilson(hits, n) };
}

/** The share of `points` inside the balls of `centres`. */
function inside(points: Float32Array, centres: Float32Array, d: number): Share {
  const radii = ballRadii(centres, d);
  const n = points.length / d;
  let hits = 0;
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < radii.length; c++) {
      if (squaredDistance(points, i, centres, c, d) <= radii[c]) {
        hits++;
        break;
      }
    }
  }
  return shareOf(hits, n);
}

/** (n) squared distance of each row to its K-th neighbour. */
function ballRadii(rows: Float32Array, d: number): Float64Array {
  const n = rows.length / d;
  if (n < K + 2) throw new RangeError(`precisionAndRecall: ${n} rows; ${K + 2} or more are needed`);
  const nearest = new Float64Array(n * K).fill(Infinity);
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const distance = squaredDistance(rows, i, rows, j, d);
      insert(nearest, i * K, distance);
      insert(nearest, j * K, distance);
    }
  }
  return Float64Array.from({ length: n }, (_, i) => nearest[i * K + K - 1]);
}

/** Keeps the K smallest at `at`, ascending. */
function insert(nearest: Float64Array, at: number, distance: number): void {
  let place = K - 1;
  if (distance >= nearest[at + place]) return;
  for (; place > 0 && nearest[at + place - 1] > distance; place--) nearest[at + place] = nearest[at + place - 1];
  nearest[at + place] = distance;
}

function squaredDistance(a: Float32Array, i: number, b: Float32Array, j: number, d: number): number {
  let sum = 0;
  for (let f = 0, at = i * d, bt = j * d; f < d; f++) {
    const apart = a[at + f] - b[bt + f];
    sum += apart * apart;
  }
  return sum;
}
