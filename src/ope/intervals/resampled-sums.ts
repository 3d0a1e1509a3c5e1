/**
 * Column sums of rows drawn with replacement, m out of m, as the bootstrap wants them: exactly its distribution, without
 * its random walk through memory. How many draws fall on each block of rows is multinomial, drawn block by block; the
 * draws within a block then find their rows in the processor's nearest cache, for many resamples before the next block
 * is fetched. Rows that are equal many times over need no draws but their number.
 */
import type { Matrix, Random } from '../../core/contracts.ts';
import { matrix } from '../../core/matrix.ts';
import { fraction53 } from '../../core/random.ts';
import { binomial } from './binomial.ts';
import { equalRows } from './equal-rows.ts';

/** Rows of a block: ten bits, so that a random word holds three of them. */
const BITS = 10;
const BLOCK = 1 << BITS;
/** Resamples that visit a block together. */
const TOGETHER = 64;

/**
 * (to − from × c) column sums of resamples [from, to) of the rows (m×c). Resample b is the same whoever draws it: chunks
 * made by several workers are together what one would have made.
 */
export function resampledSums(rows: Matrix, from: number, to: number, random: Random): Matrix {
  const { values, counts, rest } = equalRows(rows);
  const c = rows.columns;
  const sums = matrix(to - from, c);
  const uniforms = uniformReader(random.stream('blocks'));
  const within = random.stream('rows');
  const blocks = Math.ceil(rest.rows / BLOCK);
  const hits = new Int32Array(TOGETHER * blocks);
  for (let first = from; first < to; first += TOGETHER) {
    const last = Math.min(first + TOGETHER, to);
    for (let b = first; b < last; b++) split(b, (b - first) * blocks);
    for (let k = 0; k < blocks; k++) {
      const block = blockOf(rest, k);
      for (let b = first; b < last; b++) {
        add(block, hits[(b - first) * blocks + k], within, b, k, sums.data, (b - from) * c);
      }
    }
  }
  return sums;

  /** How many draws of resample b fall on each block; those on rows that are equal are added at once. */
  function split(b: number, at: number): void {
    uniforms.restart(b);
    let draws = rows.rows;
    let left = rows.rows;
    for (let d = 0; d < counts.length; d++) {
      const n = share(counts[d]);
      for (let a = 0; a < c; a++) sums.data[(b - from) * c + a] += n * values.data[d * c + a];
    }
    for (let k = 0; k < blocks; k++) hits[at + k] = share(Math.min(BLOCK, rest.rows - k * BLOCK));

    function share(size: number): number {
      const n = size === left ? draws : binomial(draws, size / left, uniforms.next);
      draws -= n;
      left -= size;
      return n;
    }
  }
}

/** A copy of block k, so that its rows lie next to each other in the nearest cache. */
function blockOf({ data, rows, columns: c }: Matrix, k: number): Matrix {
  const size = Math.min(BLOCK, rows - k * BLOCK);
  return { rows: size, columns: c, data: data.slice(k * BLOCK * c, (k * BLOCK + size) * c) };
}

/** Adds n draws from block k to the sums at `at`. */
function add(
  block: Matrix,
  n: number,
  random: Random,
  resample: number,
  k: number,
  sums: Float64Array,
  at: number,
): void {
  const { data, rows, columns: c } = block;
  if (c === 1 && rows === BLOCK) {
    sums[at] += sumOfDraws(data, n, random.burst(Math.ceil(n / 3), resample, k * BLOCK));
    return;
  }
  countDraws(rows, n, random, resample, k);
  for (let a = 0; a < c; a++) {
    let sum = 0;
    for (let i = 0, cell = a; i < rows; i++, cell += c) sum += drawn[i] * data[cell];
    sums[at + a] += sum;
  }
}

/** Sum of n draws from a full block of one column: three indices a word, each with a sum of its own to add to. */
function sumOfDraws(data: Float64Array, n: number, words: Int32Array): number {
  const full = Math.floor(n / 3);
  let x = 0;
  let y = 0;
  let z = 0;
  for (let i = 0; i < full; i++) {
    const word = words[i];
    x += data[word & (BLOCK - 1)];
    y += data[(word >>> BITS) & (BLOCK - 1)];
    z += data[(word >>> (2 * BITS)) & (BLOCK - 1)];
  }
  for (let j = 0; j < n - 3 * full; j++) x += data[(words[full] >>> (j * BITS)) & (BLOCK - 1)];
  return x + y + z;
}

/** How often each row of a block was drawn. */
const drawn = new Int32Array(BLOCK);

/** Fills `drawn` with n draws from `size` rows; where that is no power of two, indices beyond are drawn again. */
function countDraws(size: number, n: number, random: Random, resample: number, k: number): void {
  drawn.fill(0, 0, size);
  const bits = Math.max(1, 32 - Math.clz32(size - 1));
  const perWord = Math.floor(32 / bits);
  const mask = (1 << bits) - 1;
  for (let missing = n, attempt = 0; missing > 0; attempt++) {
    const whole = Math.floor(missing / perWord);
    const words = random.burst(whole + 1, resample, k * BLOCK + attempt); // fewer attempts than rows
    let beyond = 0;
    for (let i = 0; i < whole; i++) {
      for (let j = 0, word = words[i]; j < perWord; j++, word >>>= bits) {
        const index = word & mask;
        if (index < size) drawn[index]++;
        else beyond++;
      }
    }
    for (let j = whole * perWord, word = words[whole]; j < missing; j++, word >>>= bits) {
      const index = word & mask;
      if (index < size) drawn[index]++;
      else beyond++;
    }
    missing = beyond;
  }
}

/** Uniform draws of a resample, one after the other. */
function uniformReader(random: Random): { restart: (resample: number) => void; next: () => number } {
  const AHEAD = 512;
  let words: Int32Array = new Int32Array(0);
  let of = 0;
  let part = 0;
  let at = AHEAD;
  return {
    restart(resample) {
      of = resample;
      part = 0;
      at = AHEAD;
    },
    next() {
      if (at === AHEAD) {
        words = random.burst(AHEAD, of, part++);
        at = 0;
      }
      at += 2;
      return fraction53(words[at - 2], words[at - 1]);
    },
  };
}
