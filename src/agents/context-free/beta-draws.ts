/** Draws from Beta posteriors whose shares are the odds: the textbook's Thompson sampling, where exact odds cost too much. */
import type { Requests } from '../../core/contracts.ts';
import type { Matrix } from '../../core/matrix.ts';
import { normalQuantile } from '../../core/quantiles.ts';
import { fraction32 } from '../../core/random.ts';
import type { Random } from '../../core/random.ts';

/** Fills `out` (n×k) with the shares of the draws in which each action had the highest value. */
export type DrawnBest = (requests: Requests, alpha: Float64Array, beta: Float64Array, out: Matrix) => void;

/** Words fetched at a time; a Beta variable takes about four. */
const WORDS = 128;

/**
 * Odds of k actions from so many draws, each a pure function of (random, impression, draw): stating the odds twice states
 * the same.
 */
export function drawnBest(k: number, draws: number, random: Random): DrawnBest {
  const uniforms = reader(random);
  return (requests, alpha, beta, out) => {
    const { eligible, impression, size } = requests;
    out.data.fill(0, 0, size * k);
    for (let i = 0; i < size; i++) {
      for (let draw = 0; draw < draws; draw++) {
        uniforms.begin(impression[i], draw);
        let best = -1;
        let highest = -1;
        for (let a = 0; a < k; a++) {
          if (eligible[i * k + a] === 0) continue;
          const value = betaDraw(alpha[a], beta[a], uniforms.next);
          if (value <= highest) continue;
          highest = value;
          best = a;
        }
        if (best >= 0) out.data[i * k + best] += 1 / draws;
      }
    }
  };
}

/** A Beta(a, b) variable as a ratio of Gammas. */
export function betaDraw(a: number, b: number, next: () => number): number {
  const x = gammaDraw(a, next);
  return x / (x + gammaDraw(b, next));
}

/**
 * A Gamma(shape, 1) variable by Marsaglia & Tsang (2000, "A simple method for generating gamma variables"), shapes below 1
 * by their boost.
 */
function gammaDraw(shape: number, next: () => number): number {
  if (shape < 1) return gammaDraw(shape + 1, next) * Math.exp(Math.log(next()) / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normalQuantile(next());
    const t = 1 + c * x;
    if (t <= 0) continue;
    const v = t * t * t;
    const u = next();
    if (u < 1 - 0.0331 * x * x * x * x || Math.log(u) < 0.5 * x * x + d * (1 - v + Math.log(v))) return d * v;
  }
}

/** Uniform numbers in (0, 1), one after the other, that begin anew for each (impression, draw). */
function reader(random: Random): { begin(impression: number, draw: number): void; next: () => number } {
  let words: Int32Array = new Int32Array(0);
  let at = 0;
  let burst = 0;
  let low = 0;
  let high = 0;
  return {
    begin(impression, draw) {
      low = impression | 0;
      high = (Math.floor(impression / 2 ** 32) << 20) | (draw << 6);
      burst = 0;
      at = WORDS;
    },
    next() {
      if (at >= WORDS) {
        words = random.burst(WORDS, low, high | burst++);
        at = 0;
      }
      return fraction32(words[at++]) + 2 ** -33;
    },
  };
}
