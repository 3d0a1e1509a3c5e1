/**
 * Column sums of rows drawn with replacement, m out of m, as the bootstrap wants them: exactly its distribution, without
 * its random walk through memory. How many draws fall on each block of rows is multinomial, drawn block by block; the
 * draws within a block then find their rows in the processor's nearest cache. Rows that are equal many times over need
 * no draws but their number.
 */
import type { Matrix, Random } from '../../core/contracts.ts';
import { fraction53 } from '../../core/random.ts';
import { binomial } from './binomial.ts';
import { equalRows } from './equal-rows.ts';

/** Fills `sums` (c) with the column sums of the resample of that number; a pure function of the number. */
export type Resampler = (resample: number, sums: Float64Array) => void;

/** Rows of a block: two powers down from the nearest cache, with room for three columns. */
const BLOCK = 1024;

/** The bootstrap's own resamples of the rows (m×c). Resample b is the same whoever asks for it, and in whatever order. */
export function resampler(rows: Matrix, random: Random): Resampler {
  const { values, counts, rest } = equalRows(rows);
  const { data, columns: c } = rest;
  const uniforms = uniformReader(random.stream('blocks'));
  const within = random.stream('rows');
  return (resample, sums) => {
    sums.fill(0);
    uniforms.restart(resample);
    let draws = rows.rows;
    let left = rows.rows;
    for (let d = 0; d < counts.length; d++) {
      const hits = counts[d] === left ? draws : binomial(draws, counts[d] / left, uniforms.next);
      for (let a = 0; a < c; a++) sums[a] += hits * values.data[d * c + a];
      draws -= hits;
      left -= counts[d];
    }
    for (let from = 0; from < rest.rows; from += BLOCK) {
      const size = Math.min(BLOCK, rest.rows - from);
      const hits = size === left ? draws : binomial(draws, size / left, uniforms.next);
      if (c === 1) addDrawn(data, from, size, hits, within, resample, sums);
      else addCounted(data, c, from, size, hits, within, resample, sums);
      draws -= hits;
      left -= size;
    }
  };
}

/** Sums of draws from one column. */
function addDrawn(
  data: Float64Array,
  from: number,
  size: number,
  hits: number,
  random: Random,
  resample: number,
  sums: Float64Array,
): void {
  if (size < BLOCK) {
    addCounted(data, 1, from, size, hits, random, resample, sums);
    return;
  }
  // Three indices of ten bits a word, each with a sum of its own, so that no addition waits for the last.
  const words = random.burst(Math.ceil(hits / 3), resample, from);
  const full = Math.floor(hits / 3);
  const block = data.subarray(from, from + BLOCK);
  let x = 0;
  let y = 0;
  let z = 0;
  for (let i = 0; i < full; i++) {
    const word = words[i];
    x += block[word & 1023];
    y += block[(word >>> 10) & 1023];
    z += block[(word >>> 20) & 1023];
  }
  for (let j = 0; j < hits - 3 * full; j++) x += block[(words[full] >>> (10 * j)) & 1023];
  sums[0] += x + y + z;
}

const drawn = new Float64Array(BLOCK);

/** Sums of draws from several columns, or from a block whose size is no power of two: first how often each row comes. */
function addCounted(
  data: Float64Array,
  c: number,
  from: number,
  size: number,
  hits: number,
  random: Random,
  resample: number,
  sums: Float64Array,
): void {
  drawn.fill(0, 0, size);
  const bits = Math.max(1, 32 - Math.clz32(size - 1));
  const perWord = Math.floor(32 / bits);
  const mask = 2 ** bits - 1;
  for (let missing = hits, attempt = 0; missing > 0; attempt++) {
    const n = Math.ceil(missing / perWord);
    // The row number of a block's start leaves room for its attempts.
    const words = random.burst(n, resample, from + attempt);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < perWord && missing > 0; j++) {
        const index = (words[i] >>> (j * bits)) & mask;
        if (index >= size) continue; // redrawn, so that every row is equally likely
        drawn[index]++;
        missing--;
      }
    }
  }
  for (let a = 0; a < c; a++) {
    let sum = 0;
    for (let i = 0, at = from * c + a; i < size; i++, at += c) sum += drawn[i] * data[at];
    sums[a] += sum;
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
