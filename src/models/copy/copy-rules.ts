/** What a text must say and what it must not, in words of a vocabulary: decoding asks before every word. */
import type { Bans } from './bans.ts';
import type { Slots } from './slots.ts';
import { slotKey } from './slots.ts';
import { learnedTokens, placeholder } from './slot-words.ts';
import { copyTokens, joinTokens } from './tokens.ts';
import type { Vocabulary } from './vocabulary.ts';

export interface CopyRules {
  /** At most 30; of each the word sequences that say it: one of them must be there. */
  facts: readonly (readonly (readonly number[])[])[];
  /** Which facts a text says that has just been given its last word: those of `met` and more, a bit each. */
  met(words: readonly number[], met: number): number;
  /** True where the last word makes the text banned, false, or a repetition. */
  refuses(words: readonly number[]): boolean;
  /** Words that bring a fact nearer that isn't met, given the text so far. */
  towards(words: readonly number[], met: number): number[];
}

const MOST_FACTS = 30;
/** A ban is looked for in so many last words. */
const TAIL = 12;
/** A name may come again, other facts are said once. */
const MOST_NAMES = 2;
/** No three words twice. */
const REPETITION = 3;

/** The text of words: values in the place of placeholders, an article that fits, capitals where sentences start. */
export function textOf(vocabulary: Vocabulary, slots: Slots, words: readonly number[]): string {
  const values = new Map(Object.entries(slots).map(([name, value]) => [placeholder(name), value]));
  const tokens: string[] = [];
  for (const word of words) {
    const shown = vocabulary.words[word];
    const value = values.get(shown);
    // `Fast food food` is said once.
    if (value === undefined && tokens.at(-1)?.toLowerCase().endsWith(` ${shown.toLowerCase()}`)) continue;
    tokens.push(value ?? shown);
  }
  return joinTokens(tokens);
}

/** Rules for facts and phrases of a request. Facts said in words outside the vocabulary aren't tracked. */
export function copyRules(
  vocabulary: Vocabulary,
  slots: Slots,
  { bans, must = [], required = true }: { bans: Bans; must?: readonly string[]; required?: boolean },
): CopyRules {
  const numbers = new Map(vocabulary.words.map((word, i) => [word.toLowerCase(), i]));
  const wordsOf = (tokens: readonly string[]): number[] | undefined => {
    const ids = tokens.map((token) => numbers.get(token.toLowerCase()) ?? -1);
    return ids.length === 0 || ids.includes(-1) ? undefined : ids;
  };
  const given = new Map(Object.entries(slots).map(([name, value]) => [slotKey(name), value]));
  const facts: number[][][] = [];
  const lies: Lie[] = [];
  const most = new Map<number, number>();
  for (const { name, open, sayings } of vocabulary.slots) {
    const value = given.get(slotKey(name));
    const stand = numbers.get(placeholder(name));
    if (open && stand !== undefined) {
      most.set(stand, value === undefined ? 0 : slotKey(name) === 'name' ? MOST_NAMES : 1);
      if (value !== undefined) facts.push([[stand]]);
    }
    const known = (list: readonly (readonly string[])[]): number[][] =>
      list.map(wordsOf).filter((ids) => ids !== undefined);
    const truth = Object.entries(sayings).find(([said]) => said.toLowerCase() === value?.toLowerCase())?.[1];
    const own = known(truth?.sure ?? []);
    if (truth) facts.push([...own, ...known(truth.weak)]);
    for (const other of Object.values(sayings).filter((one) => one !== truth)) {
      lies.push(...known(other.sure).map((phrase) => ({ phrase, unless: [] })));
      // `not family friendly` is true, though `family friendly` is what others say.
      lies.push(...known(other.weak).map((phrase) => ({ phrase, unless: own })));
    }
  }
  for (const phrase of must) {
    const ids = wordsOf(learnedTokens(phrase)) ?? wordsOf(copyTokens(phrase));
    if (ids) facts.push([ids]);
  }
  const asked = required ? facts.filter((sayings) => sayings.length > 0).slice(0, MOST_FACTS) : [];
  return {
    facts: asked,
    met(words, met) {
      let more = met;
      asked.forEach((sayings, f) => {
        if ((more & (1 << f)) === 0 && sayings.some((saying) => endsWith(words, saying))) more |= 1 << f;
      });
      return more;
    },
    refuses(words) {
      const last = words[words.length - 1];
      const limit = most.get(last);
      if (limit !== undefined && count(words, last) > limit) return true;
      if (lies.some((lie) => tells(words, lie)) || repeats(words)) return true;
      return bans.words.length > 0 && bans.findIn(textOf(vocabulary, slots, words.slice(-TAIL))) !== undefined;
    },
    towards(words, met) {
      return asked.flatMap((sayings, f) => (met & (1 << f) ? [] : sayings.map((saying) => nextOf(words, saying))));
    },
  };
}

/** A phrase that says what isn't so, unless one of others stands before its end. */
interface Lie {
  phrase: readonly number[];
  unless: readonly (readonly number[])[];
}

function tells(words: readonly number[], { phrase, unless }: Lie): boolean {
  if (!endsWith(words, phrase)) return false;
  return !unless.some((truth) => words.some((_, i) => i + 1 >= truth.length && endsWith(words.slice(0, i + 1), truth)));
}

/** A mask of all facts. */
export function allFacts({ facts }: CopyRules): number {
  return (1 << facts.length) - 1;
}

function endsWith(words: readonly number[], phrase: readonly number[]): boolean {
  const from = words.length - phrase.length;
  return from >= 0 && phrase.every((word, i) => words[from + i] === word);
}

/** The word after the longest beginning of `phrase` that `words` end with. */
function nextOf(words: readonly number[], phrase: readonly number[]): number {
  for (let said = phrase.length - 1; said > 0; said--) {
    if (endsWith(words, phrase.slice(0, said))) return phrase[said];
  }
  return phrase[0];
}

function count(words: readonly number[], word: number): number {
  return words.reduce((sum, one) => sum + (one === word ? 1 : 0), 0);
}

function repeats(words: readonly number[]): boolean {
  const last = words.slice(-REPETITION);
  if (last.length < REPETITION) return words.length === 2 && words[0] === words[1];
  if (words[words.length - 1] === words[words.length - 2]) return true;
  for (let end = words.length - 1; end >= REPETITION; end--) {
    if (endsWith(words.slice(0, end), last)) return true;
  }
  return false;
}
