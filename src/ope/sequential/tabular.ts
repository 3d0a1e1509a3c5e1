/** Episodes over a few states and actions: what they say of the process behind them, by counting. */
import { InputError } from '../../core/errors.ts';
import type { Matrix } from '../../core/matrix.ts';
import { checkEpisodes } from './episodes.ts';
import type { Episodes } from './episodes.ts';
import type { MarkovProcess } from './markov.ts';

export interface TabularEpisodes extends Episodes {
  /** S */
  states: number;
  /** k */
  actions: number;
  /** (rows) in [0, S) */
  state: Int32Array;
  /** (rows) in [0, k) */
  action: Int32Array;
  /** (S×k) π_e. */
  policy: Matrix;
  /** (n) the state after the last step of an episode that was cut; −1 where it ended. Absent where all of them ended. */
  finalState?: Int32Array;
}

/** A process as counted, with how often each of its cells was seen. */
export interface CountedProcess extends MarkovProcess {
  /** (S×k) E_n[Σ_t γ^t 1{s_t = s, a_t = a}]: discounted visits of the behaviour policy. */
  seen: Float64Array;
}

/**
 * Frequencies of what followed what; steps count γ^t where `discounted`, as marginal ratios need, else 1. A cell that was
 * never seen brings nothing and ends the episode. Throws `InputError` on bad episodes.
 */
export function countedProcess(episodes: TabularEpisodes, discounted = false): CountedProcess {
  checkTabular(episodes);
  const { size: n, offset, states: S, actions: k, state, action, reward, discount, finalState } = episodes;
  const seen = new Float64Array(S * k);
  const steps = new Float64Array(S * k);
  const sums = new Float64Array(S * k);
  const transition = new Float64Array(S * k * S);
  const start = new Float64Array(S);
  for (let i = 0; i < n; i++) {
    start[state[offset[i]]] += 1 / n;
    let gamma = 1;
    for (let at = offset[i]; at < offset[i + 1]; at++, gamma *= discount) {
      const cell = state[at] * k + action[at];
      const weight = discounted ? gamma : 1;
      seen[cell] += gamma / n;
      steps[cell] += weight;
      sums[cell] += weight * reward[at];
      const next = nextState(episodes, i, at, finalState);
      if (next >= 0) transition[cell * S + next] += weight;
    }
  }
  for (let cell = 0; cell < S * k; cell++) {
    if (steps[cell] === 0) continue;
    sums[cell] /= steps[cell];
    for (let next = 0; next < S; next++) transition[cell * S + next] /= steps[cell];
  }
  return { states: S, actions: k, transition, reward: sums, start, seen };
}

/** The state after row `at` of episode i; −1 where it ended there. */
function nextState({ offset, state }: TabularEpisodes, i: number, at: number, finalState?: Int32Array): number {
  return at + 1 < offset[i + 1] ? state[at + 1] : (finalState?.[i] ?? -1);
}

/** The same episodes with q̂ and v̂ of every row from a table (S×k), for DM, DR, WDR and MAGIC. */
export function withTable(
  episodes: TabularEpisodes,
  q: Matrix,
): TabularEpisodes & Required<Pick<Episodes, 'predicted' | 'expected'>> {
  const { actions: k, state, action } = episodes;
  const v = averaged(episodes, q);
  return {
    ...episodes,
    predicted: Float64Array.from(state, (s, at) => q.data[s * k + action[at]]),
    expected: Float64Array.from(state, (s) => v[s]),
  };
}

/** (S) Σ_a π_e(a|s) q(s, a). */
export function averaged({ states: S, actions: k, policy }: TabularEpisodes, q: Matrix): Float64Array {
  const v = new Float64Array(S);
  for (let cell = 0; cell < S * k; cell++) v[Math.floor(cell / k)] += policy.data[cell] * q.data[cell];
  return v;
}

function checkTabular(episodes: TabularEpisodes): void {
  checkEpisodes(episodes, []);
  const { size: n, offset, states: S, actions: k, state, action, policy, finalState } = episodes;
  const rows = offset[n];
  if (policy.rows !== S || policy.columns !== k) {
    throw new InputError(`The policy has ${policy.rows} states × ${policy.columns} actions, the episodes ${S} × ${k}.`);
  }
  if (state.length !== rows || action.length !== rows) {
    throw new InputError(
      `The columns state and action have ${state.length} and ${action.length} rows, the episodes ${rows}.`,
    );
  }
  for (let at = 0; at < rows; at++) {
    if (!(state[at] >= 0 && state[at] < S))
      throw new InputError(`Row ${at + 1}: state ${state[at]} is not one of the ${S} (0 to ${S - 1}).`);
    if (!(action[at] >= 0 && action[at] < k))
      throw new InputError(`Row ${at + 1}: action ${action[at]} is not one of the ${k} (0 to ${k - 1}).`);
  }
  finalState?.forEach((s, i) => {
    if (!(s >= -1 && s < S)) throw new InputError(`Episode ${i + 1}: final state ${s} is none of the ${S}, nor −1.`);
  });
}
