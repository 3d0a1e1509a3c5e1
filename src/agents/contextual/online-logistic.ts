/** Logistic regression that learns batch by batch: a normal posterior with a diagonal precision stands for all before. */
import { packedSize, solve } from './symmetric.ts';

/** One model on d features: weights w ~ N(m, diag(1/q)). */
export interface OnlineLogistic {
  /** (d) */
  mean: Float64Array;
  /** (d) */
  precision: Float64Array;
  /** Learns a batch of n rows of `x` (n×d) with labels 1 or 0. */
  learn(n: number, x: Float64Array, label: ArrayLike<number>): void;
}

/** Newton steps end when none moves a weight by more. */
const TOLERANCE = 1e-12;
const MOST_STEPS = 100;

/**
 * Chapelle & Li (2011, Algorithm 3): for each batch, m becomes the minimiser of ½ Σ q_j (w_j − m_j)² + Σ log(1 + e^{−y x·w})
 * with y = ±1, then q_j grows by Σ x_j² p (1 − p), p = σ(x·m) at the new m (Laplace). Begins with m = 0, q = λ.
 */
export function onlineLogistic(d: number, lambda: number): OnlineLogistic {
  const mean = new Float64Array(d);
  const precision = new Float64Array(d).fill(lambda);
  const w = new Float64Array(d);
  const gradient = new Float64Array(d);
  const hessian = new Float64Array(packedSize(d));
  const work = new Float64Array(d * d);
  return { mean, precision, learn };

  function learn(n: number, x: Float64Array, label: ArrayLike<number>): void {
    if (n === 0) return;
    if (n === 1) learnOne(x, label[0]);
    else learnBatch(n, x, label);
    for (let i = 0; i < n; i++) {
      const p = chance(dot(x, i * d, mean));
      for (let j = 0; j < d; j++) precision[j] += x[i * d + j] * x[i * d + j] * p * (1 - p);
    }
  }

  /** One row moves m along x / q, by a root of s = s₀ + v (label − σ(s)), s = x·w, v = Σ x²/q: the right side falls with s. */
  function learnOne(x: Float64Array, label: number): void {
    let v = 0;
    for (let j = 0; j < d; j++) v += (x[j] * x[j]) / precision[j];
    const before = dot(x, 0, mean);
    // Between s₀ and s₀ ± v; Newton on a function whose slope is at least 1, kept inside.
    let low = label === 1 ? before : before - v;
    let high = label === 1 ? before + v : before;
    let s = before;
    for (let step = 0; step < MOST_STEPS; step++) {
      const p = chance(s);
      const off = s - before - v * (label - p);
      if (off > 0) high = s;
      else low = s;
      const next = s - off / (1 + v * p * (1 - p));
      const moved = next >= low && next <= high ? next : (low + high) / 2;
      if (Math.abs(moved - s) <= TOLERANCE * Math.max(1, Math.abs(s))) break;
      s = moved;
    }
    const pull = label - chance(s);
    for (let j = 0; j < d; j++) mean[j] += (pull * x[j]) / precision[j];
  }

  function learnBatch(n: number, x: Float64Array, label: ArrayLike<number>): void {
    w.set(mean);
    let loss = lossAt(n, x, label, w);
    for (let step = 0; step < MOST_STEPS; step++) {
      hessian.fill(0);
      for (let j = 0, diagonal = 0; j < d; diagonal += d - j, j++) {
        gradient[j] = precision[j] * (w[j] - mean[j]);
        hessian[diagonal] = precision[j];
      }
      for (let i = 0; i < n; i++) {
        const p = chance(dot(x, i * d, w));
        for (let j = 0, cell = 0; j < d; j++) {
          const xj = x[i * d + j];
          gradient[j] += (p - label[i]) * xj;
          for (let l = j; l < d; l++) hessian[cell++] += p * (1 - p) * xj * x[i * d + l];
        }
      }
      solve(hessian, 0, d, gradient, work); // into `gradient`: Newton's step
      let share = 1;
      const from = w.slice();
      for (; share > 1e-9; share /= 2) {
        for (let j = 0; j < d; j++) w[j] = from[j] - share * gradient[j];
        const now = lossAt(n, x, label, w);
        if (now <= loss + 1e-12 * Math.abs(loss)) {
          loss = now;
          break;
        }
      }
      if (gradient.every((move, j) => Math.abs(share * move) <= TOLERANCE * Math.max(1, Math.abs(w[j])))) break;
    }
    mean.set(w);
  }

  function lossAt(n: number, x: Float64Array, label: ArrayLike<number>, at: Float64Array): number {
    let sum = 0;
    for (let j = 0; j < d; j++) sum += 0.5 * precision[j] * (at[j] - mean[j]) ** 2;
    for (let i = 0; i < n; i++) {
      const s = dot(x, i * d, at);
      sum += Math.max(0, s) - label[i] * s + Math.log1p(Math.exp(-Math.abs(s)));
    }
    return sum;
  }

  function dot(x: Float64Array, from: number, weights: Float64Array): number {
    let sum = 0;
    for (let j = 0; j < d; j++) sum += x[from + j] * weights[j];
    return sum;
  }
}

/** σ(s). */
function chance(s: number): number {
  return 1 / (1 + Math.exp(-s));
}
