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

/** Words that sfc32 gives away before the first that is used, as PractRand does. */
const WARM_UP = 12;

/** Visits are shifted by this many steps in `visitStep`. */
export const STEPS_PER_VISIT = 4096;

/** `visitStep` has room for so many visits of one user; whoever counts visits must stay below. */
export const VISITS_PER_USER: number = 2 ** 20;

/** Packs (visit, step) into one counter word; step < 4096, visit < 2^20, or it repeats another's. */
export function visitStep(visit: number, step: number): number {
  return (visit * STEPS_PER_VISIT + step) | 0;
}

/**
 * n Threefry-2×32-20 blocks under the key (k0, k1), in place: `words` (n×2) holds the counters and then the random words.
 * One loop over many blocks is three times as fast as a call for each: a block is one long chain of dependent steps, and
 * the processor works on several chains at once.
 */
export function threefry2x32(words: Int32Array, n: number, k0: number, k1: number): void {
  const k2 = PARITY ^ k0 ^ k1;
  for (let w = 0; w < 2 * n; w += 2) {
    let x = (words[w] + k0) | 0;
    let y = (words[w + 1] + k1) | 0;
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
    words[w] = (x + k2) | 0;
    words[w + 1] = (y + k0 + 5) | 0;
  }
}

/** 53 bits of two random words, in [0, 1). */
export function fraction53(high: number, low: number): number {
  return ((high >>> 5) * 67108864 + (low >>> 6)) * TWO_POW_MINUS_53;
}

/** 32 bits of a random word, in [0, 1). */
export function fraction32(word: number): number {
  return (word >>> 0) * TWO_POW_MINUS_32;
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
  #blocks = new Int32Array(0);
  #drawn = new Float64Array(0);
  #words = new Int32Array(0);

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
    const block = this.#draw(a, b);
    return fraction53(block[0], block[1]);
  }

  /** Standard normal, a pure function of the two counter words. */
  normal(a: number, b: number): number {
    return normalOf(this.uniform(a, b));
  }

  /**
   * Room for n counters (n×2), to be filled with (a, b) row by row before `uniforms`, `normals` or `pairs`: many draws at once are
   * three times as fast as one by one. The buffers are used again at the next call.
   */
  counters(n: number): Int32Array {
    if (this.#blocks.length < 2 * n) {
      this.#blocks = new Int32Array(2 * n);
      this.#drawn = new Float64Array(2 * n);
    }
    return this.#blocks;
  }

  /** (n) `uniform(a, b)` of each of the first n counters, which are spent. */
  uniforms(n: number): Float64Array {
    const words = this.#blocks;
    const drawn = this.#drawn;
    threefry2x32(words, n, this.#k0, this.#k1);
    for (let i = 0; i < n; i++) drawn[i] = fraction53(words[2 * i], words[2 * i + 1]);
    return drawn;
  }

  /** (n) `normal(a, b)` of each of the first n counters, which are spent. */
  normals(n: number): Float64Array {
    const drawn = this.uniforms(n);
    for (let i = 0; i < n; i++) drawn[i] = normalOf(drawn[i]);
    return drawn;
  }

  /** (n×2) two uniforms on [0, 1) with 32 bits for each of the first n counters, which are spent. */
  pairs(n: number): Float64Array {
    const words = this.#blocks;
    const drawn = this.#drawn;
    threefry2x32(words, n, this.#k0, this.#k1);
    for (let i = 0; i < 2 * n; i++) drawn[i] = fraction32(words[i]);
    return drawn;
  }

  /**
   * n random 32-bit words, a pure function of the two counter words, for whoever draws many at a time: a sequence of sfc32
   * (C. Doty-Humphrey, PractRand), begun by two Threefry blocks, at a fifth of the price of n / 2 blocks. The buffer is
   * used again at the next call.
   */
  burst(n: number, a: number, b: number): Int32Array {
    if (this.#words.length < n) this.#words = new Int32Array(n);
    const words = this.#words;
    const start = this.counters(2);
    start[0] = a;
    start[1] = b;
    start[2] = ~a;
    start[3] = b;
    threefry2x32(start, 2, this.#k0, this.#k1);
    let x = start[0];
    let y = start[1];
    let z = start[2];
    let counter = 1;
    for (let i = -WARM_UP; i < n; i++) {
      const word = (x + y + counter) | 0;
      counter = (counter + 1) | 0;
      x = y ^ (y >>> 9);
      y = (z + (z << 3)) | 0;
      z = (((z << 21) | (z >>> 11)) + word) | 0;
      if (i >= 0) words[i] = word;
    }
    return words;
  }

  #draw(a: number, b: number): Int32Array {
    const block = this.#block;
    block[0] = a;
    block[1] = b;
    threefry2x32(block, 1, this.#k0, this.#k1);
    return block;
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
