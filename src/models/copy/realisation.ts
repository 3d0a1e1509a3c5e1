/**
 * Does a text say a fact? Rules written by hand, independent of what any writer has learned: word by word for most
 * slots, by their usual sayings for the ratings, prices and families of the E2E data. Slot error rates are counted by them.
 */
import type { Slots } from './slots.ts';
import { slotKey } from './slots.ts';

/** Sayings of a value, and what must not be there with them. */
interface Rule {
  says: RegExp;
  unless?: RegExp;
}

const FAMILY = String.raw`(?:famil(?:y|ies)|kids?|child(?:ren)?)`;
const FRIENDLY = new RegExp(
  String.raw`${FAMILY}(?:'s)?[ -]?(?:and \w+ )?(?:friendly|welcom\w*|oriented|safe)|\b(?:friendly|suitable|good|great|appropriate|perfect|fun|welcom\w+|for|allows?|bring)\b[^.,]{0,24}\b${FAMILY}|${FAMILY} (?:are|is) (?:welcome|allowed)|all ages`,
  'u',
);
const NOT_FRIENDLY = new RegExp(
  String.raw`\b(?:not?|non|isn't|aren't|n't|never|without|un)\b[^.]{0,40}\b(?:${FAMILY}|friendly)|${FAMILY}[ -]?unfriendly|unfriendly|adults?\b|no ${FAMILY}|${FAMILY}[ -]?free`,
  'u',
);

const RATING = String.raw`(?:ratings?|rated|reviews?|reviewed|customers?|stars?|quality|score)`;
/** `value` and `subject` close to each other, with nothing of `other` between. */
const near = (value: string, subject: string, other: string): string => {
  const gap = String.raw`(?:(?!\b(?:and|but|${other}))[^.;]){0,28}`;
  return String.raw`(?:${value})\b${gap}\b${subject}|\b${subject}\b${gap}(?:${value})`;
};
const PRICE = String.raw`(?:pric\w*|cost\w*|range)`;

const ratingOf = (words: string): Rule => ({
  says: new RegExp(near(String.raw`\b(?:${words})`, RATING, 'pric|cost|expens|cheap'), 'u'),
});
/** `3 out of 5`, `three stars`, `rated 3`; the second number of `3 out of 5` is none. */
const stars = (n: string, word: string): Rule => {
  const one = String.raw`(?<!(?:\d|one|three|five) (?:out )?of )\b(?:${n}|${word})`;
  return {
    says: new RegExp(
      String.raw`${one}[ -](?:out )?of[ -](?:5|five)|${one}\/5|${one}[ -]stars?\b|\brat\w+[^.,]{0,16}${one}\b|${one}\b[^.,]{0,12}\brating`,
      'u',
    ),
  };
};
const priceOf = (words: string): Rule => ({
  says: new RegExp(
    String.raw`${near(String.raw`\b(?:${words})`, PRICE, 'rat|custom|review')}|\b(?:${words})[ -]?priced`,
    'u',
  ),
});

/** By slot and value, all in lower case. */
const RULES: Readonly<Record<string, Readonly<Record<string, Rule>>>> = {
  familyfriendly: {
    yes: { says: FRIENDLY, unless: NOT_FRIENDLY },
    no: { says: NOT_FRIENDLY },
  },
  customerrating: {
    '1 out of 5': stars('1', 'one'),
    '3 out of 5': stars('3', 'three'),
    '5 out of 5': stars('5', 'five'),
    low: ratingOf('low|lowly|poor|poorly|bad|badly'),
    average: ratingOf('average|averagely|decent|okay|moderate'),
    high: ratingOf('high|highly|excellent|well|good|great'),
  },
  pricerange: {
    cheap: {
      says: /\b(?:cheap\w*|inexpensive|affordable|budget|low[ -](?:cost|price|priced)|economical)\b|low\b[^.]{0,12}pric/u,
    },
    moderate: { ...priceOf('moderate|moderately|mid|medium|average|reasonable|reasonably|fair|fairly') },
    high: { says: new RegExp(String.raw`${priceOf('high|higher|highly|upper').says.source}|\b(?:expensive|pricey|high[ -]end|costly|upscale)`, 'u') }, // prettier-ignore
    'less than £20': { says: /(?:less|lower|under|below|cheaper|up to|not more|no more)[^.]{0,16}£? ?(?:20|twenty)/u },
    '£20-25': { says: /£? ?20[^.\d]{1,12}25/u },
    'more than £30': {
      says: /(?:more|over|above|higher|upwards|at least|starts?|exceed\w*)[^.]{0,16}£? ?(?:30|thirty)|£30\+/u,
    },
  },
};

const YES = /^(?:yes|true)$/u;
const NO = /^(?:no|false)$/u;
const NEGATION = String.raw`\b(?:not?|non|without|isn't|aren't|n't)\b`;

function plain(text: string): string {
  return text.normalize('NFC').toLowerCase().replaceAll(/[‘’`]/gu, "'").replaceAll(/[–—]/gu, '-');
}

/** Letters and digits between single spaces, with a space around. */
function spaced(text: string): string {
  return ` ${plain(text)
    .replaceAll(/[^\p{L}\p{N}£$€%]+/gu, ' ')
    .replaceAll(/\bcenter\b/gu, 'centre')
    .trim()} `;
}

/** `familyFriendly` → `family friendly` */
export function labelOf(name: string): string {
  return name
    .replaceAll(/(?<=\p{Ll})(?=\p{Lu})/gu, ' ')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .toLowerCase();
}

/** True where a slot and a value have a rule of their own, for what people say in other words. */
export function hasRule(name: string, value: string): boolean {
  return RULES[slotKey(name)]?.[plain(value)] !== undefined;
}

/** True where a text has a phrase, whatever its case and marks. */
export function holdsPhrase(text: string, phrase: string): boolean {
  return spaced(text).includes(spaced(phrase));
}

/** True where a text says that a slot has a value. */
export function says(text: string, name: string, value: string): boolean {
  const lower = plain(text);
  const rule = RULES[slotKey(name)]?.[plain(value)];
  if (rule) return rule.says.test(lower) && !(rule.unless?.test(lower) ?? false);
  if (YES.test(plain(value)) || NO.test(plain(value))) {
    const label = spaced(labelOf(name)).trim();
    const denied = new RegExp(String.raw`${NEGATION}[^.]{0,24}${label}`, 'u').test(spaced(text));
    return spaced(text).includes(label) && denied === NO.test(plain(value));
  }
  return holdsPhrase(text, value);
}

/** Slots that a text doesn't say. */
export function missingFacts(text: string, slots: Slots): string[] {
  return Object.entries(slots).flatMap(([name, value]) => (says(text, name, value) ? [] : [name]));
}

/** Values with a rule that a text says though they are not among the slots: made-up or false facts. */
export function falseFacts(text: string, slots: Slots): string[] {
  const own = new Map(Object.entries(slots).map(([name, value]) => [slotKey(name), plain(value)]));
  return Object.entries(RULES).flatMap(([key, values]) => {
    const true_ = own.get(key);
    if (true_ !== undefined && says(text, key, true_)) return [];
    return Object.keys(values).filter((value) => value !== true_ && says(text, key, value)).slice(0, 1).map((value) => `${key}: ${value}`); // prettier-ignore
  });
}
