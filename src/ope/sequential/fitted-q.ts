/**
 * Fitted Q evaluation: regress r + γ Σ_a π_e(a|s') Q(s', a) on (s, a), again and again, until Q stays what it is. In tables the
 * regression is a mean over each cell; in features, least squares. Le, Voloshin & Yue 2019, Algorithm 1.
 */
import { InputError } from '../../core/errors.ts';
import { matrix } from '../../core/matrix.ts';
import type { Matrix } from '../../core/matrix.ts';
import { solveLinear } from './solve-linear.ts';
import { averaged, countedProcess } from './tabular.ts';
import type { TabularEpisodes } from './tabular.ts';

export interface FittedQOptions {
  /** Regressions: T of them value T steps. Left out: as many as it takes to change by less than 1e-12, 100,000 at most. */
  iterations?: number;
}

const CONVERGED = 1e-12;
const MOST_ITERATIONS = 100_000;

export interface FittedQ {
  /** (S×k) Q̂; 0 where a cell was never seen. */
  q: Matrix;
  /** E_n[Σ_a π_e(a|s_0) Q̂(s_0, a)]. */
  value: number;
  iterations: number;
}

/** Q̂ of the evaluation policy in a table. Throws `InputError` on bad episodes. */
export function fittedQ(episodes: TabularEpisodes, { iterations }: FittedQOptions = {}): FittedQ {
  const { states: S, actions: k, transition, reward, start } = countedProcess(episodes);
  const q = matrix(S, k);
  let done = 0;
  for (let change = Infinity; done < (iterations ?? MOST_ITERATIONS); done++) {
    if (iterations === undefined && change <= CONVERGED) break;
    const v = averaged(episodes, q);
    change = 0;
    for (let cell = 0; cell < S * k; cell++) {
      let later = 0;
      for (let next = 0; next < S; next++) later += transition[cell * S + next] * v[next];
      const target = reward[cell] + episodes.discount * later;
      change = Math.max(change, Math.abs(target - q.data[cell]));
      q.data[cell] = target;
    }
  }
  const v = averaged(episodes, q);
  return { q, value: start.reduce((sum, p, s) => sum + p * v[s], 0), iterations: done };
}

export interface LinearQRows {
  /** (rows×d) φ(s, a). */
  features: Matrix;
  /** (rows×d) Σ_a π_e(a|s') φ(s', a) of the next state; zeros where the episode ended. */
  nextFeatures: Matrix;
  /** (rows) */
  reward: Float64Array;
  discount: number;
  /** λ ≥ 0: ridge, in units of rows. */
  ridge?: number;
}

/**
 * (d) β of Q̂ = φᵀβ. Throws `InputError` where the features depend on each other and there is no ridge, or where regressions
 * run away (linear FQE need not converge: `iterations` stops it).
 */
export function fittedLinearQ(rows: LinearQRows, { iterations }: FittedQOptions = {}): Float64Array {
  const { features, nextFeatures, reward, discount, ridge = 0 } = rows;
  const d = features.columns;
  const gram = products(features, features);
  for (let j = 0; j < d; j++) gram[j * d + j] += ridge;
  const ahead = products(features, nextFeatures);
  const now = new Float64Array(d);
  for (let i = 0; i < features.rows; i++) for (let j = 0; j < d; j++) now[j] += features.data[i * d + j] * reward[i];
  let beta: Float64Array = new Float64Array(d);
  for (let done = 0, change = Infinity; done < (iterations ?? MOST_ITERATIONS); done++) {
    if (iterations === undefined && change <= CONVERGED) return beta;
    const right = now.map((sum, j) => {
      let later = 0;
      for (let l = 0; l < d; l++) later += ahead[j * d + l] * beta[l];
      return sum + discount * later;
    });
    const next = solveLinear(gram, right);
    if (!next)
      throw new InputError('fittedLinearQ: the features depend on each other; leave some out or set ridge to 1e-6.');
    change = next.reduce((most, b, j) => Math.max(most, Math.abs(b - beta[j])), 0);
    if (!(change < 1e100))
      throw new InputError('fittedLinearQ: Q̂ grows without end; set iterations, or take other features.');
    beta = next;
  }
  return beta;
}

/** (d×d) AᵀB. */
function products(a: Matrix, b: Matrix): Float64Array {
  const d = a.columns;
  const out = new Float64Array(d * d);
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < d; j++) {
      const x = a.data[i * d + j];
      if (x !== 0) for (let l = 0; l < d; l++) out[j * d + l] += x * b.data[i * d + l];
    }
  }
  return out;
}
