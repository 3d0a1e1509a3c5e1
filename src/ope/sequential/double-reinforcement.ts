/**
 * Double reinforcement learning in tables: per step, how much oftener the evaluation policy is at (s, a) than the log, and what is
 * still to come from there, both from other episodes than those they are applied to (cross-fitted). Weights do not multiply
 * along the episode, dynamics may change with the step, and in large logs its variance is the least there is. Kallus &
 * Uehara 2020, eq. 9, with marginals by Xie, Ma & Wang 2019.
 */
import { InputError } from '../../core/errors.ts';
import type { Random } from '../../core/random.ts';
import type { RowEstimator } from '../row-estimator.ts';
import { longest } from './episodes.ts';
import { countedProcess } from './tabular.ts';
import type { TabularEpisodes } from './tabular.ts';

/** (T×S×k) what one part of the episodes says of each step. */
export interface StepTables {
  /** w_t(s, a) = d_t^{π_e}(s, a) / d_t^{π_b}(s, a); 0 where the part never was. */
  ratio: Float64Array;
  /** q̂_t(s, a): from step t to the episode's end. */
  q: Float64Array;
}

/**
 * E_n[Σ_t γ^t {w_t(r_t − q̂_t) + w_{t−1} v̂_t}], w_{−1} = 1, of episodes that end within T steps (a horizon ends them too). The
 * estimator is bound to these episodes. Throws `InputError` on bad episodes or folds.
 */
export function doubleReinforcement(
  episodes: TabularEpisodes,
  random: Random,
  folds = 2,
): RowEstimator<TabularEpisodes> {
  countedProcess(episodes); // checks them
  const n = episodes.size;
  if (!(Number.isInteger(folds) && folds >= 2 && folds <= n)) {
    throw new InputError(`drl: ${folds} folds of ${n} episodes; take 2 to ${n}.`);
  }
  const order = random.sequence().shuffle(Int32Array.from({ length: n }, (_, i) => i));
  const fold = new Int32Array(n);
  order.forEach((i, at) => (fold[i] = at % folds));
  const scores = new Float64Array(n);
  for (let f = 0; f < folds; f++) {
    const tables = stepTables(episodes, (i) => fold[i] !== f);
    for (let i = 0; i < n; i++) if (fold[i] === f) scores[i] = score(episodes, i, tables);
  }
  return {
    name: 'drl',
    columns: 1,
    contributions: (_, out, from, to) => out.data.set(scores.subarray(from, to)),
    value: (sums, m) => sums[0] / m,
  };
}

function score(episodes: TabularEpisodes, i: number, { ratio, q }: StepTables): number {
  const { offset, states: S, actions: k, state, action, reward, discount, policy } = episodes;
  let sum = 0;
  let before = 1;
  let gamma = 1;
  for (let at = offset[i], t = 0; at < offset[i + 1]; at++, t++, gamma *= discount) {
    const first = (t * S + state[at]) * k;
    let v = 0;
    for (let a = 0; a < k; a++) v += policy.data[state[at] * k + a] * q[first + a];
    const cell = first + action[at];
    sum += gamma * (ratio[cell] * (reward[at] - q[cell]) + before * v);
    before = ratio[cell];
  }
  return sum;
}

/** Counts per step over the episodes of a part; forwards for the marginals, backwards for the values. */
export function stepTables(episodes: TabularEpisodes, part: (i: number) => boolean): StepTables {
  const { size: n, offset, states: S, actions: k, state, action, reward, discount, policy } = episodes;
  const T = longest(episodes);
  const cells = S * k;
  const seen = new Float64Array(T * cells);
  const sums = new Float64Array(T * cells);
  const onward = new Float64Array(T * cells * S);
  let visit: Float64Array = new Float64Array(S); // d_t^{π_e}(s)
  let count = 0;
  for (let i = 0; i < n; i++) {
    if (!part(i)) continue;
    count++;
    visit[state[offset[i]]]++;
    for (let at = offset[i], t = 0; at < offset[i + 1]; at++, t++) {
      const cell = t * cells + state[at] * k + action[at];
      seen[cell]++;
      sums[cell] += reward[at];
      if (at + 1 < offset[i + 1]) onward[cell * S + state[at + 1]]++;
    }
  }
  visit = visit.map((x) => x / count);
  const ratio = new Float64Array(T * cells);
  for (let t = 0; t < T; t++) {
    const next = new Float64Array(S);
    for (let c = 0, cell = t * cells; c < cells; c++, cell++) {
      if (seen[cell] === 0) continue;
      const flow = visit[Math.floor(c / k)] * policy.data[c];
      ratio[cell] = (flow * count) / seen[cell];
      for (let s = 0; s < S; s++) next[s] += (flow * onward[cell * S + s]) / seen[cell];
    }
    visit = next;
  }
  const q = new Float64Array(T * cells);
  let later: Float64Array = new Float64Array(S);
  for (let t = T - 1; t >= 0; t--) {
    const v = new Float64Array(S);
    for (let c = 0, cell = t * cells; c < cells; c++, cell++) {
      if (seen[cell] === 0) continue;
      let sum = sums[cell];
      for (let s = 0; s < S; s++) sum += discount * onward[cell * S + s] * later[s];
      q[cell] = sum / seen[cell];
      v[Math.floor(c / k)] += policy.data[c] * q[cell];
    }
    later = v;
  }
  return { ratio, q };
}
