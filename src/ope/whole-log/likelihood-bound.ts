/**
 * The least mean of w·s over all distributions with mean weight 1 whose log likelihood is at most `slack` below that of
 * the log: one end of an empirical-likelihood interval. By Lagrange duality it is the maximum over u, v ≥ 0 of
 *
 *   exp(mean log D − slack/m) − (u·a(1) + v·b(1)),   D = w·s + u·a(w) + v·b(w),
 *
 * where u·a(w) + v·b(w) are the lines in w that are nowhere negative on the possible weights: concave, two numbers to find.
 */

/** Steps of Newton's method at most; it takes about fifteen. */
const STEPS = 200;
/** What a number may lose in one step. */
const MOST = 0.99;
/** A step that promises less is rounding. */
const ENOUGH = 1e-12;

/**
 * `weight` (m) ≥ 0, `scaled` (m) rewards moved to [0, 1], `weightRange` the weights that are possible (the upper end may
 * be Infinity). In [0, 1].
 */
export function likelihoodBound(
  weight: Float64Array,
  scaled: Float64Array,
  weightRange: readonly [number, number],
  slack: number,
): number {
  const problem = { weight, scaled, ...lines(weightRange), shift: slack / weight.length };
  let at: Point = { u: Math.sqrt(weight.length), v: 0 };
  at.v = at.u;
  let now = look(problem, at);
  for (let i = 0; i < STEPS; i++) {
    const { step, gain } = newton(at, now);
    if (!(gain > ENOUGH)) break;
    let length = 1;
    let next = move(at, step, length);
    let there = look(problem, next);
    while (!(there.value > now.value) && length > 1e-3) {
      length /= 2;
      next = move(at, step, length);
      there = look(problem, next);
    }
    if (!(there.value > now.value)) break;
    at = next;
    now = there;
  }
  return Math.min(Math.max(now.value, 0), 1);
}

interface Point {
  u: number;
  v: number;
}

interface Problem {
  weight: Float64Array;
  scaled: Float64Array;
  /** a(w) = a0 + a1·w, b(w) = b0 + b1·w. */
  a0: number;
  a1: number;
  b0: number;
  b1: number;
  shift: number;
}

/** The function, its gradient and its second derivatives. */
interface Look {
  value: number;
  gradient: readonly [number, number];
  curvature: readonly [number, number, number];
}

/** The two lines that bound the others: 0 at one end of the weights, positive elsewhere. */
function lines([least, greatest]: readonly [number, number]): Pick<Problem, 'a0' | 'a1' | 'b0' | 'b1'> {
  if (greatest === Infinity) return { a0: 1, a1: 0, b0: -least, b1: 1 };
  const span = greatest - least;
  return { a0: greatest / span, a1: -1 / span, b0: -least / span, b1: 1 / span };
}

function look({ weight, scaled, a0, a1, b0, b1, shift }: Problem, { u, v }: Point): Look {
  const m = weight.length;
  const base = u * a0 + v * b0;
  const tilt = u * a1 + v * b1;
  let logs = 0;
  let product = 1;
  let first = 0; // Σ 1/D
  let second = 0; // Σ w/D
  let squares = 0; // Σ 1/D², Σ w/D², Σ w²/D²
  let mixed = 0;
  let heavy = 0;
  for (let i = 0; i < m; i++) {
    const w = weight[i];
    const d = w * scaled[i] + base + tilt * w;
    const inverse = 1 / d;
    const share = w * inverse;
    // Logarithms are dear: of a product of many they cost the same as of one.
    product *= d;
    if (!(product > 1e-150 && product < 1e150)) {
      logs += Math.log(product);
      product = 1;
    }
    first += inverse;
    second += share;
    squares += inverse * inverse;
    mixed += inverse * share;
    heavy += share * share;
  }
  const g = Math.exp((logs + Math.log(product)) / m - shift);
  const du = (a0 * first + a1 * second) / m;
  const dv = (b0 * first + b1 * second) / m;
  const uu = (a0 * a0 * squares + 2 * a0 * a1 * mixed + a1 * a1 * heavy) / m;
  const uv = (a0 * b0 * squares + (a0 * b1 + a1 * b0) * mixed + a1 * b1 * heavy) / m;
  const vv = (b0 * b0 * squares + 2 * b0 * b1 * mixed + b1 * b1 * heavy) / m;
  const [costU, costV] = [a0 + a1, b0 + b1];
  return {
    value: g - u * costU - v * costV,
    gradient: [g * du - costU, g * dv - costV],
    curvature: [g * (du * du - uu), g * (du * dv - uv), g * (dv * dv - vv)],
  };
}

/**
 * Newton's step, in which neither number loses more than 99 %: where one belongs at 0, it gets there in a few
 * steps, and the other follows by its own equation. `gain`: what the step promises.
 */
function newton({ u, v }: Point, { gradient: [gu, gv], curvature: [uu, uv, vv] }: Look) {
  const determinant = uu * vv - uv * uv;
  const whole = determinant > 1e-14 * uu * vv;
  let step: Point = whole
    ? { u: (uv * gv - vv * gu) / determinant, v: (uv * gu - uu * gv) / determinant }
    : { u: -gu / uu, v: -gv / vv };
  if (step.v < -MOST * v) step = { u: -(gu - uv * MOST * v) / uu, v: -MOST * v };
  if (step.u < -MOST * u) {
    step = { u: -MOST * u, v: Math.max(-(gv - uv * MOST * u) / vv, -MOST * v) };
  }
  return { step, gain: step.u * gu + step.v * gv };
}

/** A part of the step. */
function move({ u, v }: Point, step: Point, length: number): Point {
  return { u: u + length * step.u, v: v + length * step.v };
}
