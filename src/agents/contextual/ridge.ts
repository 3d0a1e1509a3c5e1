/** One ridge regression per action, with its inverse kept up to date. */
import { RIGHT_PADDING, padded } from './dot-products.ts';
import { addOuter, invert, multiply, packedSize } from './symmetric.ts';

/** Sherman–Morrison steps of one action before its inverse is computed afresh: rounding does not pile up. */
const REBUILD_AFTER = 1000;

/** State of k ridge regressions on d features. Matrices are packed as `symmetric.ts` says. */
export interface Ridge {
  /** (k × d(d+1)/2) A = λI + Σ x·xᵀ, of the rows that showed the action. */
  gram: Float64Array;
  /** (k' × d(d+1)/2) A⁻¹; k' is k padded for `dotProducts`. */
  inverse: Float64Array;
  /** (k × d) b = Σ reward·x */
  moment: Float64Array;
  /** (k' × d) θ = A⁻¹b */
  theta: Float64Array;
  /** Learns n rows of `design` (n×d); rows whose action is negative are passed over. */
  learn(n: number, design: Float64Array, action: Int32Array, reward: Float64Array): void;
}

/**
 * k ridge regressions on d features with penalty `lambda` > 0.
 *
 * The gram matrix is exact; its inverse follows by Sherman–Morrison where a tick showed the action a few times, and by
 * Cholesky where it did so more than d/3 times (then that costs less) or after a thousand small steps.
 */
export function ridge(k: number, d: number, lambda: number): Ridge {
  const size = packedSize(d);
  const arms = padded(k, RIGHT_PADDING);
  const gram = new Float64Array(k * size);
  const inverse = new Float64Array(arms * size);
  const moment = new Float64Array(k * d);
  const theta = new Float64Array(arms * d);
  for (let i = 0, p = 0; i < d; p += d - i, i++) {
    for (let a = 0; a < k; a++) {
      gram[a * size + p] = lambda;
      inverse[a * size + p] = 1 / lambda;
    }
  }
  const rows = new Int32Array(k);
  const steps = new Int32Array(k);
  const v = new Float64Array(d);
  const work = new Float64Array(2 * d * d);
  return { gram, inverse, moment, theta, learn };

  function learn(n: number, design: Float64Array, action: Int32Array, reward: Float64Array): void {
    rows.fill(0);
    for (let i = 0; i < n; i++) if (action[i] >= 0) rows[action[i]]++;
    for (let a = 0; a < k; a++) {
      if (3 * rows[a] > d || steps[a] + rows[a] > REBUILD_AFTER) steps[a] = -1; // marks it for a rebuild
      else steps[a] += rows[a];
    }
    for (let i = 0; i < n; i++) {
      const a = action[i];
      if (a < 0) continue;
      const from = i * d;
      addOuter(gram, a * size, design, from, d);
      const r = reward[i];
      const m = a * d;
      if (steps[a] >= 0) step(a, design, from, r);
      if (r !== 0) for (let j = 0; j < d; j++) moment[m + j] += r * design[from + j];
    }
    for (let a = 0; a < k; a++) if (steps[a] < 0) rebuild(a);
  }

  /** Sherman–Morrison: A⁻¹ −= vvᵀ/(1 + xᵀv) with v = A⁻¹x; θ += v·(r − θᵀx)/(1 + xᵀv). */
  function step(a: number, design: Float64Array, from: number, r: number): void {
    const t = a * d;
    multiply(inverse, a * size, design, from, d, v);
    let q = 1;
    let residual = r;
    for (let j = 0; j < d; j++) {
      q += v[j] * design[from + j];
      residual -= theta[t + j] * design[from + j];
    }
    const gain = residual / q;
    const shrink = -1 / q;
    let p = a * size;
    for (let i = 0; i < d; i++) {
      theta[t + i] += v[i] * gain;
      const w = v[i] * shrink;
      for (let j = i; j < d; j++) inverse[p++] += w * v[j];
    }
  }

  function rebuild(a: number): void {
    invert(gram, a * size, d, inverse, a * size, work);
    multiply(inverse, a * size, moment, a * d, d, v);
    theta.set(v, a * d);
    steps[a] = 0;
  }
}
