/** How good click predictions are: ranking (AUC, ROC), odds (log loss) and calibration. Pure functions of columns. */
import { wilson } from '../../core/intervals.ts';
import { relativeWeights } from '../metrics/influence.ts';

/** Columns of predictions (in [0, 1]), labels (0 or 1) and weights (≥ 0; default: all rows count alike), equally long. */
type Predicted = ArrayLike<number>;
type Observed = ArrayLike<number>;
type Weight = ArrayLike<number> | undefined;

/**
 * Area under the ROC curve: the chance that a clicked row is predicted higher than one that was not, ties counting one
 * half (Mann–Whitney). NaN where one class is missing.
 */
export function areaUnderCurve(predicted: Predicted, observed: Observed): number {
  let below = 0;
  let ones = 0;
  let pairs = 0;
  walkTies(order(predicted, observed), predicted, observed, undefined, ({ clicks, weight }) => {
    const others = weight - clicks;
    pairs += clicks * (below + others / 2);
    below += others;
    ones += clicks;
  });
  return pairs / (ones * below);
}

/** Mean −log of the probability given to what happened [nats]; Infinity where it was given none. NaN without rows. */
export function logLoss(predicted: Predicted, observed: Observed): number {
  let sum = 0;
  for (let i = 0; i < predicted.length; i++) {
    sum -= observed[i] === 1 ? Math.log(predicted[i]) : Math.log1p(-predicted[i]);
  }
  return sum / predicted.length;
}

/** One bin of a calibration curve. */
export interface CalibrationBin {
  /** Mean prediction. */
  predicted: number;
  /** Click rate. */
  observed: number;
  /** Wilson's 95 % interval of the click rate; of weighted rows with as many as would say as much alike, (Σw)²/Σw² (Kish 1965). */
  interval: readonly [number, number];
  rows: number;
}

const BINS = 10;

/**
 * Calibration in about ten bins of equal weight, from the lowest to the highest prediction. Equal predictions share a bin, so that the
 * order of rows does not matter; a model with few distinct predictions has fewer bins. Rows of weight 0 make none.
 */
export function calibrationBins(predicted: Predicted, observed: Observed, weight?: Weight): CalibrationBin[] {
  const m = predicted.length;
  const by = weight && relativeWeights(m, weight);
  // Weights that sum to a share but for rounding reach it.
  const shareAt = (seen: number): number => Math.floor((seen * BINS) / m + 1e-9);
  const result: CalibrationBin[] = [];
  let bin = { ...NO_ROWS };
  let sum = 0;
  let [seen, before] = [0, 0];
  walkTies(order(predicted, observed), predicted, observed, by, (tied, value, last) => {
    bin = {
      rows: bin.rows + tied.rows,
      clicks: bin.clicks + tied.clicks,
      weight: bin.weight + tied.weight,
      squares: bin.squares + tied.squares,
    };
    sum += tied.weight * value;
    seen += tied.weight;
    // Closes where the next bin's share begins; a bin that swallowed several shares leaves none empty behind it.
    if (bin.weight === 0 || (!last && shareAt(seen) === shareAt(before))) return;
    const scale = bin.weight / bin.squares;
    result.push({
      predicted: sum / bin.weight,
      observed: bin.clicks / bin.weight,
      interval: wilson(bin.clicks * scale, bin.weight * scale),
      rows: bin.rows,
    });
    bin = { ...NO_ROWS };
    sum = 0;
    before = seen;
  });
  return result;
}

/**
 * Expected calibration error: mean |click rate − prediction| over equal-size bins, weighted by rows (Naeini 2015).
 * `observed` may be true click rates instead of clicks.
 */
export function calibrationError(predicted: Predicted, observed: Observed): number {
  let sum = 0;
  for (const bin of calibrationBins(predicted, observed)) {
    sum += (bin.rows / predicted.length) * Math.abs(bin.observed - bin.predicted);
  }
  return sum;
}

/** A ROC curve from (0, 0) to (1, 1). */
export interface RocCurve {
  falsePositiveRate: number[];
  truePositiveRate: number[];
}

/**
 * The ROC curve, thinned to at most `points` of its own corners, evenly spaced along it; the ends are exact. The bare
 * diagonal where one class is missing.
 */
export function rocCurve(
  predicted: Predicted,
  observed: Observed,
  { points = 200, weight }: { points?: number; weight?: Weight } = {},
): RocCurve {
  const by = weight && relativeWeights(predicted.length, weight);
  const falsePositiveRate = [0];
  const truePositiveRate = [0];
  const descending = order(predicted, observed).toReversed();
  let [clicks, others] = [0, 0];
  walkTies(descending, predicted, observed, by, (tied) => {
    clicks += tied.clicks;
    others += tied.weight - tied.clicks;
  });
  if (clicks > 0 && others > 0) {
    let hits = 0;
    let alarms = 0;
    let kept = 0;
    walkTies(descending, predicted, observed, by, (tied) => {
      hits += tied.clicks;
      alarms += tied.weight - tied.clicks;
      if (hits === clicks && alarms === others) return;
      // How far along the curve, from 0 to 2, in the city-block metric.
      const along = hits / clicks + alarms / others;
      if (kept >= points - 2 || along < (2 * (kept + 1)) / (points - 1)) return;
      kept = Math.max(kept + 1, Math.min(points - 2, Math.floor((along * (points - 1)) / 2)));
      falsePositiveRate.push(alarms / others);
      truePositiveRate.push(hits / clicks);
    });
  }
  falsePositiveRate.push(1);
  truePositiveRate.push(1);
  return { falsePositiveRate, truePositiveRate };
}

/** Rows together: how many count, the weight of them and of the clicks among them, and Σw². */
interface Tied {
  rows: number;
  clicks: number;
  weight: number;
  squares: number;
}

const NO_ROWS: Tied = { rows: 0, clicks: 0, weight: 0, squares: 0 };

/** Rows from the lowest to the highest prediction. */
function order(predicted: Predicted, observed: Observed): Uint32Array {
  const m = predicted.length;
  if (observed.length !== m) throw new RangeError(`metrics: ${m} predictions for ${observed.length} labels`);
  return Uint32Array.from({ length: m }, (_, i) => i).sort((a, b) => predicted[a] - predicted[b] || a - b);
}

/** Calls `visit` once for each distinct prediction, in the order of `rows`. */
function walkTies(
  rows: Uint32Array,
  predicted: Predicted,
  observed: Observed,
  weight: Weight,
  visit: (tied: Tied, value: number, last: boolean) => void,
): void {
  const m = rows.length;
  for (let i = 0; i < m;) {
    const value = predicted[rows[i]];
    if (Number.isNaN(value)) throw new RangeError('metrics: a prediction is not a number');
    const tied = { ...NO_ROWS };
    for (; i < m && predicted[rows[i]] === value; i++) {
      const one = weight ? weight[rows[i]] : 1;
      tied.rows += one > 0 ? 1 : 0;
      tied.clicks += one * observed[rows[i]];
      tied.weight += one;
      tied.squares += one * one;
    }
    visit(tied, value, i === m);
  }
}
