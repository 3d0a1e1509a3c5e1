/** Mini-batches of texts of like length, in a new order each epoch. */
import type { Random } from '../../core/random.ts';
import type { CopyBatch } from './transformer.ts';
import type { EncodedText } from './vocabulary.ts';

/** Texts as one batch, padded to the longest. */
export function copyBatch(texts: readonly EncodedText[]): CopyBatch {
  const size = texts.length;
  const length = 1 + Math.max(...texts.map(({ words }) => words.length));
  const slots = new Int32Array(size * texts[0].slots.length);
  const words = new Int32Array(size * length);
  const next = new Int32Array(size * length);
  const counts = new Float32Array(size * length);
  texts.forEach((text, i) => {
    slots.set(text.slots, i * text.slots.length);
    words.set(text.words, i * length + 1);
    next.set(text.words, i * length);
    counts.fill(1, i * length, i * length + text.words.length + 1);
  });
  return { size, length, slots, words, next, counts };
}

/** Texts that are sorted by length together, in batches: fewer are more alike in every epoch. */
const TOGETHER = 12;

/** The batches of an epoch: which texts go together is a pure function of (texts, size, random, epoch). */
export function epochBatches(texts: readonly EncodedText[], size: number, random: Random, epoch: number): CopyBatch[] {
  const draws = random.stream('epoch', epoch).sequence();
  const order = draws.shuffle(texts.slice());
  const batches: EncodedText[][] = [];
  for (let from = 0; from < order.length; from += size * TOGETHER) {
    const part = order.slice(from, from + size * TOGETHER).toSorted((a, b) => a.words.length - b.words.length);
    for (let i = 0; i < part.length; i += size) batches.push(part.slice(i, i + size));
  }
  return draws.shuffle(batches).map(copyBatch);
}
