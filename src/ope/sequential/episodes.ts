/**
 * Evidence of n episodes as flat columns: step t of episode i is row offset[i] + t. Lengths may differ; after its end an
 * episode keeps its weight and brings nothing (an absorbing state), so all of them speak at every step.
 */
import { InputError } from '../../core/errors.ts';

export interface Episodes {
  /** n */
  size: number;
  /** (n + 1) episode i is rows [offset[i], offset[i + 1]), at least one. */
  offset: Int32Array;
  /** (rows) in (0, 1]: π_b of the action taken. */
  propensity: Float64Array;
  /** (rows) in [0, 1]: π_e of the action taken. */
  evaluation: Float64Array;
  /** (rows) */
  reward: Float64Array;
  /** γ in [0, 1]; the value of a policy is the expected Σ_t γ^t r_t. */
  discount: number;
  /** (rows) q̂(s, a): what a model expects from this step on after the action taken. */
  predicted?: Float64Array;
  /** (rows) v̂(s) = Σ_a π_e(a|s) q̂(s, a). */
  expected?: Float64Array;
}

/** T: the length of the longest episode. */
export function longest({ size, offset }: Episodes): number {
  let most = 0;
  for (let i = 0; i < size; i++) most = Math.max(most, offset[i + 1] - offset[i]);
  return most;
}

const RATIOS = new WeakMap<Episodes, Float64Array>();

/** (rows) ρ_t = Π_{j ≤ t} π_e/π_b, worked out once for the episodes. */
export function ratios(episodes: Episodes): Float64Array {
  const kept = RATIOS.get(episodes);
  if (kept) return kept;
  const { size, offset, propensity, evaluation } = episodes;
  const rho = new Float64Array(propensity.length);
  for (let i = 0, at = offset[0]; i < size; i++) {
    let product = 1;
    for (const end = offset[i + 1]; at < end; at++) rho[at] = product *= evaluation[at] / propensity[at];
  }
  RATIOS.set(episodes, rho);
  return rho;
}

/** (n) ρ at each episode's end: the weight of the whole episode. */
export function finalRatios(episodes: Episodes): Float64Array {
  const rho = ratios(episodes);
  return Float64Array.from({ length: episodes.size }, (_, i) => rho[episodes.offset[i + 1] - 1]);
}

/** (n) G = Σ_t γ^t r_t of each episode. */
export function returns({ size, offset, reward, discount }: Episodes): Float64Array {
  const out = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    let sum = 0;
    for (let at = offset[i + 1] - 1; at >= offset[i]; at--) sum = reward[at] + discount * sum;
    out[i] = sum;
  }
  return out;
}

/** (T) (Σρ_t)² / Σρ_t² at each step: how many of the n episodes are left to speak for the evaluation policy. */
export function effectiveSizes(episodes: Episodes): Float64Array {
  const rho = ratios(episodes);
  const { size, offset } = episodes;
  return Float64Array.from({ length: longest(episodes) }, (_, t) => {
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < size; i++) {
      const weight = rho[Math.min(offset[i] + t, offset[i + 1] - 1)];
      sum += weight;
      squares += weight * weight;
    }
    return squares > 0 ? (sum * sum) / squares : 0;
  });
}

/** Throws `InputError` where columns are missing, misshapen or impossible; it names the episode and the step. */
export function checkEpisodes(
  episodes: Episodes,
  estimators: readonly { name: string; needs: readonly 'model'[] }[],
): void {
  const { size: n, offset, propensity, evaluation, reward, discount, predicted, expected } = episodes;
  if (!(n > 0)) throw new InputError('There are no episodes: there is nothing to evaluate a policy on.');
  if (!(discount >= 0 && discount <= 1))
    throw new InputError(`discount ${discount} is not in [0, 1]; 1 sums rewards as they are.`);
  if (offset.length < n + 1 || offset[0] !== 0) {
    throw new InputError(
      `offset has ${offset.length} numbers from ${offset[0]} on; ${n} episodes need ${n + 1} from 0 on.`,
    );
  }
  for (let i = 0; i < n; i++) {
    if (!(offset[i + 1] > offset[i])) throw new InputError(`Episode ${i + 1} has no steps; leave it out.`);
  }
  const rows = offset[n];
  for (const { name, needs } of estimators) {
    if (needs.includes('model') && !(predicted && expected)) {
      throw new InputError(
        `${name} needs a model: give q̂ (predicted) and v̂ (expected) of every step, or leave ${name} out.`,
      );
    }
  }
  check('propensity', propensity, (p) => p > 0 && p <= 1, 'is not in (0, 1]');
  check('evaluation', evaluation, (p) => p >= 0 && p <= 1, 'is not in [0, 1]');
  check('reward', reward, Number.isFinite, 'is not a finite number');
  if (predicted) check('predicted', predicted, Number.isFinite, 'is not a finite number');
  if (expected) check('expected', expected, Number.isFinite, 'is not a finite number');

  function check(name: string, column: Float64Array, fine: (x: number) => boolean, why: string): void {
    if (column.length !== rows)
      throw new InputError(`The column ${name} has ${column.length} rows, the episodes have ${rows} steps.`);
    for (let at = 0; at < rows; at++) if (!fine(column[at])) refuse(at, `${name} ${column[at]} ${why}`);
  }

  function refuse(at: number, what: string): never {
    const i = offset.findLastIndex((first, e) => e < n && first <= at);
    throw new InputError(`Episode ${i + 1}, step ${at - offset[i] + 1}: ${what}. Correct or remove the episode.`);
  }
}
