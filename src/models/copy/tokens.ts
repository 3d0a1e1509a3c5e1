/** Words of copy: cut apart for a model that counts them, and put together for a reader. */

/** `family-friendly`, `£20-25`, `4.5`, `don't` and `'s` are words; other marks stand alone. */
const TOKEN =
  /'s(?!\p{L})|[£$€]?[\p{L}\p{N}]+(?:(?:[-'](?!s(?!\p{L}))|(?<=\d)[.,](?=\d))[£$€]?[\p{L}\p{N}]+)*|[^\s\p{L}\p{N}]/gu;

/** Marks that say nothing that a sentence without them wouldn't. */
const SILENT = /["“”„*_()[\]{}<>|\\]/gu;

/** Tokens in the text's own case; typographic apostrophes become plain, quotes and brackets go. */
export function copyTokens(text: string): string[] {
  return (
    text
      .normalize('NFC')
      .replaceAll(/[‘’`´]/gu, "'")
      .replaceAll(/[–—]/gu, '-')
      .replaceAll(SILENT, ' ')
      .match(TOKEN) ?? []
  );
}

const CLOSES = /^[.,;:!?%]$|^'s$/u;
const ENDS_SENTENCE = /^[.!?]$/u;

/** `a` or `an`, by the letter that follows: good enough for copy. */
function articled(article: string, next: string | undefined): string {
  if (next === undefined || !/^an?$/iu.test(article)) return article;
  const vowel = /^(?:[aeio]|u(?!ni|s[ei]))/iu.test(next);
  return `${article[0]}${vowel ? 'n' : ''}`;
}

/** A text of tokens: spaces, articles, a capital after every full stop. */
export function joinTokens(tokens: readonly string[]): string {
  let text = '';
  let starts = true;
  tokens.forEach((token, i) => {
    const shown = articled(token, tokens[i + 1]);
    const space = text === '' || CLOSES.test(token) ? '' : ' ';
    text += space + (starts ? shown.charAt(0).toUpperCase() + shown.slice(1) : shown);
    if (/[\p{L}\p{N}]/u.test(token)) starts = false;
    if (ENDS_SENTENCE.test(token)) starts = true;
  });
  return text;
}
