/** Porter's stemmer (Porter 1980, An algorithm for suffix stripping, with its author's later revisions): `rating`, `rated` → `rate`. */

/** c for consonants, v for vowels; y is a vowel after a consonant. */
function pattern(word: string): string {
  let shape = '';
  for (let i = 0; i < word.length; i++) {
    const vowel = 'aeiou'.includes(word[i]) || (word[i] === 'y' && i > 0 && shape[i - 1] === 'c');
    shape += vowel ? 'v' : 'c';
  }
  return shape;
}

/** How many times a vowel is followed by a consonant: [C](VC)^m[V]. */
function measure(stem: string): number {
  return (pattern(stem).match(/v+c/gu) ?? []).length;
}

const hasVowel = (stem: string): boolean => pattern(stem).includes('v');
const endsDouble = (word: string): boolean =>
  word.length > 1 && word.at(-1) === word.at(-2) && pattern(word).at(-1) === 'c';
/** consonant, vowel, consonant, the last not w, x or y: `hop`, not `snow`. */
const endsShort = (word: string): boolean => pattern(word).endsWith('cvc') && !/[wxy]$/u.test(word);

const STEP_2 = pairs(
  'ational ate,tional tion,enci ence,anci ance,izer ize,bli ble,alli al,entli ent,eli e,ousli ous,ization ize,' +
    'ation ate,ator ate,alism al,iveness ive,fulness ful,ousness ous,aliti al,iviti ive,biliti ble,logi log',
);
const STEP_3 = pairs('icate ic,ative ,alize al,iciti ic,ical ic,ful ,ness ');
const STEP_4 = 'al ance ence er ic able ible ant ement ment ent ion ou ism ate iti ous ive ize'.split(' ');

function pairs(text: string): (readonly [string, string])[] {
  return text.split(',').map((pair) => {
    const [ending, by] = pair.split(' ');
    return [ending, by] as const;
  });
}

function longestFirst<T>(endings: readonly T[], word: string, of: (one: T) => string): T | undefined {
  const fit = endings.filter((one) => word.endsWith(of(one)));
  return fit.length === 0 ? undefined : fit.reduce((best, one) => (of(one).length > of(best).length ? one : best));
}

/** The stem of a word in lower case; words of one or two letters stay. */
export function porterStem(word: string): string {
  if (word.length <= 2) return word;
  return [plurals, pastTenses, finalY, step(STEP_2), step(STEP_3), step4, finalE].reduce(
    (stem, change) => change(stem),
    word,
  );
}

function plurals(word: string): string {
  if (/(?:ss|i)es$/u.test(word)) return word.slice(0, -2);
  return /[^s]s$/u.test(word) ? word.slice(0, -1) : word;
}

function pastTenses(word: string): string {
  if (word.endsWith('eed')) return measure(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word;
  const ending = /(?:ed|ing)$/u.exec(word)?.[0];
  if (ending === undefined) return word;
  const stem = word.slice(0, -ending.length);
  if (!hasVowel(stem)) return word;
  if (/(?:at|bl|iz)$/u.test(stem)) return `${stem}e`;
  if (endsDouble(stem) && !/[lsz]$/u.test(stem)) return stem.slice(0, -1);
  return measure(stem) === 1 && endsShort(stem) ? `${stem}e` : stem;
}

function finalY(word: string): string {
  return word.endsWith('y') && hasVowel(word.slice(0, -1)) ? `${word.slice(0, -1)}i` : word;
}

function step(endings: readonly (readonly [string, string])[]): (word: string) => string {
  return (word) => {
    const found = longestFirst(endings, word, ([ending]) => ending);
    if (found === undefined) return word;
    const stem = word.slice(0, word.length - found[0].length);
    return measure(stem) > 0 ? stem + found[1] : word;
  };
}

function step4(word: string): string {
  const ending = longestFirst(STEP_4, word, (one) => one);
  if (ending === undefined) return word;
  const stem = word.slice(0, word.length - ending.length);
  if (measure(stem) <= 1 || (ending === 'ion' && !/[st]$/u.test(stem))) return word;
  return stem;
}

function finalE(word: string): string {
  let stem = word;
  if (word.endsWith('e')) {
    const short = word.slice(0, -1);
    const m = measure(short);
    if (m > 1 || (m === 1 && !endsShort(short))) stem = short;
  }
  return measure(stem) > 1 && stem.endsWith('ll') ? stem.slice(0, -1) : stem;
}
