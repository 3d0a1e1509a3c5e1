/**
 * Named random streams from one seed.
 *
 * A seed string and a path of names expand, through `seedrandom`, into a 64-bit key. Draws are counter-based: a draw
 * is a pure function of (key, a, b), so it costs no state, can be made in any order, and adding an agent or a worker
 * changes no other number. The block function is Threefry-2×32 with 20 rounds (Salmon et al. 2011, "Parallel random
 * numbers: as easy as 1, 2, 3", SC'11), which needs only the 32-bit adds, rotations and xors that JavaScript has.
 */
import seedrandom from 'seedrandom';
import { normalQuantile } from './quantiles.ts';

const PARITY = 0x1bd11bda; // Skein's key-schedule constant
const TWO_POW_MINUS_53 = 2 ** -53;
const TWO_POW_MINUS_32 = 2 ** -32;

/** Visits are shifted by this many steps in `visitStep`. */
export const STEPS_PER_VISIT = 4096;

/** `visitStep` has room for so many visits of one user; whoever counts visits must stay below. */
export const VISITS_PER_USER: number = 2 ** 20;

/** Packs (visit, step) into one counter word; step < 4096, visit < 2^20, or it repeats another's. */
export function visitStep(visit: number, step: number): number {
  return (visit * STEPS_PER_VISIT + step) | 0;
}

/** One Threefry-2×32-20 block: fills `out` [0..1] from counter (c0, c1) and key (k0, k1), all 32-bit integers. */
export function threefry2x32(c0: number, c1: number, k0: number, k1: number, out: Int32Array): void {
  const k2 = PARITY ^ k0 ^ k1;
  let x = (c0 + k0) | 0;
  let y = (c1 + k1) | 0;
  x = (x + y) | 0;
  y = ((y << 13) | (y >>> 19)) ^ x;
  x = (x + y) | 0;
  y = ((y << 15) | (y >>> 17)) ^ x;
  x = (x + y) | 0;
  y = ((y << 26) | (y >>> 6)) ^ x;
  x = (x + y) | 0;
  y = ((y << 6) | (y >>> 26)) ^ x;
  x = (x + k1) | 0;
  y = (y + k2 + 1) | 0;
  x = (x + y) | 0;
  y = ((y << 17) | (y >>> 15)) ^ x;
  x = (x + y) | 0;
  y = ((y << 29) | (y >>> 3)) ^ x;
  x = (x + y) | 0;
  y = ((y << 16) | (y >>> 16)) ^ x;
  x = (x + y) | 0;
  y = ((y << 24) | (y >>> 8)) ^ x;
  x = (x + k2) | 0;
  y = (y + k0 + 2) | 0;
  x = (x + y) | 0;
  y = ((y << 13) | (y >>> 19)) ^ x;
  x = (x + y) | 0;
  y = ((y << 15) | (y >>> 17)) ^ x;
  x = (x + y) | 0;
  y = ((y << 26) | (y >>> 6)) ^ x;
  x = (x + y) | 0;
  y = ((y << 6) | (y >>> 26)) ^ x;
  x = (x + k0) | 0;
  y = (y + k1 + 3) | 0;
  x = (x + y) | 0;
  y = ((y << 17) | (y >>> 15)) ^ x;
  x = (x + y) | 0;
  y = ((y << 29) | (y >>> 3)) ^ x;
  x = (x + y) | 0;
  y = ((y << 16) | (y >>> 16)) ^ x;
  x = (x + y) | 0;
  y = ((y << 24) | (y >>> 8)) ^ x;
  x = (x + k1) | 0;
  y = (y + k2 + 4) | 0;
  x = (x + y) | 0;
  y = ((y << 13) | (y >>> 19)) ^ x;
  x = (x + y) | 0;
  y = ((y << 15) | (y >>> 17)) ^ x;
  x = (x + y) | 0;
  y = ((y << 26) | (y >>> 6)) ^ x;
  x = (x + y) | 0;
  y = ((y << 6) | (y >>> 26)) ^ x;
  out[0] = (x + k2) | 0;
  out[1] = (y + k0 + 5) | 0;
}

/** The normal at a uniform draw; a draw of exactly 0 stands for the half step above it, so the result is finite. */
function normalOf(uniform: number): number {
  return normalQuantile(uniform === 0 ? 0.5 * TWO_POW_MINUS_53 : uniform);
}

/** JSON in ASCII: `seedrandom` reads only the low byte of each character, so `š` would otherwise name what `a` names. */
function asciiName(names: readonly (string | number)[]): string {
  return JSON.stringify(names).replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A named source of random numbers. Holds a key and no state. */
export class Random {
  readonly seed: string;
  readonly path: readonly (string | number)[];
  readonly #k0: number;
  readonly #k1: number;
  readonly #block = new Int32Array(2);
  readonly #pair = new Float64Array(2);

  constructor(seed: string, path: readonly (string | number)[] = []) {
    this.seed = seed;
    this.path = path;
    const keys = seedrandom(asciiName([seed, ...path]));
    this.#k0 = keys.int32();
    this.#k1 = keys.int32();
  }

  /** An independent source with a longer name. */
  stream(...names: (string | number)[]): Random {
    return new Random(this.seed, [...this.path, ...names]);
  }

  /** Uniform on [0, 1) with 53 bits, a pure function of the two counter words (32-bit integers). */
  uniform(a: number, b: number): number {
    const block = this.#block;
    threefry2x32(a, b, this.#k0, this.#k1, block);
    return ((block[0] >>> 5) * 67108864 + (block[1] >>> 6)) * TWO_POW_MINUS_53;
  }

  /** Standard normal, a pure function of the two counter words. */
  normal(a: number, b: number): number {
    return normalOf(this.uniform(a, b));
  }

  /** Two uniforms on [0, 1) with 32 bits each, at the price of one; the buffer is used again at the next call. */
  pair(a: number, b: number): Float64Array {
    const block = this.#block;
    threefry2x32(a, b, this.#k0, this.#k1, block);
    this.#pair[0] = (block[0] >>> 0) * TWO_POW_MINUS_32;
    this.#pair[1] = (block[1] >>> 0) * TWO_POW_MINUS_32;
    return this.#pair;
  }

  /** A stateful reader of this source, for set-up code: each call draws the next number. */
  sequence(): Sequence {
    return new Sequence(this);
  }
}

/** Draws one number after the other from a source. Two sequences of one source give the same numbers. */
export class Sequence {
  readonly #source: Random;
  #next = 0;

  constructor(source: Random) {
    this.#source = source;
  }

  /** Uniform on [0, 1). */
  uniform(): number {
    const n = this.#next++;
    return this.#source.uniform(n | 0, Math.floor(n / 4294967296) | 0);
  }

  /** Standard normal. */
  normal(): number {
    return normalOf(this.uniform());
  }

  /** Uniform integer in [0, n), n < 2^32. */
  integer(n: number): number {
    return Math.floor(this.uniform() * n);
  }

  /** Shuffles in place (Fisher–Yates) and returns the array. */
  shuffle<T extends { length: number; [index: number]: unknown }>(values: T): T {
    for (let i = values.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const kept = values[i];
      values[i] = values[j];
      values[j] = kept;
    }
    return values;
  }
}

/** The root source of a seed. */
export function randomFrom(seed: string): Random {
  return new Random(seed);
}
