/**
 * A rich expansion of the context for linear least squares, nested so that a prefix of it is a smaller expansion:
 * 1 · linear (d) · squares (t) · products of pairs (t(t−1)/2) · random hinges max(0, w·x + b) (h),
 * where x is standardised and the last three look only at the t most telling columns. Hinges are a random-feature
 * approximation of the arc-cosine kernel (Cho & Saul 2009).
 */
import type { Random } from '../../core/contracts.ts';
import { heldInside } from './features.ts';
import type { Standardisation } from './features.ts';

export interface Expansion {
  /** p: features of the largest expansion. */
  size: number;
  /** Sizes of the nested expansions, ascending; the last is p. */
  prefixes: readonly number[];
  /** Fills `out` [to, to + p) from the context row at `from` of `data`. */
  fill(data: Float64Array, from: number, out: Float64Array, to: number): void;
}

/** The expansion of d columns; `telling` lists the columns that are squared and multiplied. */
export function expansion(
  scale: Standardisation,
  telling: readonly number[],
  hinges: number,
  random: Random,
): Expansion {
  const d = scale.mean.length;
  const t = telling.length;
  const linear = 1 + d;
  const squares = linear + t;
  const pairs = squares + (t * (t - 1)) / 2;
  const size = pairs + hinges;
  const spread = 1 / Math.sqrt(Math.max(1, t));
  const slope = Float64Array.from({ length: hinges * t }, (_, c) => spread * random.normal(c, 0));
  const offset = Float64Array.from({ length: hinges }, (_, h) => random.normal(h, 1));
  const x = new Float64Array(d);
  const told = new Float64Array(t);
  return {
    size,
    prefixes: [...new Set([linear, squares, pairs, size])],
    fill(data, from, out, to) {
      out[to] = 1;
      heldInside(scale, data, from, x);
      for (let j = 0; j < d; j++) {
        x[j] = (x[j] - scale.mean[j]) * scale.inverseScale[j];
        out[to + 1 + j] = x[j];
      }
      for (let j = 0; j < t; j++) told[j] = x[telling[j]];
      let next = to + linear;
      for (let j = 0; j < t; j++) out[next++] = told[j] * told[j];
      for (let i = 0; i < t; i++) for (let j = 0; j < i; j++) out[next++] = told[i] * told[j];
      for (let h = 0; h < hinges; h++) {
        let sum = offset[h];
        for (let j = 0; j < t; j++) sum += slope[h * t + j] * told[j];
        out[next++] = sum > 0 ? sum : 0;
      }
    },
  };
}
