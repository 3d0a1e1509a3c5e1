/** How well predictions rank: areas under curves, each with the influence of every row. Labels are 0 or 1; rows may be weighted. */
import { relativeWeights } from './influence.ts';
import type { Influence } from './influence.ts';

type Predicted = ArrayLike<number>;
type Observed = ArrayLike<number>;

/**
 * Area under the ROC curve, ties counting one half; its interval is DeLong's (DeLong, DeLong & Clarke-Pearson 1988, Biometrics
 * 44), from mid-ranks (Sun & Xu 2014). NaN where a class is missing.
 */
export function aucInfluence(predicted: Predicted, observed: Observed, weight?: ArrayLike<number>): Influence {
  const m = predicted.length;
  const influence = new Float64Array(m);
  const by = relativeWeights(m, weight);
  const steps = stepsOf(predicted, observed, by);
  const { ones, zeros } = steps;
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
  const [ofOne, ofZero] = [1, 0].map((side) => {
    let rows = 0;
    for (let i = 0; i < m; i++) if (observed[i] === side && by[i] > 0) rows++;
    return (m / (side === 1 ? ones : zeros)) * ofSample(rows);
  });
  for (let i = 0; i < m; i++) influence[i] = (influence[i] - value) * by[i] * (observed[i] === 1 ? ofOne : ofZero);
  return { value, influence };
}

/** What makes a variance over n rows that of a sample. */
function ofSample(n: number): number {
  return n < 2 ? 1 : Math.sqrt(n / (n - 1));
}

/**
 * Average precision, the area under the precision-recall curve as scikit-learn has it: Σ (recall gained) × precision, rows of one
 * prediction together. NaN without a positive row. With N(s), P(s) the rows and positive rows predicted at s or more, AP is
 * the mean of P/N over positive rows; the influence is that of this ratio of sums.
 */
export function averagePrecisionInfluence(
  predicted: Predicted,
  observed: Observed,
  weight?: ArrayLike<number>,
): Influence {
  const m = predicted.length;
  const influence = new Float64Array(m);
  const by = relativeWeights(m, weight);
  const steps = stepsOf(predicted, observed, by);
  const ones = steps.ones;
  if (ones === 0) return { value: Number.NaN, influence };
  let [hits, rows, area] = [0, 0, 0];
  const curve: { rows: Int32Array; precision: number; pullOne: number; pullZero: number }[] = [];
  steps.each((at, tiedOnes, tiedZeros) => {
    hits += tiedOnes;
    rows += tiedOnes + tiedZeros;
    // Rows that count for nothing may come before all others.
    const precision = rows > 0 ? hits / rows : 0;
    area += tiedOnes * precision;
    // A row at s or more moves the precision here by (1 − p)/N if it is positive, by −p/N if not.
    curve.push({
      rows: at,
      precision,
      pullOne: tiedOnes > 0 ? (tiedOnes * (1 - precision)) / rows : 0,
      pullZero: tiedOnes > 0 ? (-tiedOnes * precision) / rows : 0,
    });
  }, true);
  const value = area / ones;
  let [one, zero] = [0, 0];
  for (let s = curve.length - 1; s >= 0; s--) {
    const { rows: at, precision, pullOne, pullZero } = curve[s];
    one += pullOne;
    zero += pullZero;
    for (const i of at) influence[i] = (observed[i] === 1 ? one + precision - value : zero) * by[i] * (m / ones);
  }
  return { value, influence };
}

/**
 * AUC within groups (users), averaged by the rows' weights over groups that have both classes: it knows nothing of which group clicks more
 * (Zhou et al. 2018, Deep interest network, section on metrics). Its variance is that of a ratio over groups. NaN where no
 * group has both.
 */
export function groupedAuc(
  predicted: Predicted,
  observed: Observed,
  group: Int32Array,
  weight?: ArrayLike<number>,
): Influence & { groups: number; rows: number } {
  const m = predicted.length;
  const by = relativeWeights(m, weight);
  const rowsOf = new Map<number, number[]>();
  for (let i = 0; i < m; i++) {
    const rows = rowsOf.get(group[i]);
    if (rows) rows.push(i);
    else rowsOf.set(group[i], [i]);
  }
  const counted: { rows: number[]; auc: number }[] = [];
  let [sum, total, count] = [0, 0, 0];
  for (const all of rowsOf.values()) {
    const rows = all.filter((i) => by[i] > 0);
    if (rows.length < 2 || rows.every((i) => observed[i] === observed[rows[0]])) continue;
    const auc = aucInfluence(
      rows.map((i) => predicted[i]),
      rows.map((i) => observed[i]),
      rows.map((i) => by[i]),
    ).value;
    counted.push({ rows, auc });
    count += rows.length;
    const share = rows.reduce((part, i) => part + by[i], 0);
    sum += auc * share;
    total += share;
  }
  const value = total === 0 ? Number.NaN : sum / total;
  const influence = new Float64Array(m);
  for (const { rows, auc } of counted) for (const i of rows) influence[i] = ((auc - value) * by[i] * m) / total;
  return { value, influence, groups: counted.length, rows: count };
}

interface Steps {
  /** Weight of the rows of each class. */
  ones: number;
  zeros: number;
  /** Calls `visit`, with the weight of the rows of each class, for each distinct prediction, ascending or descending. */
  each(visit: (rows: Int32Array, ones: number, zeros: number) => void, descending?: boolean): void;
}

function stepsOf(predicted: Predicted, observed: Observed, by: Float64Array): Steps {
  const m = predicted.length;
  if (observed.length !== m) throw new RangeError(`metrics: ${m} predictions for ${observed.length} labels`);
  const order = Int32Array.from({ length: m }, (_, i) => i).sort((a, b) => predicted[a] - predicted[b] || a - b);
  let [ones, zeros] = [0, 0];
  for (let i = 0; i < m; i++) {
    if (Number.isNaN(predicted[i])) throw new RangeError('metrics: a prediction is not a number');
    if (observed[i] === 1) ones += by[i];
    else zeros += by[i];
  }
  return {
    ones,
    zeros,
    each(visit, descending = false) {
      if (descending) order.reverse();
      for (let from = 0; from < m;) {
        const value = predicted[order[from]];
        let [to, tiedOnes, tiedZeros] = [from, 0, 0];
        for (; to < m && predicted[order[to]] === value; to++) {
          if (observed[order[to]] === 1) tiedOnes += by[order[to]];
          else tiedZeros += by[order[to]];
        }
        visit(order.subarray(from, to), tiedOnes, tiedZeros);
        from = to;
      }
    },
  };
}
