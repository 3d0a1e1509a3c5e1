/**
 * Translation edit rate (Snover et al. 2006) as sacrebleu 2 computes it, after Tercom: insertions, deletions,
 * substitutions and shifts of phrases per word of the reference, found greedily.
 */
import type { EditPath } from './edit-distance.ts';
import { editPath } from './edit-distance.ts';
import type { TextMetric } from './metric.ts';
import { wordsOf } from './tokenise.ts';

const LONGEST_SHIFT = 10;
const FURTHEST_SHIFT = 50;
const MOST_CANDIDATES = 1000;

export interface TerSettings {
  /** True: `A` and `a` differ. */
  caseSensitive?: boolean;
}

/** TER, 0 … (100 where every word is an edit; lower is better). `statistics`: edits, mean length of the references. */
export function ter({ caseSensitive = false }: TerSettings = {}): TextMetric {
  const cut = (text: string): string[] => wordsOf(caseSensitive ? text : text.toLowerCase());
  return {
    name: 'TER',
    columns: 2,
    statistics(hypothesis, references) {
      const own = cut(hypothesis);
      const each = references.map(cut);
      const length = each.reduce((sum, words) => sum + words.length, 0) / each.length;
      return Float64Array.of(Math.min(...each.map((words) => edits(own, words))), length);
    },
    score([sum, length]) {
      if (length > 0) return (100 * sum) / length;
      return sum > 0 ? 100 : 0;
    },
  };
}

/** Edits and shifts that make `words` the reference. */
export function edits(words: readonly string[], reference: readonly string[]): number {
  if (reference.length === 0) return words.length;
  const search = { candidates: 0 };
  let current = words;
  for (let shifts = 0; ; shifts++) {
    const path = editPath(current, reference);
    const better = bestShift(current, reference, path, search);
    if (search.candidates >= MOST_CANDIDATES || better === undefined || better.gain <= 0) return path.distance + shifts;
    current = better.words;
  }
}

interface Shift {
  gain: number;
  length: number;
  start: number;
  target: number;
  words: readonly string[];
}

/** The shift that saves most edits; of equals the longest, then the one that starts first, then moves furthest to the front. */
function bestShift(
  words: readonly string[],
  reference: readonly string[],
  { distance, path }: EditPath,
  search: { candidates: number },
): Shift | undefined {
  const { place, referenceWrong, wordWrong } = alignment(path);
  let best: Shift | undefined;
  for (const { start, at, length } of matches(words, reference)) {
    if (!wordWrong.slice(start, start + length).includes(true)) continue;
    if (!referenceWrong.slice(at, at + length).includes(true)) continue;
    if (place[at] >= start && place[at] < start + length) continue;
    let before = -1;
    for (let offset = -1; offset < length; offset++) {
      if (at + offset >= place.length) break;
      const target = at + offset === -1 ? 0 : place[at + offset] + 1;
      if (target === before) continue;
      before = target;
      const moved = shifted(words, start, length, target);
      const one = { gain: distance - editPath(moved, reference).distance, length, start, target, words: moved };
      search.candidates++;
      if (best === undefined || ranks(one, best)) best = one;
    }
    if (search.candidates >= MOST_CANDIDATES) break;
  }
  return best;
}

function ranks(a: Shift, b: Shift): boolean {
  if (a.gain !== b.gain) return a.gain > b.gain;
  if (a.length !== b.length) return a.length > b.length;
  if (a.start !== b.start) return a.start < b.start;
  return a.target < b.target;
}

/** For each word of the reference where it meets the text, and which words of either are edited. */
function alignment(path: EditPath['path']): { place: number[]; referenceWrong: boolean[]; wordWrong: boolean[] } {
  const place: number[] = [];
  const referenceWrong: boolean[] = [];
  const wordWrong: boolean[] = [];
  for (const edit of path) {
    if (edit !== 'insert') wordWrong.push(edit !== 'keep');
    if (edit !== 'delete') {
      place.push(wordWrong.length - 1);
      referenceWrong.push(edit !== 'keep');
    }
  }
  return { place, referenceWrong, wordWrong };
}

/** Every run of up to ten words that both have, not too far apart. */
function* matches(
  words: readonly string[],
  reference: readonly string[],
): Generator<{ start: number; at: number; length: number }> {
  for (let start = 0; start < words.length; start++) {
    for (let at = 0; at < reference.length; at++) {
      if (Math.abs(at - start) > FURTHEST_SHIFT) continue;
      const longest = Math.min(LONGEST_SHIFT, words.length - start, reference.length - at);
      for (let length = 1; length <= longest && words[start + length - 1] === reference[at + length - 1]; length++) {
        yield { start, at, length };
      }
    }
  }
}

function shifted(words: readonly string[], start: number, length: number, target: number): string[] {
  const phrase = words.slice(start, start + length);
  const rest = [...words.slice(0, start), ...words.slice(start + length)];
  // A target within the phrase moves it by as many words to the back.
  const to = target < start ? target : target > start + length ? target - length : target;
  return [...rest.slice(0, to), ...phrase, ...rest.slice(to)];
}
