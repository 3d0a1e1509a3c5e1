/** How good click predictions are: ranking (AUC, ROC), odds (log loss) and calibration. Pure functions of columns. */
import { wilson } from '../../core/intervals.ts';

/** Columns of predictions (in [0, 1]) and labels (0 or 1), equally long. */
type Predicted = ArrayLike<number>;
type Observed = ArrayLike<number>;

/**
 * Area under the ROC curve: the chance that a clicked row is predicted higher than one that was not, ties counting one
 * half (Mann–Whitney). NaN where one class is missing.
 */
export function areaUnderCurve(predicted: Predicted, observed: Observed): number {
  let below = 0;
  let pairs = 0;
  walkTies(predicted, observed, false, (clicks, others) => {
    pairs += clicks * (below + others / 2);
    below += others;
  });
  const clicks = countOnes(observed);
  return pairs / (clicks * (observed.length - clicks));
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
  /** Wilson's 95 % interval of the click rate. */
  interval: readonly [number, number];
  rows: number;
}

/**
 * Calibration in about `bins` bins of equal size, from the lowest to the highest prediction. Equal predictions share a
 * bin, so that the order of rows does not matter; a model with few distinct predictions has fewer bins.
 */
export function calibrationBins(predicted: Predicted, observed: Observed, bins = 10): CalibrationBin[] {
  const m = predicted.length;
  const result: CalibrationBin[] = [];
  let rows = 0;
  let clicks = 0;
  let sum = 0;
  let seen = 0;
  walkTies(predicted, observed, false, (tiedClicks, tiedOthers, value) => {
    const tied = tiedClicks + tiedOthers;
    rows += tied;
    clicks += tiedClicks;
    sum += tied * value;
    seen += tied;
    // Closes where the next bin's share begins; a bin that swallowed several shares leaves none empty behind it.
    if (seen < m && Math.floor((seen * bins) / m) === Math.floor(((seen - rows) * bins) / m)) return;
    result.push({ predicted: sum / rows, observed: clicks / rows, interval: wilson(clicks, rows), rows });
    rows = clicks = sum = 0;
  });
  return result;
}

/**
 * Expected calibration error: mean |click rate − prediction| over equal-size bins, weighted by rows (Naeini 2015).
 * `observed` may be true click rates instead of clicks.
 */
export function calibrationError(predicted: Predicted, observed: Observed, bins = 10): number {
  let sum = 0;
  for (const bin of calibrationBins(predicted, observed, bins)) {
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
export function rocCurve(predicted: Predicted, observed: Observed, points = 200): RocCurve {
  const clicks = countOnes(observed);
  const others = observed.length - clicks;
  const falsePositiveRate = [0];
  const truePositiveRate = [0];
  if (clicks > 0 && others > 0) {
    let hits = 0;
    let alarms = 0;
    let kept = 0;
    walkTies(predicted, observed, true, (tiedClicks, tiedOthers) => {
      hits += tiedClicks;
      alarms += tiedOthers;
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

/** Calls `visit` once for each distinct prediction, ascending or descending, with its clicks and other rows. */
function walkTies(
  predicted: Predicted,
  observed: Observed,
  descending: boolean,
  visit: (clicks: number, others: number, value: number) => void,
): void {
  const m = predicted.length;
  if (observed.length !== m) throw new RangeError(`metrics: ${m} predictions for ${observed.length} labels`);
  const order = Uint32Array.from({ length: m }, (_, i) => i);
  order.sort((a, b) => predicted[a] - predicted[b] || a - b);
  if (descending) order.reverse();
  for (let i = 0; i < m;) {
    const value = predicted[order[i]];
    let clicks = 0;
    let j = i;
    for (; j < m && predicted[order[j]] === value; j++) clicks += observed[order[j]];
    if (j === i) throw new RangeError('metrics: a prediction is not a number');
    visit(clicks, j - i - clicks, value);
    i = j;
  }
}

function countOnes(observed: Observed): number {
  let ones = 0;
  for (let i = 0; i < observed.length; i++) ones += observed[i];
  return ones;
}
