/** Text as tokens: words of any script in lower case, numbers whole, and runs of neighbouring words (n-grams). */

export interface TokenSettings {
  /** Shortest and longest run of words that counts as a token, each ≥ 1; default [1, 1]: single words. */
  ngrams?: readonly [shortest: number, longest: number];
  /** Words that are left out before runs are formed, in lower case; default: none. */
  stopWords?: ReadonlySet<string>;
}

/** English words that say little of what a text is about. */
export const ENGLISH_STOP_WORDS: ReadonlySet<string> = new Set(
  (
    'a about after again all also am an and any are as at be because been before being between both but by can could did do does ' +
    'doing down during each few for from further had has have having he her here hers him his how i if in into is it its just ' +
    'me more most my no nor not now of off on once only or other our ours out over own same she should so some such than that ' +
    'the their theirs them then there these they this those through to too under until up very was we were what when where ' +
    'which while who whom why will with would you your yours'
  ).split(' '),
);

/** A number with its decimals and thousands (`1,000.50`), or a word with its marks, inner hyphens and apostrophes. */
const TOKEN =
  /\p{N}+(?:[.,]\p{N}+)+(?![\p{L}\p{M}])|[\p{L}\p{N}][\p{L}\p{N}\p{M}]*(?:[-'’][\p{L}\p{N}][\p{L}\p{N}\p{M}]*)*/gu;
/** Scripts that set no spaces between words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

let segmenter: Intl.Segmenter | undefined;

/**
 * The tokens of a text, in order; none of an empty text. Forms that look alike are made one (NFKC: `ﬁ` is `fi`). Words of
 * scripts without spaces are told apart by the dictionaries that Node brings, so they may differ between versions of it.
 * Throws RangeError where `ngrams` isn't 1 ≤ shortest ≤ longest.
 */
export function tokensOf(text: string, { ngrams = [1, 1], stopWords }: TokenSettings = {}): string[] {
  const [shortest, longest] = ngrams;
  if (!(shortest >= 1 && shortest <= longest)) throw new RangeError(`tokensOf: n-grams of ${shortest} to ${longest}`);
  const words = wordsOf(text.normalize('NFKC').toLowerCase()).filter((word) => !stopWords?.has(word));
  if (longest === 1) return words;
  const runs: string[] = [];
  for (let length = shortest; length <= longest; length++) {
    for (let from = 0; from + length <= words.length; from++) runs.push(words.slice(from, from + length).join(' '));
  }
  return runs;
}

function wordsOf(text: string): string[] {
  const found = text.match(TOKEN) ?? [];
  if (!UNSPACED.test(text)) return found;
  segmenter ??= new Intl.Segmenter('und', { granularity: 'word' });
  const split = (word: string): string[] =>
    UNSPACED.test(word)
      ? [...(segmenter as Intl.Segmenter).segment(word)].filter((part) => part.isWordLike).map((part) => part.segment)
      : [word];
  return found.flatMap(split);
}
