/** How the metrics of text cut a sentence into tokens: as sacrebleu 2 does, so that scores can be compared. */

export const TOKENISERS = ['13a', 'intl', 'char', 'none'] as const;
export type TokeniserName = (typeof TOKENISERS)[number];

const ENTITIES: readonly (readonly [string, string])[] = [
  ['&quot;', '"'],
  ['&amp;', '&'],
  ['&lt;', '<'],
  ['&gt;', '>'],
];

/** Punctuation stands alone, but for full stops and commas within numbers: mteval-v13a of NIST. */
const WESTERN: readonly (readonly [RegExp, string])[] = [
  [/([{-~[-` -&(-+:-@/])/gu, ' $1 '],
  [/([^0-9])([.,])/gu, '$1 $2 '],
  [/([.,])([^0-9])/gu, ' $1 $2'],
  [/([0-9])(-)/gu, '$1 $2 '],
];

/** The same by Unicode's classes: mteval-v14 of NIST. */
const INTERNATIONAL: readonly (readonly [RegExp, string])[] = [
  [/(\P{N})(\p{P})/gu, '$1 $2 '],
  [/(\p{P})(\P{N})/gu, ' $1 $2'],
  [/(\p{S})/gu, ' $1 '],
];

/** Words between white space; none in an empty text. */
export function wordsOf(text: string): string[] {
  return text.split(/\s+/u).filter((word) => word !== '');
}

/** Tokens of a text. Source: Post (2018), A call for clarity in reporting BLEU scores, and sacrebleu's tokenisers. */
export function tokenise(text: string, tokeniser: TokeniserName): string[] {
  const line = text.trimEnd();
  if (tokeniser === 'none') return wordsOf(line);
  if (tokeniser === 'char') return Array.from(line).filter((character) => /\S/u.test(character));
  if (tokeniser === 'intl') return wordsOf(replaced(line, INTERNATIONAL));
  let plain = line.replaceAll('<skipped>', '').replaceAll('-\n', '').replaceAll('\n', ' ');
  for (const [entity, character] of ENTITIES) plain = plain.replaceAll(entity, character);
  return wordsOf(replaced(` ${plain} `, WESTERN));
}

function replaced(text: string, rules: readonly (readonly [RegExp, string])[]): string {
  return rules.reduce((line, [pattern, by]) => line.replaceAll(pattern, by), text);
}
