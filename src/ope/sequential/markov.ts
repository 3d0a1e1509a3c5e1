/**
 * The exact truth of a small Markov decision process: how often a policy visits each state, and what it is worth, for ever or
 * for a number of steps. What estimators over episodes are held against. Ways that end an episode leave rows of `transition`
 * that sum to less than 1.
 */
import { InputError } from '../../core/errors.ts';
import type { Matrix } from '../../core/matrix.ts';
import { solveLinear } from './solve-linear.ts';

export interface MarkovProcess {
  /** S */
  states: number;
  /** k */
  actions: number;
  /** (S×k×S) the chance of each next state; what a row lacks to 1 is the chance that the episode ends. */
  transition: Float64Array;
  /** (S×k) expected reward. */
  reward: Float64Array;
  /** (S) the chance that an episode starts there. */
  start: Float64Array;
}

/**
 * (S) Σ_t γ^t P(s_t = s) under the policy (S×k), for ever: (I − γP_πᵀ)⁻¹ d_0; times 1 − γ it is the occupancy d^π. Throws
 * `InputError` where episodes never end and γ is 1.
 */
export function visits(process: MarkovProcess, policy: Matrix, discount: number): Float64Array {
  const { states: S, start } = process;
  const onward = policyTransition(process, policy);
  const system = new Float64Array(S * S);
  for (let s = 0; s < S; s++) {
    for (let next = 0; next < S; next++) system[next * S + s] = (s === next ? 1 : 0) - discount * onward[s * S + next];
  }
  return solved(system, start);
}

/** (S) what is still to come from each state, for ever: V = (I − γP_π)⁻¹ r_π. Throws as `visits`. */
export function stateValues(process: MarkovProcess, policy: Matrix, discount: number): Float64Array {
  const S = process.states;
  const onward = policyTransition(process, policy);
  const system = onward.map((p, cell) => (cell % (S + 1) === 0 ? 1 : 0) - discount * p);
  return solved(system, policyReward(process, policy));
}

/** E[Σ_t γ^t r_t] for ever, from the visits: Σ_s visits(s) r_π(s). */
export function discountedValue(process: MarkovProcess, policy: Matrix, discount: number): number {
  const each = policyReward(process, policy);
  return visits(process, policy, discount).reduce((sum, v, s) => sum + v * each[s], 0);
}

/** What T steps are worth: the value, and (T×S×k) Q_t(s, a) with T − t steps to go, by backward induction. */
export function horizonValue(
  process: MarkovProcess,
  policy: Matrix,
  discount: number,
  horizon: number,
): { value: number; q: Float64Array } {
  const { states: S, actions: k, transition, reward, start } = process;
  const q = new Float64Array(horizon * S * k);
  let later = new Float64Array(S);
  for (let t = horizon - 1; t >= 0; t--) {
    const now = new Float64Array(S);
    for (let cell = 0; cell < S * k; cell++) {
      let sum = 0;
      for (let next = 0; next < S; next++) sum += transition[cell * S + next] * later[next];
      const total = reward[cell] + discount * sum;
      q[t * S * k + cell] = total;
      now[Math.floor(cell / k)] += policy.data[cell] * total;
    }
    later = now;
  }
  return { value: start.reduce((sum, p, s) => sum + p * later[s], 0), q };
}

/** (S×S) P_π. */
function policyTransition({ states: S, actions: k, transition }: MarkovProcess, policy: Matrix): Float64Array {
  const out = new Float64Array(S * S);
  for (let cell = 0; cell < S * k; cell++) {
    const from = Math.floor(cell / k) * S;
    for (let next = 0; next < S; next++) out[from + next] += policy.data[cell] * transition[cell * S + next];
  }
  return out;
}

/** (S) r_π. */
function policyReward({ states: S, actions: k, reward }: MarkovProcess, policy: Matrix): Float64Array {
  const out = new Float64Array(S);
  for (let cell = 0; cell < S * k; cell++) out[Math.floor(cell / k)] += policy.data[cell] * reward[cell];
  return out;
}

function solved(system: Float64Array, right: Float64Array): Float64Array {
  const x = solveLinear(system, right);
  if (!x) throw new InputError('The value is not finite: episodes never end and the discount is 1; take one below 1.');
  return x;
}
