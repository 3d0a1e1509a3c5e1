/**
 * Rows that are the same many times over, told apart from the rest: of a log at a click rate of 2 %, 98 of 100
 * contributions to IPS are 0, and a policy without context gives a handful of weights.
 */
import { matrix, rowRange } from '../../core/matrix.ts';
import type { Matrix } from '../../core/matrix.ts';

export interface EqualRows {
  /** (d×c) rows that come often, each once. */
  values: Matrix;
  /** (d) how often each comes. */
  counts: Float64Array;
  /** (r×c) all other rows. */
  rest: Matrix;
}

/** Kinds of rows that are looked out for: those met first. */
const KINDS = 1024;
const SLOTS = 4 * KINDS;
/** A kind that comes less often is not worth a draw of its own. */
const OFTEN = 128;

/** Splits the rows; those that come often need not be next to each other. */
export function equalRows(rows: Matrix): EqualRows {
  const { data, columns: c } = rows;
  const bits = new Int32Array(data.buffer, data.byteOffset, 2 * data.length);
  const slots = new Int32Array(SLOTS).fill(-1); // a kind, or none
  const first = new Int32Array(KINDS); // row where a kind was met
  const counts = new Float64Array(KINDS);
  const kindOf = new Int32Array(rows.rows);
  let kinds = 0;
  for (let i = 0; i < rows.rows; i++) {
    let slot = hash(bits, 2 * i * c, 2 * c) & (SLOTS - 1);
    while (slots[slot] >= 0 && !same(data, first[slots[slot]] * c, i * c, c)) slot = (slot + 1) & (SLOTS - 1);
    if (slots[slot] < 0) {
      if (kinds === KINDS) {
        kindOf[i] = -1;
        continue;
      }
      first[kinds] = i;
      slots[slot] = kinds++;
    }
    kindOf[i] = slots[slot];
    counts[slots[slot]]++;
  }
  return split(rows, kindOf, counts.subarray(0, kinds), first);
}

function split(rows: Matrix, kindOf: Int32Array, counts: Float64Array, first: Int32Array): EqualRows {
  const { data, columns: c } = rows;
  const often = [...counts.keys()].filter((kind) => counts[kind] >= OFTEN);
  const values = matrix(often.length, c);
  often.forEach((kind, d) => values.data.set(data.subarray(first[kind] * c, (first[kind] + 1) * c), d * c));
  if (often.length === 0) return { values, counts: new Float64Array(0), rest: rowRange(rows, 0, rows.rows) };
  const many = often.reduce((sum, kind) => sum + counts[kind], 0);
  const rest = matrix(rows.rows - many, c);
  let at = 0;
  for (let i = 0; i < rows.rows; i++) {
    if (kindOf[i] >= 0 && counts[kindOf[i]] >= OFTEN) continue;
    for (let a = 0; a < c; a++) rest.data[at++] = data[i * c + a];
  }
  return { values, counts: Float64Array.from(often, (kind) => counts[kind]), rest };
}

function hash(bits: Int32Array, from: number, words: number): number {
  let h = 0;
  for (let at = from; at < from + words; at++) {
    h = Math.imul(h ^ bits[at], 0x9e3779b1);
    h ^= h >>> 15;
  }
  return h;
}

function same(data: Float64Array, a: number, b: number, c: number): boolean {
  for (let j = 0; j < c; j++) if (data[a + j] !== data[b + j]) return false;
  return true;
}
