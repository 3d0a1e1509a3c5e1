/** What the weights of slates or episodes say of an estimate: how many rows it is worth, and whom it hangs on. */
import type { Warning } from '../core/warnings.ts';
import { meanWeightDoubt } from './mean-weight-doubt.ts';

/** Below this, the normal approximation of a weighted mean is a hope. */
const ENOUGH_ROWS = 100;
const LARGE_SHARE = 0.05;
const ODD_MEAN_WEIGHT = 4;

/** Sums of one column of weights. */
interface WeightSums {
  sum: number;
  squares: number;
  largest: number;
}

/** The smallest (Σw)² / Σw² of any column of `weights` (rows×any); 0 where a column is 0 throughout. */
export function smallestEffectiveSize(weights: Float64Array, rows: number): number {
  return effectiveSize(worst(weights, rows));
}

/** (columns) the same of each column. */
export function effectiveSizes(weights: Float64Array, rows: number): Float64Array {
  return Float64Array.from(columnSums(weights, rows), effectiveSize);
}

/** The doubts that the column of least effective size calls for. */
export function weightDoubts(weights: Float64Array, rows: number, noun = 'row'): Warning[] {
  const found = worst(weights, rows);
  const { sum, squares, largest } = found;
  if (sum === 0) {
    return [
      {
        kind: 'no-overlap',
        message: `the evaluation policy never does what was logged: every one of ${rows} weights is 0`,
        advice: 'this log cannot tell its value: collect a log with more exploration',
      },
    ];
  }
  const warnings: Warning[] = [];
  const size = effectiveSize(found);
  if (size < ENOUGH_ROWS) {
    warnings.push({
      kind: 'low-effective-sample-size',
      message: `the ${rows} ${noun}s are worth ${size.toFixed(1)} ${noun}s of the evaluation policy`,
      advice: `the interval rests on a normal approximation that needs about ${ENOUGH_ROWS}: collect more, or evaluate a policy closer to the logged one`,
    });
  }
  if (largest / sum > LARGE_SHARE) {
    warnings.push({
      kind: 'dominant-weight',
      message: `one ${noun} carries ${((100 * largest) / sum).toPrecision(3)} % of all weight (weight ${largest.toPrecision(3)})`,
      advice: 'the estimate hangs on it: prefer an estimator whose weights span fewer slots or steps',
    });
  }
  const mean = sum / rows;
  const score = (mean - 1) / Math.sqrt(Math.max(squares / rows - mean * mean, 0) / rows);
  if (Math.abs(mean - 1) > 1e-9 && Math.abs(score) > ODD_MEAN_WEIGHT) {
    warnings.push(meanWeightDoubt(mean, score));
  }
  return warnings;
}

function effectiveSize({ sum, squares }: WeightSums): number {
  return squares > 0 ? (sum * sum) / squares : 0;
}

function worst(weights: Float64Array, rows: number): WeightSums {
  const [first, ...others] = columnSums(weights, rows);
  return others.reduce((least, one) => (effectiveSize(one) < effectiveSize(least) ? one : least), first ?? NO_WEIGHT);
}

const NO_WEIGHT: WeightSums = { sum: 0, squares: 0, largest: 0 };

function columnSums(weights: Float64Array, rows: number): WeightSums[] {
  const columns = weights.length / rows;
  return Array.from({ length: columns }, (_, c) => {
    const found = { ...NO_WEIGHT };
    for (let at = c; at < weights.length; at += columns) {
      found.sum += weights[at];
      found.squares += weights[at] * weights[at];
      found.largest = Math.max(found.largest, weights[at]);
    }
    return found;
  });
}
