/** What the weights of a log say about how far it can be trusted, whatever the estimator. */

/** Mergeable counts over the rows seen so far. */
export interface Diagnostics {
  /** m */
  rows: number;
  weightSum: number;
  weightSquares: number;
  largestWeight: number;
  smallestPropensity: number;
  largestPropensity: number;
  /** Rows with a reward other than 0, and the sums of their w|r| and (w·r)². */
  rewardedRows: number;
  rewardSum: number;
  rewardSquares: number;
  /** (k) rows in which each action was logged. */
  logged: Float64Array;
  /** (k) Σ_i π_e(a | row i). */
  evaluated: Float64Array;
}

/** Diagnostics of no rows of k actions. */
export function diagnostics(actions: number): Diagnostics {
  return {
    rows: 0,
    weightSum: 0,
    weightSquares: 0,
    largestWeight: 0,
    smallestPropensity: 1,
    largestPropensity: 0,
    rewardedRows: 0,
    rewardSum: 0,
    rewardSquares: 0,
    logged: new Float64Array(actions),
    evaluated: new Float64Array(actions),
  };
}

/** Columns of some rows; they may be longer than these. */
export interface DiagnosedBlock {
  /** n */
  size: number;
  action: Int32Array;
  propensity: Float64Array;
  reward: Float64Array;
  weight: Float64Array;
  /** (k or more) Σ π_e of each action over these rows. */
  evaluated: Float64Array;
}

/** Adds rows. */
export function diagnose(into: Diagnostics, block: DiagnosedBlock): void {
  const { size, action, propensity, reward, weight } = block;
  const { logged } = into;
  // Sums in locals: the loop then keeps them in registers.
  let { weightSum, weightSquares, largestWeight, smallestPropensity, largestPropensity } = into;
  let { rewardedRows, rewardSum, rewardSquares } = into;
  for (let i = 0; i < size; i++) {
    const w = weight[i];
    const p = propensity[i];
    weightSum += w;
    weightSquares += w * w;
    if (w > largestWeight) largestWeight = w;
    if (p < smallestPropensity) smallestPropensity = p;
    if (p > largestPropensity) largestPropensity = p;
    if (reward[i] !== 0) {
      const z = w * Math.abs(reward[i]);
      rewardedRows++;
      rewardSum += z;
      rewardSquares += z * z;
    }
    logged[action[i]]++;
  }
  Object.assign(into, { weightSum, weightSquares, largestWeight, smallestPropensity, largestPropensity });
  Object.assign(into, { rewardedRows, rewardSum, rewardSquares, rows: into.rows + size });
  for (let a = 0; a < logged.length; a++) into.evaluated[a] += block.evaluated[a];
}

/** Adds another shard's counts. */
export function mergeDiagnostics(into: Diagnostics, part: Diagnostics): void {
  into.rows += part.rows;
  into.weightSum += part.weightSum;
  into.weightSquares += part.weightSquares;
  into.largestWeight = Math.max(into.largestWeight, part.largestWeight);
  into.smallestPropensity = Math.min(into.smallestPropensity, part.smallestPropensity);
  into.largestPropensity = Math.max(into.largestPropensity, part.largestPropensity);
  into.rewardedRows += part.rewardedRows;
  into.rewardSum += part.rewardSum;
  into.rewardSquares += part.rewardSquares;
  part.logged.forEach((count, a) => (into.logged[a] += count));
  part.evaluated.forEach((mass, a) => (into.evaluated[a] += mass));
}

/** (Σw)² / Σw²: how many rows drawn from the evaluation policy itself the log is worth; 0 where every weight is 0. */
export function effectiveSampleSize({ weightSum, weightSquares }: Diagnostics): number {
  return weightSquares > 0 ? (weightSum * weightSum) / weightSquares : 0;
}

/** (Σ|z|)² / Σz² over z = w·r: how many rewarded rows of equal weight carry the estimate; 0 where there is none. */
export function effectiveRewards({ rewardSum, rewardSquares }: Diagnostics): number {
  return rewardSquares > 0 ? (rewardSum * rewardSum) / rewardSquares : 0;
}

/** In [0, 1]: the evaluation policy's mean probability of actions that the log never shows. */
export function unsupportedShare({ logged, evaluated, rows }: Diagnostics): number {
  let sum = 0;
  for (let a = 0; a < logged.length; a++) if (logged[a] === 0) sum += evaluated[a];
  return sum / rows;
}

/** (w̄ − 1) / (s_w / √m): far from 0 where propensities are wrong or overlap is missing; 0 where weights are equal to 1. */
export function meanWeightScore({ rows, weightSum, weightSquares }: Diagnostics): number {
  const mean = weightSum / rows;
  const variance = Math.max(weightSquares / rows - mean * mean, 0);
  const gap = mean - 1;
  return Math.abs(gap) < 1e-9 ? 0 : gap / Math.sqrt(variance / rows);
}
