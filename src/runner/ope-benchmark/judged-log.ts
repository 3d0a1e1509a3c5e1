/** A log on which the truth is known: what every design of the benchmark makes, and every estimator is judged on. */
import type { ImpressionLog, TrainableModel } from '../../core/contracts.ts';
import type { Matrix } from '../../core/matrix.ts';
import type { Random, Sequence } from '../../core/random.ts';

/** A policy that did not collect the log. */
export interface Candidate {
  name: string;
  /** (m×k) π_e */
  odds: Matrix;
  /** Its true value: of these rows, or of the world where `of` says so. */
  truth: number;
}

export interface JudgedLog {
  log: ImpressionLog;
  /** (m×k) π_b */
  behaviour: Matrix;
  /** The true value of the policy that collected the log. */
  behaviourTruth: number;
  candidates: Candidate[];
  /** The reward model that the design's estimators share, cross-fitted. */
  makeModel: () => TrainableModel;
}

/** Makes the log of a seed: a pure function of it. */
export type Design = (random: Random) => JudgedLog;

/** Mean over rows of Σ_a odds(a) expected(a). */
export function valueOf(odds: Matrix, expected: Matrix): number {
  let sum = 0;
  for (let at = 0; at < odds.rows * odds.columns; at++) sum += odds.data[at] * expected.data[at];
  return sum / odds.rows;
}

/** (m) an action from each row's odds. */
export function drawActions({ rows, columns: k, data }: Matrix, draw: Sequence): Int32Array {
  return Int32Array.from({ length: rows }, (_, i) => {
    let left = draw.uniform();
    for (let a = 0; a < k - 1; a++) {
      left -= data[i * k + a];
      if (left < 0) return a;
    }
    // Rounding may leave a little over: it belongs to the last action that has a chance.
    let last = k - 1;
    while (data[i * k + last] === 0) last--;
    return last;
  });
}

/** (m) the odds of each row's action. */
export function propensitiesOf({ columns: k, data }: Matrix, action: Int32Array): Float64Array {
  return Float64Array.from(action, (a, i) => data[i * k + a]);
}
