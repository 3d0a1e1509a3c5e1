/** The least value of a smooth convex function of many numbers, from its gradient alone: L-BFGS (Nocedal & Wright 2006, §7.2). */

/** Fills `gradient` at `x` and returns the value there. */
export type Smooth = (x: Float64Array, gradient: Float64Array) => number;

/** A step must bring this share of what the gradient promises (Armijo). */
const PROMISED = 1e-4;

export interface MinimiseOptions {
  /** Done where no entry of the gradient exceeds it. */
  tolerance: number;
  /** Done where a step lowers the value by no more; default 0. */
  settled?: number;
  /** Default 500. */
  maxSteps?: number;
  /** Steps that are remembered; default 8. */
  memory?: number;
  /** How far along the gradient the first step goes; default: to where no entry moves by more than 1, nor than the gradient. */
  firstLength?: (gradient: Float64Array) => number;
}

/** Moves `x` in place towards the least value; returns the steps taken. Same input, same bits. */
export function minimise(
  f: Smooth,
  x: Float64Array,
  { tolerance, settled = 0, maxSteps = 500, memory = 8, firstLength = unitLength }: MinimiseOptions,
): number {
  const n = x.length;
  const moves: { s: Float64Array; y: Float64Array; rho: number }[] = [];
  let gradient = new Float64Array(n);
  let after = new Float64Array(n);
  const direction = new Float64Array(n);
  const trial = new Float64Array(n);
  let value = f(x, gradient);
  for (let step = 0; step < maxSteps; step++) {
    if (largest(gradient) <= tolerance) return step;
    descend(direction, gradient, moves);
    const slope = dot(direction, gradient);
    let length = moves.length === 0 ? firstLength(gradient) : 1;
    let next = Infinity;
    for (; length > 1e-12; length /= 2) {
      for (let j = 0; j < n; j++) trial[j] = x[j] + length * direction[j];
      next = f(trial, after);
      if (next <= value + PROMISED * length * slope) break;
    }
    // Nothing left to gain but rounding.
    if (!(next < value)) return step;
    const s = trial.map((to, j) => to - x[j]);
    const y = after.map((to, j) => to - gradient[j]);
    const curved = dot(s, y);
    if (curved > 1e-12 * dot(y, y)) moves.push({ s, y, rho: 1 / curved });
    if (moves.length > memory) moves.shift();
    const gain = value - next;
    x.set(trial);
    value = next;
    [gradient, after] = [after, gradient];
    if (gain <= settled) return step + 1;
  }
  return maxSteps;
}

/** direction ← −H·gradient, with H the inverse curvature that the last moves suggest (two-loop recursion). */
function descend(
  direction: Float64Array,
  gradient: Float64Array,
  moves: readonly { s: Float64Array; y: Float64Array; rho: number }[],
): void {
  direction.set(gradient);
  const alpha = moves.map(() => 0);
  for (let i = moves.length - 1; i >= 0; i--) {
    const { s, y, rho } = moves[i];
    alpha[i] = rho * dot(s, direction);
    add(direction, y, -alpha[i]);
  }
  const last = moves.at(-1);
  const scale = last ? 1 / (last.rho * dot(last.y, last.y)) : 1;
  for (let j = 0; j < direction.length; j++) direction[j] *= scale;
  moves.forEach(({ s, y, rho }, i) => add(direction, s, alpha[i] - rho * dot(y, direction)));
  for (let j = 0; j < direction.length; j++) direction[j] = -direction[j];
}

function unitLength(gradient: Float64Array): number {
  return 1 / Math.max(1, largest(gradient));
}

function add(to: Float64Array, what: Float64Array, times: number): void {
  for (let j = 0; j < to.length; j++) to[j] += times * what[j];
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j] * b[j];
  return sum;
}

function largest(a: Float64Array): number {
  let most = 0;
  for (let j = 0; j < a.length; j++) most = Math.max(most, Math.abs(a[j]));
  return most;
}
