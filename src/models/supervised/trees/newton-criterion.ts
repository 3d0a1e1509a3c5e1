/**
 * What a boosted tree seeks: the second-order decrease of the loss (Chen & Guestrin 2016, XGBoost, eq. 6–7). Cells hold the sums
 * of gradients and curvatures, and the number of rows.
 */
import { ROUNDING } from './criterion.ts';
import type { Best, Criterion } from './criterion.ts';
import type { Binned } from './bins.ts';

export interface NewtonOptions {
  /** λ ≥ 0: L2 penalty on what a leaf adds. */
  l2: number;
  /** Shrinkage: part of Newton's step that a leaf takes. */
  learningRate: number;
  /** ≥ 1 */
  minRowsPerLeaf: number;
}

/** Rows whose losses hardly bend any more are no ground for a step. */
const LEAST_CURVATURE = 1e-3;

/** Codes with less curvature than this are drawn to the middle of the order (as LightGBM's cat_smooth). */
const RANK_SMOOTHING = 10;

/** `gradient` and `curvature` (m) are read afresh at each tree. */
export function newtonCriterion(
  { cells, first }: Binned,
  gradient: Float64Array,
  curvature: Float64Array,
  options: NewtonOptions,
): Criterion {
  const { l2, learningRate, minRowsPerLeaf } = options;
  const width = first.length - 1;
  return {
    channels: 3,
    width: 1,
    orders: 1,
    accumulate(rows, from, to, columns, histogram) {
      if (columns.length === width) addRows(cells, width, gradient, curvature, rows, from, to, histogram);
      else addColumns(cells, width, gradient, curvature, rows, from, to, columns, histogram);
    },
    leastRowsPerCode: 10,
    rank: (histogram, cell) => histogram[3 * cell] / (histogram[3 * cell + 1] + RANK_SMOOTHING),
    scan(histogram, order, count, missing, sums, best) {
      scanNewton(options, histogram, order, count, missing, sums, best);
    },
    divisible: (sums) => sums[2] >= 2 * minRowsPerLeaf && sums[1] >= 2 * LEAST_CURVATURE,
    leaf(sums, out) {
      out[0] = (-learningRate * sums[0]) / (sums[1] + l2 + Number.MIN_VALUE);
    },
    cover: (sums) => sums[2],
  };
}

// The loops stand alone, not in the closures of a fit: what the compiler learned of them serves the next fit as well.

function addRows(
  cells: Binned['cells'],
  width: number,
  gradient: Float64Array,
  curvature: Float64Array,
  rows: Int32Array,
  from: number,
  to: number,
  histogram: Float64Array,
): void {
  for (let r = from; r < to; r++) {
    const i = rows[r];
    const g = gradient[i];
    const h = curvature[i];
    const end = (i + 1) * width;
    for (let p = i * width; p < end; p++) {
      const at = 3 * cells[p];
      histogram[at] += g;
      histogram[at + 1] += h;
      histogram[at + 2]++;
    }
  }
}

/** The same where only some columns may be split at. */
function addColumns(
  cells: Binned['cells'],
  width: number,
  gradient: Float64Array,
  curvature: Float64Array,
  rows: Int32Array,
  from: number,
  to: number,
  columns: Int32Array,
  histogram: Float64Array,
): void {
  for (let r = from; r < to; r++) {
    const i = rows[r];
    for (let c = 0; c < columns.length; c++) {
      const at = 3 * cells[i * width + columns[c]];
      histogram[at] += gradient[i];
      histogram[at + 1] += curvature[i];
      histogram[at + 2]++;
    }
  }
}

function scanNewton(
  { l2, minRowsPerLeaf }: NewtonOptions,
  histogram: Float64Array,
  order: Int32Array,
  count: number,
  missing: Float64Array,
  sums: Float64Array,
  best: Best,
): void {
  const G = sums[0];
  const H = sums[1];
  const N = sums[2];
  const parent = (G * G) / (H + l2);
  let most = Math.max(best.gain, ROUNDING * parent) + parent;
  const sides = missing[2] > 0 ? 2 : 1;
  for (let side = 0; side < sides; side++) {
    let g = side * missing[0];
    let h = side * missing[1];
    let n = side * missing[2];
    for (let k = 0; k < count; k++) {
      const at = 3 * order[k];
      g += histogram[at];
      h += histogram[at + 1];
      n += histogram[at + 2];
      if (n < minRowsPerLeaf || h < LEAST_CURVATURE) continue;
      if (N - n < minRowsPerLeaf || H - h < LEAST_CURVATURE) break;
      const score = (g * g) / (h + l2) + ((G - g) * (G - g)) / (H - h + l2);
      if (score <= most) continue;
      most = score;
      best.gain = score - parent;
      best.count = k + 1;
      best.missingLeft = side === 1;
    }
  }
}
