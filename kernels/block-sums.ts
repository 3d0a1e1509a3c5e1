/**
 * A block of rows of a log, taken in and added up, two numbers at a time: AssemblyScript, compiled by `npm run kernels` into
 * src/ope/block-kernel-code.ts. Every sum is made in the order of the plain loops (src/ope/evidence.ts, src/ope/moments.ts),
 * so that the numbers are theirs to the bit; test/ope/block-sums.test.ts holds it to that.
 *
 * The caller lays columns of `rows` numbers at the places that `place…` names, then calls `terms`, then any of the sums,
 * which are left at `placeSums`.
 */

/** Rows of a block at most, and actions of a row. */
export const ROWS: i32 = 2048;
export const ACTIONS: i32 = 128;

const COLUMN: usize = 8 * ROWS;
const SUMS: usize = 0;
const DIAGNOSED: usize = 128;
const EVALUATED: usize = 256;
const LOGGED: usize = EVALUATED + 8 * ACTIONS;
const WEIGHT: usize = LOGGED + 8 * ACTIONS;
const EXPECTED: usize = WEIGHT + COLUMN;
const ERROR: usize = EXPECTED + COLUMN;
const REWARD: usize = ERROR + COLUMN;
const PROPENSITY: usize = REWARD + COLUMN;
const ACTION: usize = PROPENSITY + COLUMN;
const EVALUATION: usize = ACTION + COLUMN;
const PREDICTED: usize = EVALUATION + COLUMN * ACTIONS;

export const placeSums = <i32>SUMS;
/** Σw, Σw², rewarded rows, Σw|r|, Σ(w·r)², largest weight, smallest and largest propensity: `terms` goes on from there. */
export const placeDiagnosed = <i32>DIAGNOSED;
/** (k) Σ π_e of each action; the caller sets it to 0. */
export const placeEvaluated = <i32>EVALUATED;
/** (k) Rows of each action; the caller sets it to 0. */
export const placeLogged = <i32>LOGGED;
export const placeReward = <i32>REWARD;
export const placePropensity = <i32>PROPENSITY;
/** 32-bit whole numbers. */
export const placeAction = <i32>ACTION;
/** (rows×k) */
export const placeEvaluation = <i32>EVALUATION;
export const placePredicted = <i32>PREDICTED;
/** [bytes] of memory that all of it takes. */
export const size = <i32>(PREDICTED + COLUMN * ACTIONS);

const ZERO = f64x2(0, 0);

/**
 * Fills weight, expected and error of m rows of k actions, adds to what is diagnosed; 0 where a row is bad. Two rows at a time, one in
 * each lane. Without a model the evaluation policy stands in its place: nobody asks for what comes of it.
 */
export function terms(m: i32, k: i32, model: i32, tolerance: f64): i32 {
  const row = (<usize>k) << 3;
  const even = (<usize>(k & ~1)) << 3;
  let sound = true;
  let pi = EVALUATION;
  let q = model ? PREDICTED : EVALUATION;
  for (let i: usize = 0; i < <usize>m; i += 2) {
    // A last row without a partner is its own, and counts once.
    const alone = i + 1 == <usize>m;
    const next: usize = alone ? 0 : row;
    const partner = f64x2.splat(alone ? 0 : 1);
    let mass = ZERO;
    let value = ZERO;
    let least = ZERO;
    for (let at: usize = 0; at < even; at += 16) {
      const one = v128.load(pi + at);
      const two = v128.load(pi + next + at);
      const q1 = v128.load(q + at);
      const q2 = v128.load(q + next + at);
      const first = v128.shuffle<f64>(one, two, 0, 2);
      const second = v128.shuffle<f64>(one, two, 1, 3);
      least = f64x2.pmin(f64x2.pmin(least, first), second);
      mass = f64x2.add(f64x2.add(mass, first), second);
      value = f64x2.add(value, f64x2.mul(first, v128.shuffle<f64>(q1, q2, 0, 2)));
      value = f64x2.add(value, f64x2.mul(second, v128.shuffle<f64>(q1, q2, 1, 3)));
      const both = f64x2.add(one, f64x2.mul(partner, two));
      v128.store(EVALUATED + at, f64x2.add(v128.load(EVALUATED + at), both));
    }
    if (even < row) {
      const one = load<f64>(pi + even);
      const two = load<f64>(pi + next + even);
      const last = f64x2(one, two);
      least = f64x2.pmin(least, last);
      mass = f64x2.add(mass, last);
      value = f64x2.add(value, f64x2.mul(last, f64x2(load<f64>(q + even), load<f64>(q + next + even))));
      const both = one + f64x2.extract_lane(partner, 0) * two;
      store<f64>(EVALUATED + even, load<f64>(EVALUATED + even) + both);
    }
    sound =
      logged(i, pi, q, k, f64x2.extract_lane(value, 0)) &&
      (alone || logged(i + 1, pi + row, q + row, k, f64x2.extract_lane(value, 1))) &&
      whole(f64x2.extract_lane(mass, 0), tolerance) &&
      whole(f64x2.extract_lane(mass, 1), tolerance) &&
      f64x2.extract_lane(least, 0) == 0 &&
      f64x2.extract_lane(least, 1) == 0 &&
      sound;
    pi += row << 1;
    q += row << 1;
  }
  return sound ? 1 : 0;
}

// @ts-ignore: decorator
@inline
function whole(mass: f64, tolerance: f64): bool {
  return abs(mass - 1) <= tolerance;
}

/** Looks up what row i logged, whose probabilities stand at `pi` and predictions at `q`, and diagnoses it; false where it is bad. */
// @ts-ignore: decorator
@inline
function logged(i: usize, pi: usize, q: usize, k: i32, value: f64): bool {
  const at = i << 3;
  const a = load<i32>(ACTION + (i << 2));
  if (a < 0 || a >= k) return false;
  const chosen = (<usize>a) << 3;
  const p = load<f64>(PROPENSITY + at);
  const r = load<f64>(REWARD + at);
  const w = load<f64>(pi + chosen) / p;
  store<f64>(WEIGHT + at, w);
  store<f64>(EXPECTED + at, value);
  store<f64>(ERROR + at, r - load<f64>(q + chosen));
  v128.store(DIAGNOSED, f64x2.add(v128.load(DIAGNOSED), f64x2(w, w * w)));
  if (r != 0) {
    const z = w * abs(r);
    add(DIAGNOSED + 16, 1);
    add(DIAGNOSED + 24, z);
    add(DIAGNOSED + 32, z * z);
  }
  if (w > load<f64>(DIAGNOSED + 40)) store<f64>(DIAGNOSED + 40, w);
  if (p < load<f64>(DIAGNOSED + 48)) store<f64>(DIAGNOSED + 48, p);
  if (p > load<f64>(DIAGNOSED + 56)) store<f64>(DIAGNOSED + 56, p);
  add(LOGGED + chosen, 1);
  return p > 0 && p <= 1 && value - value + (r - r) == 0;
}

// @ts-ignore: decorator
@inline
function add(at: usize, x: f64): void {
  store<f64>(at, load<f64>(at) + x);
}

/** What is made of importance weights: the rules of src/ope/estimators/shrunk.ts, in its words. */
export const LEAVE: i32 = 0;
export const CLIP: i32 = 1;
export const SWITCH_OFF: i32 = 2;
export const SHRINK_LARGE: i32 = 3;
export const SHRINK_HARMONIC: i32 = 4;

// @ts-ignore: decorator
@inline
function shrunk(rule: i32, w: v128, parameter: v128): v128 {
  if (rule == CLIP) return f64x2.pmin(w, parameter);
  if (rule == SWITCH_OFF) return v128.and(w, f64x2.le(w, parameter));
  if (rule == SHRINK_LARGE) return f64x2.div(f64x2.mul(parameter, w), f64x2.add(f64x2.mul(w, w), parameter));
  if (rule == SHRINK_HARMONIC) {
    const divisor = f64x2.add(f64x2.sub(f64x2(1, 1), parameter), f64x2.mul(parameter, w));
    return v128.and(f64x2.div(w, divisor), f64x2.ne(w, ZERO));
  }
  return w;
}

/** Sum, sum of gaps from the first row, and sum of their squares of plus + ŵ·error, over n rows. */
// @ts-ignore: decorator
@inline
function addRows(n: i32, rule: i32, given: f64, plus: usize, error: usize): void {
  const parameter = f64x2.splat(given);
  const end = (<usize>n) << 3;
  let sum: f64 = 0;
  let from: f64 = 0;
  let square: f64 = 0;
  let first = ZERO;
  let at: usize = 0;
  for (; at + 32 <= end; at += 32) {
    const one = rowsAt(at, rule, parameter, plus, error);
    const two = rowsAt(at + 16, rule, parameter, plus, error);
    if (at == 0) first = f64x2.splat(f64x2.extract_lane(one, 0));
    const gap1 = f64x2.sub(one, first);
    const gap2 = f64x2.sub(two, first);
    sum += four(one, two);
    from += four(gap1, gap2);
    square += four(f64x2.mul(gap1, gap1), f64x2.mul(gap2, gap2));
  }
  for (; at < end; at += 8) {
    const z = f64x2.extract_lane(rowsAt(at, rule, parameter, plus, error), 0);
    if (at == 0) first = f64x2.splat(z);
    const gap = z - f64x2.extract_lane(first, 0);
    sum += z;
    from += gap;
    square += gap * gap;
  }
  store<f64>(SUMS, sum);
  store<f64>(SUMS + 8, from);
  store<f64>(SUMS + 16, square);
}

// @ts-ignore: decorator
@inline
function rowsAt(at: usize, rule: i32, parameter: v128, plus: usize, error: usize): v128 {
  if (error == 0) return v128.load(plus + at);
  const z = f64x2.mul(shrunk(rule, v128.load(WEIGHT + at), parameter), v128.load(error + at));
  return plus == 0 ? z : f64x2.add(v128.load(plus + at), z);
}

/** (p + q) + (r + s) */
// @ts-ignore: decorator
@inline
function four(one: v128, two: v128): f64 {
  const pairs = f64x2.add(v128.shuffle<f64>(one, two, 0, 2), v128.shuffle<f64>(one, two, 1, 3));
  return f64x2.extract_lane(pairs, 0) + f64x2.extract_lane(pairs, 1);
}

export function addIps(n: i32, rule: i32, parameter: f64): void {
  if (rule == CLIP) addRows(n, CLIP, parameter, 0, REWARD);
  else if (rule == SHRINK_HARMONIC) addRows(n, SHRINK_HARMONIC, parameter, 0, REWARD);
  else addRows(n, LEAVE, parameter, 0, REWARD);
}

export function addDr(n: i32, rule: i32, parameter: f64): void {
  if (rule == CLIP) addRows(n, CLIP, parameter, EXPECTED, ERROR);
  else if (rule == SWITCH_OFF) addRows(n, SWITCH_OFF, parameter, EXPECTED, ERROR);
  else if (rule == SHRINK_LARGE) addRows(n, SHRINK_LARGE, parameter, EXPECTED, ERROR);
  else if (rule == SHRINK_HARMONIC) addRows(n, SHRINK_HARMONIC, parameter, EXPECTED, ERROR);
  else addRows(n, LEAVE, parameter, EXPECTED, ERROR);
}

export function addDm(n: i32): void {
  addRows(n, LEAVE, 0, EXPECTED, 0);
}

/** Of (w·r, w): both sums, both sums of gaps, both sums of squares, and that of the gaps' products. */
export function addSnips(n: i32): void {
  let sum = ZERO;
  let from = ZERO;
  let square = ZERO;
  let product: f64 = 0;
  let first = ZERO;
  for (let at: usize = 0; at < (<usize>n) << 3; at += 8) {
    const w = load<f64>(WEIGHT + at);
    const z = f64x2(w * load<f64>(REWARD + at), w);
    if (at == 0) first = z;
    const gap = f64x2.sub(z, first);
    sum = f64x2.add(sum, z);
    from = f64x2.add(from, gap);
    square = f64x2.add(square, f64x2.mul(gap, gap));
    product += f64x2.extract_lane(gap, 0) * f64x2.extract_lane(gap, 1);
  }
  v128.store(SUMS, sum);
  v128.store(SUMS + 16, from);
  v128.store(SUMS + 32, square);
  store<f64>(SUMS + 48, product);
}

/** Of (v̂, w·(r − q̂), w): three sums, three sums of gaps, three of squares, and the products 0·1, 0·2 and 1·2. */
export function addSndr(n: i32): void {
  let sum = ZERO;
  let from = ZERO;
  let square = ZERO;
  let product: f64 = 0;
  let first = ZERO;
  let sum2: f64 = 0;
  let from2: f64 = 0;
  let square2: f64 = 0;
  let first2: f64 = 0;
  let products = ZERO;
  for (let at: usize = 0; at < (<usize>n) << 3; at += 8) {
    const w = load<f64>(WEIGHT + at);
    const z = f64x2(load<f64>(EXPECTED + at), w * load<f64>(ERROR + at));
    if (at == 0) {
      first = z;
      first2 = w;
    }
    const gap = f64x2.sub(z, first);
    const gap2 = w - first2;
    sum = f64x2.add(sum, z);
    from = f64x2.add(from, gap);
    square = f64x2.add(square, f64x2.mul(gap, gap));
    product += f64x2.extract_lane(gap, 0) * f64x2.extract_lane(gap, 1);
    sum2 += w;
    from2 += gap2;
    square2 += gap2 * gap2;
    products = f64x2.add(products, f64x2.mul(gap, f64x2.splat(gap2)));
  }
  v128.store(SUMS, sum);
  store<f64>(SUMS + 16, sum2);
  v128.store(SUMS + 24, from);
  store<f64>(SUMS + 40, from2);
  v128.store(SUMS + 48, square);
  store<f64>(SUMS + 64, square2);
  store<f64>(SUMS + 72, product);
  v128.store(SUMS + 80, products);
}
