/**
 * The point of the simplex {x ≥ 0, Σx = 1} where xᵀAx is least, exactly: Wolfe's active set (1976, "Finding the nearest point in
 * a polytope") on a matrix of inner products. Each step solves a small linear system; it ends after finitely many.
 */
import { solveLinear } from './solve-linear.ts';

/** Steps; of J ≤ 100 candidates none needs nearly as many. */
const MOST_STEPS = 10_000;

/** A (J×J) symmetric positive semidefinite → x (J). */
export function simplexMinimum(a: Float64Array, size: number): Float64Array {
  const x = new Float64Array(size);
  let scale = 0;
  for (let j = 0; j < size; j++) scale = Math.max(scale, a[j * size + j]);
  const tolerance = 1e-13 * scale;
  let support = [leastOf(size, (j) => a[j * size + j])];
  x[support[0]] = 1;
  for (let step = 0; step < MOST_STEPS; step++) {
    const slope = Float64Array.from({ length: size }, (_, i) => dotRow(i));
    const value = x.reduce((sum, w, i) => sum + w * slope[i], 0);
    const entering = leastOf(size, (j) => (support.includes(j) ? Infinity : slope[j]));
    if (support.length === size || !(slope[entering] < value - tolerance)) return x;
    support.push(entering);
    // Singular only by rounding: a direction of no curvature has no slope either.
    if (!descend()) return x;
  }
  return x;

  function dotRow(i: number): number {
    let sum = 0;
    for (let j = 0; j < size; j++) sum += a[i * size + j] * x[j];
    return sum;
  }

  /** Moves to the least point of the affine hull of the support, dropping whoever would turn negative on the way. */
  function descend(): boolean {
    for (;;) {
      const y = affineMinimum();
      if (!y) return false;
      let reach = 1;
      support.forEach((j, s) => {
        if (y[s] < 0) reach = Math.min(reach, x[j] / (x[j] - y[s]));
      });
      support.forEach((j, s) => (x[j] += reach * (y[s] - x[j])));
      if (reach === 1) return true;
      const left = support.filter((j, s) => y[s] >= 0 || x[j] > 1e-15);
      for (const j of support) if (!left.includes(j)) x[j] = 0;
      if (left.length === support.length) return true;
      support = left;
    }
  }

  /** argmin yᵀA_SS y with Σy = 1, from its Lagrangian; undefined where the system is singular. */
  function affineMinimum(): Float64Array | undefined {
    const s = support.length;
    const system = new Float64Array((s + 1) * (s + 1));
    const right = new Float64Array(s + 1);
    right[s] = 1;
    support.forEach((i, p) => {
      support.forEach((j, q) => (system[p * (s + 1) + q] = a[i * size + j] / (scale || 1)));
      system[p * (s + 1) + s] = system[s * (s + 1) + p] = 1;
    });
    return solveLinear(system, right)?.subarray(0, s);
  }
}

function leastOf(size: number, value: (j: number) => number): number {
  let best = 0;
  for (let j = 1; j < size; j++) if (value(j) < value(best)) best = j;
  return best;
}
