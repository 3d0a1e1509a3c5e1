/**
 * MAGIC: blends of weighted DR and the model. The j-step return g^(j) trusts the data for steps 0 … j and the model after; the
 * blend has the least estimated squared error, variance Ω̂ plus bias as far as g^(j) lies outside WDR's interval. No sum of
 * rows: its interval would need a bootstrap of the whole. Thomas & Brunskill 2016, §7, with Ω̂ as its author corrected it.
 */
import { InputError } from '../../core/errors.ts';
import type { Random } from '../../core/random.ts';
import { rowContributions } from '../row-estimator.ts';
import { wdr } from './doubly-robust.ts';
import { checkEpisodes, longest, ratios } from './episodes.ts';
import type { Episodes } from './episodes.ts';
import { simplexMinimum } from './simplex-minimum.ts';

export interface MagicOptions {
  /** Chance outside WDR's interval, in (0, 1]; with the right Ω̂ its author advises 1 or 0.5. */
  delta?: number;
  /** Ridge on the error matrix, ≥ 0. */
  epsilon?: number;
  /** κ: bootstrap resamples of WDR. */
  resamples?: number;
  /** WDR's interval, where it is known; no bootstrap then. */
  interval?: readonly [number, number];
}

export interface Magic {
  value: number;
  /** (T + 1) the share of each return. */
  weights: Float64Array;
  /** (T + 1) g^(−1) … g^(T−1): the model alone … WDR. */
  returns: Float64Array;
  /** (T + 1)² Ω̂. */
  covariance: Float64Array;
  /** WDR's interval, which bias is measured against. */
  interval: readonly [number, number];
}

/** Draws for the bootstrap: an index below n at each call. */
export type IndexStream = (n: number) => number;

/**
 * MAGIC over checked or unchecked episodes with a model. `draw` resamples episodes: `random.stream('magic')`, or a stream of
 * indices. Throws `InputError` on bad evidence or options.
 */
export function magic(episodes: Episodes, draw: Random | IndexStream, options: MagicOptions = {}): Magic {
  const { delta = 0.5, epsilon = 0, resamples = 200 } = options;
  checkEpisodes(episodes, [{ name: 'magic', needs: ['model'] }]);
  if (!(delta > 0 && delta <= 1)) throw new InputError(`magic: delta ${delta} is not in (0, 1]; use 0.5.`);
  if (!(epsilon >= 0)) throw new InputError(`magic: epsilon ${epsilon} is below 0; use 0 or 1e-5.`);
  if (!(resamples >= 1)) throw new InputError(`magic: resamples ${resamples} is below 1; use 200.`);
  const n = episodes.size;
  if (n < 2) throw new InputError('magic: one episode tells nothing of the spread; give two at least.');
  const J = longest(episodes) + 1;
  const terms = partialReturns(episodes);
  const sums = new Float64Array(J);
  for (let i = 0; i < n; i++) for (let j = 0; j < J; j++) sums[j] += terms[i * J + j];
  const covariance = new Float64Array(J * J);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < J; j++) {
      const gap = terms[i * J + j] - sums[j] / n;
      for (let k = 0; k <= j; k++) covariance[j * J + k] += (n / (n - 1)) * gap * (terms[i * J + k] - sums[k] / n);
    }
  }
  for (let j = 0; j < J; j++) for (let k = 0; k < j; k++) covariance[k * J + j] = covariance[j * J + k];
  const weighted = sums[J - 1];
  const [low, high] = options.interval ?? percentiles(wdrResamples(episodes, indices(draw), resamples), delta);
  const interval = [Math.min(low, weighted), Math.max(high, weighted)] as const;
  const bias = sums.map((g) => Math.max(g - interval[1], interval[0] - g, 0));
  const error = covariance.map((omega, cell) => omega + bias[Math.floor(cell / J)] * bias[cell % J]);
  for (let j = 0; j < J; j++) error[j * J + j] += epsilon;
  const weights = simplexMinimum(error, J);
  return { value: weights.reduce((sum, x, j) => sum + x * sums[j], 0), weights, returns: sums, covariance, interval };
}

/** (n×(T + 1)) what each episode adds to g^(−1) … g^(T−1); the columns sum to them. */
export function partialReturns(episodes: Episodes): Float64Array {
  const { size: n, offset, reward, discount, predicted = reward, expected = reward } = episodes;
  const T = longest(episodes);
  const rho = ratios(episodes);
  const total = new Float64Array(T);
  for (let i = 0; i < n; i++) for (let t = 0; t < T; t++) total[t] += rho[Math.min(offset[i] + t, offset[i + 1] - 1)];
  const out = new Float64Array(n * (T + 1));
  for (let i = 0, cell = 0; i < n; i++) {
    const [start, end] = [offset[i], offset[i + 1]];
    let before = 1 / n;
    let known = 0; // Σ γ^t {w_t (r_t − q̂_t) + w_{t−1} v̂_t} down to step j
    let gamma = 1;
    out[cell++] = before * expected[start];
    for (let t = 0; t < T; t++, gamma *= discount) {
      const at = start + t;
      if (at < end) {
        const w = rho[at] / total[t];
        known += gamma * (w * (reward[at] - predicted[at]) + before * expected[at]);
        before = w;
      }
      // After its end an episode expects nothing more, whatever its weight.
      out[cell++] = known + (at + 1 < end ? gamma * discount * before * expected[at + 1] : 0);
    }
  }
  return out;
}

/** (κ) WDR of resampled episodes: sums are added up anew, weights with them. */
function wdrResamples(episodes: Episodes, draw: IndexStream, resamples: number): Float64Array {
  const n = episodes.size;
  const estimator = wdr(longest(episodes));
  const { columns: c, data } = rowContributions(episodes, estimator);
  const sums = new Float64Array(c);
  return Float64Array.from({ length: resamples }, () => {
    sums.fill(0);
    for (let i = 0; i < n; i++) {
      const first = draw(n) * c;
      for (let j = 0; j < c; j++) sums[j] += data[first + j];
    }
    return estimator.value(sums, n);
  });
}

/** The author's: sorted[⌊κδ/2⌋] and sorted[min(κ − 1, ⌊κ(1 − δ/2)⌋)]. */
function percentiles(values: Float64Array, delta: number): readonly [number, number] {
  const sorted = values.toSorted();
  const last = sorted.length - 1;
  const high = Math.min(last, Math.floor(sorted.length * (1 - delta / 2)));
  return [sorted[Math.floor((sorted.length * delta) / 2)], sorted[high]];
}

function indices(draw: Random | IndexStream): IndexStream {
  if (typeof draw === 'function') return draw;
  const sequence = draw.sequence();
  return (n) => sequence.integer(n);
}
