/**
 * Rows as hashed features, made one at a time out of a stream: nothing about the columns is learned first (Weinberger et al. 2009,
 * Feature hashing). A level of a field is the hash of the field's name and the level's label, or its code where it has none; so is a
 * word of a text, whose place does not count but beside the words before it, in n-grams.
 */
import { hashOf } from '../../../core/hash.ts';
import type { Examples, Field } from '../examples.ts';

/** One row's features, the same arrays at every row. */
export interface HashedRow {
  count: number;
  /** (count) in [0, 2^bits); two may be equal. */
  slot: Int32Array;
  value: Float64Array;
}

/** murmur3's last mixing. */
function mixed(word: number): number {
  let hash = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** The hash of two features seen together. */
export function pairHash(a: number, b: number): number {
  return mixed(Math.imul(a, 0x01000193) ^ b);
}

/** The hash of each level of a field or word of a text, made when it is first met. */
function levelHashes({ name, labels }: Pick<Field, 'name' | 'labels'>): (code: number) => number {
  const hashes = new Map<number, number>();
  return (code) => {
    const known = hashes.get(code);
    if (known !== undefined) return known;
    const hash = hashOf(`${name}=${labels?.[code] ?? code}`);
    hashes.set(code, hash);
    return hash;
  };
}

/** How numbers are brought to one size: mean and deviation of the rows seen so far. */
export interface RunningScale {
  /** (d) */
  count: Float64Array;
  mean: Float64Array;
  /** (d) summed squared deviations (Welford 1962). */
  squares: Float64Array;
}

export function runningScale(d: number): RunningScale {
  return { count: new Float64Array(d), mean: new Float64Array(d), squares: new Float64Array(d) };
}

export interface HashedRows {
  /** Takes row i into the running scale. */
  see(i: number): void;
  /** The features of row i: the constant, a number each (or that it is missing), a level each, words, and what `Crossed` asks for. */
  read(i: number): HashedRow;
}

/** Features of what is seen together. */
export interface Crossed {
  /** Every pair of fields. */
  pairs: boolean;
  /** Words of a text in a row, up to so many, ≥ 1. */
  ngrams: number;
}

export function hashedRows(rows: Examples, bits: number, { pairs, ngrams }: Crossed, scale: RunningScale): HashedRows {
  const { numeric, numericNames, fields } = rows;
  const d = numeric.columns;
  const F = fields.length;
  // Events without names are for models that read an order.
  const texts = rows.sequences.filter(({ labels }) => labels !== undefined);
  const words = texts.reduce((sum, { steps }) => sum + steps * ngrams, 0);
  const most = 1 + d + F + (pairs ? (F * (F - 1)) / 2 : 0) + words;
  const row: HashedRow = { count: 0, slot: new Int32Array(most), value: new Float64Array(most).fill(1) };
  const mask = (1 << bits) - 1;
  const constant = hashOf('') & mask;
  const numberSlot = numericNames.map((name) => hashOf(name) & mask);
  const missingSlot = numericNames.map((name) => hashOf(`${name} missing`) & mask);
  const ofLevel = fields.map(levelHashes);
  const ofWord = texts.map(levelHashes);
  const own = new Int32Array(F);

  function add(slot: number, value: number): void {
    row.slot[row.count] = slot;
    row.value[row.count++] = value;
  }

  return {
    see(i) {
      for (let j = 0; j < d; j++) {
        const x = numeric.data[i * d + j];
        if (Number.isNaN(x)) continue;
        const from = x - scale.mean[j];
        scale.mean[j] += from / ++scale.count[j];
        scale.squares[j] += from * (x - scale.mean[j]);
      }
    },
    read(i) {
      row.count = 0;
      add(constant, 1);
      for (let j = 0; j < d; j++) {
        const x = numeric.data[i * d + j];
        if (Number.isNaN(x)) add(missingSlot[j], 1);
        else if (scale.squares[j] > 0) {
          add(numberSlot[j], (x - scale.mean[j]) / Math.sqrt(scale.squares[j] / scale.count[j]));
        }
      }
      for (let f = 0; f < F; f++) {
        own[f] = ofLevel[f](fields[f].codes[i]);
        add(own[f] & mask, 1);
      }
      if (pairs) {
        for (let f = 1; f < F; f++) for (let e = 0; e < f; e++) add(pairHash(own[e], own[f]) & mask, 1);
      }
      texts.forEach(({ steps, codes, length }, s) => {
        for (let t = 0; t < length[i]; t++) {
          let hash = ofWord[s](codes[i * steps + t]);
          add(hash & mask, 1);
          for (let n = 1; n < ngrams && n <= t; n++) {
            hash = pairHash(ofWord[s](codes[i * steps + t - n]), hash);
            add(hash & mask, 1);
          }
        }
      });
      return row;
    },
  };
}
