/**
 * What a decision tree seeks: classes apart, by Gini's impurity or by entropy (Breiman et al. 1984, CART, §4.1). Cells hold the
 * weight of each class, and the number of rows.
 */
import type { LabelledExamples } from '../examples.ts';
import type { Binned } from './bins.ts';
import { ROUNDING } from './criterion.ts';
import type { Criterion } from './criterion.ts';

export type Impurity = 'gini' | 'entropy';

/**
 * Purity times weight, of weights [from, from + classes): Σ n_c² / n or Σ n_c ln(n_c / n). A split gains what its children have
 * more than their parent. Weight × impurity is n − purity by Gini, −purity by entropy [nats].
 */
export function purity(kind: Impurity, weights: Float64Array, from: number, classes: number): number {
  let n = 0;
  let sum = 0;
  for (let c = from; c < from + classes; c++) {
    const w = weights[c];
    n += w;
    sum += kind === 'gini' ? w * w : w > 0 ? w * Math.log(w) : 0;
  }
  if (n <= 0) return 0;
  return kind === 'gini' ? sum / n : sum - n * Math.log(n);
}

/** Leaves say the weight of each class. */
export function classCriterion(
  { cells, first }: Binned,
  { label, weight, classes }: LabelledExamples,
  kind: Impurity,
  minRowsPerLeaf: number,
): Criterion {
  const width = first.length - 1;
  const channels = classes + 1;
  const left = new Float64Array(channels);
  const right = new Float64Array(channels);
  return {
    channels,
    width: classes,
    // Of two classes one order holds the best set (Breiman et al. 1984, theorem 4.5); of more, each class against the rest.
    orders: classes === 2 ? 1 : classes,
    accumulate(rows, from, to, columns, histogram) {
      if (columns.length === width) addRows(cells, width, label, weight, classes, rows, from, to, histogram);
      else throw new RangeError('classCriterion: trees of classes are grown on all columns');
    },
    leastRowsPerCode: 1,
    rank(histogram, cell, order) {
      let sum = 0;
      for (let c = 0; c < classes; c++) sum += histogram[cell * channels + c];
      return sum > 0 ? histogram[cell * channels + order] / sum : 0;
    },
    scan(histogram, order, count, missing, sums, best) {
      const parent = purity(kind, sums, 0, classes);
      const rounding = ROUNDING * Math.abs(parent);
      const sides = missing[classes] > 0 ? 2 : 1;
      for (let side = 0; side < sides; side++) {
        for (let c = 0; c < channels; c++) left[c] = side * missing[c];
        for (let k = 0; k < count; k++) {
          for (let c = 0; c < channels; c++) left[c] += histogram[order[k] * channels + c];
          if (left[classes] < minRowsPerLeaf) continue;
          if (sums[classes] - left[classes] < minRowsPerLeaf) break;
          for (let c = 0; c < classes; c++) right[c] = Math.max(0, sums[c] - left[c]);
          const gain = purity(kind, left, 0, classes) + purity(kind, right, 0, classes) - parent;
          if (gain <= Math.max(best.gain, rounding)) continue;
          best.gain = gain;
          best.count = k + 1;
          best.missingLeft = side === 1;
        }
      }
    },
    divisible(sums) {
      let present = 0;
      for (let c = 0; c < classes; c++) if (sums[c] > 0) present++;
      return present > 1 && sums[classes] >= 2 * minRowsPerLeaf;
    },
    leaf(sums, out) {
      for (let c = 0; c < classes; c++) out[c] = sums[c];
    },
    cover(sums) {
      let sum = 0;
      for (let c = 0; c < classes; c++) sum += sums[c];
      return sum;
    },
  };
}

// The loop stands alone, not in the closure of a fit: what the compiler learned of it serves the next fit as well.
function addRows(
  cells: Binned['cells'],
  width: number,
  label: Int32Array,
  weight: Float64Array | undefined,
  classes: number,
  rows: Int32Array,
  from: number,
  to: number,
  histogram: Float64Array,
): void {
  const channels = classes + 1;
  for (let r = from; r < to; r++) {
    const i = rows[r];
    const w = weight ? weight[i] : 1;
    const own = label[i];
    const end = (i + 1) * width;
    for (let p = i * width; p < end; p++) {
      const at = channels * cells[p];
      histogram[at + own] += w;
      histogram[at + classes]++;
    }
  }
}
