/** Spaces, as in Gymnasium: what an observation or an action may be. */
import type { Sequence } from '../core/random.ts';

export interface Space<T> {
  contains(value: unknown): boolean;
  sample(luck: Sequence): T;
  /** What it is, in words and numbers. */
  toJSON(): Record<string, unknown>;
}

/** Whole numbers 0 … n − 1. */
export function discrete(n: number): Space<number> {
  return {
    contains: (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) < n,
    sample: (luck) => luck.integer(n),
    toJSON: () => ({ type: 'discrete', n }),
  };
}

/** Pages of L different ones of k ads, from the top; −1 is an empty slot. */
export function page(k: number, L: number): Space<Int32Array> {
  return {
    contains(value) {
      if (!(value instanceof Int32Array) || value.length !== L) return false;
      const shown = value.filter((action) => action !== -1);
      return shown.every((action) => action >= 0 && action < k) && new Set(shown).size === shown.length;
    },
    sample: (luck) => luck.shuffle(Int32Array.from({ length: k }, (_, a) => a)).slice(0, L),
    toJSON: () => ({ type: 'page', ads: k, slots: L }),
  };
}

/** Finite numbers, one for each name. */
export function box(names: readonly string[]): Space<Float64Array> {
  return {
    contains: (value) => value instanceof Float64Array && value.length === names.length && value.every(Number.isFinite),
    sample: (luck) => Float64Array.from(names, () => luck.normal()),
    toJSON: () => ({ type: 'box', shape: [names.length], names }),
  };
}
