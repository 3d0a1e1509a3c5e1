/** Texts as rows of hashed terms: no vocabulary to learn or keep, so rows can be made one at a time, out of any stream. */
import type { TermRows } from './terms.ts';
import { termRows } from './terms.ts';

const encoder = new TextEncoder();

/**
 * Counts of tokens by hash, `columns` ≥ 1 wide, each with a sign that the hash gives, so that what falls together cancels
 * on average (Weinberger et al. 2009, Feature hashing for large scale multitask learning, §2). Columns and signs are those
 * of scikit-learn's `HashingVectorizer(alternate_sign=True, norm=None)`.
 */
export function hashedTerms(texts: readonly (readonly string[])[], columns: number): TermRows {
  return termRows(texts.length, columns, (i) => texts[i].map((token) => hashedTerm(token, columns)));
}

/** A token's column in [0, columns) and its sign. */
function hashedTerm(token: string, columns: number): [column: number, sign: number] {
  const hash = murmur3(encoder.encode(token));
  return [Math.abs(hash) % columns, hash >= 0 ? 1 : -1];
}

/** MurmurHash3 x86 32 with seed 0, as a signed word (A. Appleby 2011, public domain). */
export function murmur3(bytes: Uint8Array): number {
  const whole = bytes.length & ~3;
  let hash = 0;
  for (let at = 0; at < whole; at += 4) {
    hash ^= scrambled(bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24));
    hash = (hash << 13) | (hash >>> 19);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let at = bytes.length - 1; at >= whole; at--) tail = (tail << 8) | bytes[at];
  hash ^= scrambled(tail);
  hash ^= bytes.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

function scrambled(word: number): number {
  const mixed = Math.imul(word, 0xcc9e2d51);
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
}
