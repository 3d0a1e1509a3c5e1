/** Maps from what a model says to what happens, learned on rows it did not learn from: Platt's, isotonic, temperature. */
import { InputError } from '../../../core/errors.ts';

export const CALIBRATION_METHODS = ['platt', 'isotonic', 'temperature'] as const;
export type CalibrationMethod = (typeof CALIBRATION_METHODS)[number];

/** A probability this near 0 or 1 counts as this one where its logarithm is taken. */
const LEAST = 1e-15;

/** ln p/(1 − p). */
export function logitOf(p: number): number {
  const inside = Math.min(Math.max(p, LEAST), 1 - LEAST);
  return Math.log(inside / (1 - inside));
}

/** Platt's logistic curve: P(1) = 1/(1 + exp(slope·f + offset)) of a score f; a slope below 0 keeps the order. */
export interface PlattCurve {
  slope: number;
  offset: number;
}

/**
 * Fits by Newton's method with halved steps (Lin, Lin & Weng 2007, A note on Platt's probabilistic outputs, algorithm 1). Labels
 * are drawn in by Platt's (1999) prior: of n₁ ones, to (n₁ + 1)/(n₁ + 2); of n₀ zeros, to 1/(n₀ + 2). `weight` counts rows.
 * Throws `InputError` where there are no rows.
 */
export function plattCurve(score: Float64Array, label: ArrayLike<number>, weight?: Float64Array): PlattCurve {
  const n = score.length;
  if (n === 0) throw new InputError('calibration: no rows to calibrate on; bring more rows');
  let [ones, zeros] = [0, 0];
  for (let i = 0; i < n; i++) {
    if (label[i] === 1) ones += weight ? weight[i] : 1;
    else zeros += weight ? weight[i] : 1;
  }
  const high = (ones + 1) / (ones + 2);
  const low = 1 / (zeros + 2);
  const lossAt = (a: number, b: number): number => {
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const z = a * score[i] + b;
      const target = label[i] === 1 ? high : low;
      const one = z >= 0 ? target * z + Math.log1p(Math.exp(-z)) : (target - 1) * z + Math.log1p(Math.exp(z));
      sum += (weight ? weight[i] : 1) * one;
    }
    return sum;
  };
  let a = 0;
  let b = Math.log((zeros + 1) / (ones + 1));
  let loss = lossAt(a, b);
  for (let step = 0; step < 100; step++) {
    // A little is added to the curvature, so that scores which are all alike stop at once.
    let [h11, h22, h21, g1, g2] = [1e-12, 1e-12, 0, 0, 0];
    for (let i = 0; i < n; i++) {
      const p = 1 / (1 + Math.exp(a * score[i] + b));
      const w = weight ? weight[i] : 1;
      const bend = w * p * (1 - p);
      const error = w * ((label[i] === 1 ? high : low) - p);
      h11 += score[i] * score[i] * bend;
      h22 += bend;
      h21 += score[i] * bend;
      g1 += score[i] * error;
      g2 += error;
    }
    if (Math.abs(g1) < 1e-9 && Math.abs(g2) < 1e-9) break;
    const determinant = h11 * h22 - h21 * h21;
    const da = -(h22 * g1 - h21 * g2) / determinant;
    const db = -(h11 * g2 - h21 * g1) / determinant;
    const slope = g1 * da + g2 * db;
    let length = 1;
    let next = lossAt(a + da, b + db);
    for (; length > 1e-10 && !(next <= loss + 1e-4 * length * slope); next = lossAt(a + length * da, b + length * db)) {
      length /= 2;
    }
    if (length <= 1e-10) break;
    a += length * da;
    b += length * db;
    loss = next;
  }
  return { slope: a, offset: b };
}

/** A curve that never falls, by its corners: straight between them, flat beyond. */
export interface IsotonicCurve {
  /** (corners) ascending. */
  from: Float64Array;
  /** (corners) */
  to: Float64Array;
}

/**
 * The non-decreasing curve of least squared error, by pooling adjacent violators (Barlow et al. 1972); rows of equal scores are
 * pooled first. Between pooled blocks it is straight, as scikit-learn's is.
 */
export function isotonicCurve(score: Float64Array, label: ArrayLike<number>, weight?: Float64Array): IsotonicCurve {
  const order = Int32Array.from({ length: score.length }, (_, i) => i).sort((i, j) => score[i] - score[j]);
  // Blocks: first and last score, mean, weight.
  const first: number[] = [];
  const last: number[] = [];
  const mean: number[] = [];
  const mass: number[] = [];
  const pool = (): void => {
    const [m, w, end] = [mean.pop() as number, mass.pop() as number, last.pop() as number];
    first.pop();
    const at = mean.length - 1;
    const whole = mass[at] + w;
    mean[at] += (w / whole) * (m - mean[at]);
    mass[at] = whole;
    last[at] = end;
  };
  for (let r = 0; r < order.length;) {
    const x = score[order[r]];
    let [sum, w] = [0, 0];
    for (; r < order.length && score[order[r]] === x; r++) {
      const one = weight ? weight[order[r]] : 1;
      w += one;
      sum += one * label[order[r]];
    }
    if (w === 0) continue;
    first.push(x);
    last.push(x);
    mean.push(sum / w);
    mass.push(w);
    while (mean.length > 1 && mean[mean.length - 2] >= mean[mean.length - 1]) pool();
  }
  if (mean.length === 0) throw new InputError('calibration: no rows to calibrate on; bring more rows');
  const corners = mean.flatMap((to, b) =>
    first[b] < last[b]
      ? [
          [first[b], to],
          [last[b], to],
        ]
      : [[first[b], to]],
  );
  return { from: Float64Array.from(corners, ([x]) => x), to: Float64Array.from(corners, ([, y]) => y) };
}

/** The curve at x. */
export function isotonicAt({ from, to }: IsotonicCurve, x: number): number {
  let low = 0;
  let high = from.length - 1;
  if (x <= from[low]) return to[low];
  if (x >= from[high]) return to[high];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (from[middle] <= x) low = middle;
    else high = middle;
  }
  const part = (x - from[low]) / (from[high] - from[low]);
  return to[low] + part * (to[high] - to[low]);
}

/**
 * The inverse temperature β in [e⁻¹⁰, e¹⁰] of least log loss, odds ∝ exp(β ln p) (Guo et al. 2017, On calibration of modern neural
 * networks, § 4.2). `logOdds` (rows×classes) are ln p. The loss is convex in β: its slope is halved to 0.
 */
export function inverseTemperature(
  logOdds: Float64Array,
  classes: number,
  label: ArrayLike<number>,
  weight?: Float64Array,
): number {
  const n = logOdds.length / classes;
  if (n === 0) throw new InputError('calibration: no rows to calibrate on; bring more rows');
  const slopeAt = (beta: number): number => {
    let slope = 0;
    for (let i = 0; i < n; i++) {
      let most = -Infinity;
      for (let c = 0; c < classes; c++) most = Math.max(most, logOdds[i * classes + c]);
      let [total, sum] = [0, 0];
      for (let c = 0; c < classes; c++) {
        const z = logOdds[i * classes + c] - most;
        const odds = Math.exp(beta * z);
        total += odds;
        sum += odds * z;
      }
      slope += (weight ? weight[i] : 1) * (sum / total - (logOdds[i * classes + label[i]] - most));
    }
    return slope;
  };
  let [low, high] = [-10, 10];
  for (let s = 0; s < 60; s++) {
    const middle = (low + high) / 2;
    if (slopeAt(Math.exp(middle)) < 0) low = middle;
    else high = middle;
  }
  return Math.exp((low + high) / 2);
}
