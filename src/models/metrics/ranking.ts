/** How well predictions rank: areas under curves, each with the influence of every row. Labels are 0 or 1. */
import type { Influence } from './influence.ts';

type Predicted = ArrayLike<number>;
type Observed = ArrayLike<number>;

/**
 * Area under the ROC curve, ties counting one half; its interval is DeLong's (DeLong, DeLong & Clarke-Pearson 1988, Biometrics
 * 44), from mid-ranks (Sun & Xu 2014). NaN where a class is missing.
 */
export function aucInfluence(predicted: Predicted, observed: Observed): Influence {
  const m = predicted.length;
  const influence = new Float64Array(m);
  const steps = stepsOf(predicted, observed);
  const [ones, zeros] = [steps.ones, m - steps.ones];
  if (ones === 0 || zeros === 0) return { value: Number.NaN, influence };
  let [below, onesBelow, area] = [0, 0, 0];
  steps.each((rows, tiedOnes, tiedZeros) => {
    const won = (below + tiedZeros / 2) / zeros;
    const lost = (ones - onesBelow - tiedOnes / 2) / ones;
    for (const i of rows) influence[i] = observed[i] === 1 ? won : lost;
    area += tiedOnes * won;
    below += tiedZeros;
    onesBelow += tiedOnes;
  });
  const value = area / ones;
  const [ofOne, ofZero] = [weightOf(m, ones), weightOf(m, zeros)];
  for (let i = 0; i < m; i++) influence[i] = (influence[i] - value) * (observed[i] === 1 ? ofOne : ofZero);
  return { value, influence };
}

/** m/n, and what makes a variance over n rows that of a sample. */
function weightOf(m: number, n: number): number {
  return n < 2 ? m : (m / n) * Math.sqrt(n / (n - 1));
}

/**
 * Average precision, the area under the precision-recall curve as scikit-learn has it: Σ (recall gained) × precision, rows of one
 * prediction together. NaN without a positive row. With N(s), P(s) the rows and positive rows predicted at s or more, AP is
 * the mean of P/N over positive rows; the influence is that of this ratio of sums.
 */
export function averagePrecisionInfluence(predicted: Predicted, observed: Observed): Influence {
  const m = predicted.length;
  const influence = new Float64Array(m);
  const steps = stepsOf(predicted, observed);
  const ones = steps.ones;
  if (ones === 0) return { value: Number.NaN, influence };
  let [hits, rows, area] = [0, 0, 0];
  const curve: { rows: Int32Array; precision: number; pullOne: number; pullZero: number }[] = [];
  steps.each((at, tiedOnes, tiedZeros) => {
    hits += tiedOnes;
    rows += tiedOnes + tiedZeros;
    const precision = hits / rows;
    area += tiedOnes * precision;
    // A row at s or more moves the precision here by (1 − p)/N if it is positive, by −p/N if not.
    curve.push({
      rows: at,
      precision,
      pullOne: (tiedOnes * (1 - precision)) / rows,
      pullZero: (-tiedOnes * precision) / rows,
    });
  }, true);
  const value = area / ones;
  let [one, zero] = [0, 0];
  for (let s = curve.length - 1; s >= 0; s--) {
    const { rows: at, precision, pullOne, pullZero } = curve[s];
    one += pullOne;
    zero += pullZero;
    for (const i of at) influence[i] = (observed[i] === 1 ? one + precision - value : zero) * (m / ones);
  }
  return { value, influence };
}

/**
 * AUC within groups (users), averaged by rows over groups that have both classes: it knows nothing of which group clicks more
 * (Zhou et al. 2018, Deep interest network, section on metrics). Its variance is that of a ratio over groups. NaN where no
 * group has both.
 */
export function groupedAuc(
  predicted: Predicted,
  observed: Observed,
  group: Int32Array,
): Influence & { groups: number; rows: number } {
  const m = predicted.length;
  const rowsOf = new Map<number, number[]>();
  for (let i = 0; i < m; i++) {
    const rows = rowsOf.get(group[i]);
    if (rows) rows.push(i);
    else rowsOf.set(group[i], [i]);
  }
  const counted: { rows: number[]; auc: number }[] = [];
  let [sum, total] = [0, 0];
  for (const rows of rowsOf.values()) {
    if (rows.length < 2 || rows.every((i) => observed[i] === observed[rows[0]])) continue;
    const auc = aucInfluence(
      rows.map((i) => predicted[i]),
      rows.map((i) => observed[i]),
    ).value;
    counted.push({ rows, auc });
    sum += auc * rows.length;
    total += rows.length;
  }
  const value = total === 0 ? Number.NaN : sum / total;
  const influence = new Float64Array(m);
  for (const { rows, auc } of counted) for (const i of rows) influence[i] = ((auc - value) * m) / total;
  return { value, influence, groups: counted.length, rows: total };
}

interface Steps {
  ones: number;
  /** Calls `visit` for each distinct prediction, ascending or descending. */
  each(visit: (rows: Int32Array, ones: number, zeros: number) => void, descending?: boolean): void;
}

function stepsOf(predicted: Predicted, observed: Observed): Steps {
  const m = predicted.length;
  if (observed.length !== m) throw new RangeError(`metrics: ${m} predictions for ${observed.length} labels`);
  const order = Int32Array.from({ length: m }, (_, i) => i).sort((a, b) => predicted[a] - predicted[b] || a - b);
  let ones = 0;
  for (let i = 0; i < m; i++) {
    if (Number.isNaN(predicted[i])) throw new RangeError('metrics: a prediction is not a number');
    ones += observed[i];
  }
  return {
    ones,
    each(visit, descending = false) {
      if (descending) order.reverse();
      for (let from = 0; from < m;) {
        const value = predicted[order[from]];
        let [to, tied] = [from, 0];
        for (; to < m && predicted[order[to]] === value; to++) tied += observed[order[to]];
        visit(order.subarray(from, to), tied, to - from - tied);
        from = to;
      }
    },
  };
}
