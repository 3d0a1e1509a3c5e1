/**
 * Which slots are open, so that any value can be put in the place of a learned one, and which are closed, with the
 * phrases that people say each value in: both are learned from examples.
 */
import type { CopyExample, Slots } from './slots.ts';
import { slotKey } from './slots.ts';
import { copyTokens } from './tokens.ts';

/** Phrases that say a value, each a list of tokens in lower case. */
export interface Sayings {
  /** Wherever they stand: `not` for a family that isn't welcome. */
  sure: readonly (readonly string[])[];
  /** Where no sure phrase of another value stands: `family friendly`. */
  weak: readonly (readonly string[])[];
}

/** A slot of the training data. */
export interface SlotWords {
  /** As the data writes it: `customer rating`. */
  name: string;
  /** True where values are mostly said word by word. */
  open: boolean;
  /** Values seen, sorted. */
  values: readonly string[];
  /** Of a closed slot, value by value. */
  sayings: Readonly<Record<string, Sayings>>;
}

/** Share of texts that must say a value word by word before its slot is open. */
const OPEN_SHARE = 0.8;
const LONGEST_PHRASE = 4;
/** A phrase says a value where so many of the texts that have it, of so many meanings, are texts of that value. */
const PRECISION = 0.9;
const LEAST_MEANINGS = 3;
/** Phrases are added until so many texts have one, or the next would bring less than this share. */
const COVERED = 0.97;
const LEAST_SHARE = 0.01;

/** One spelling for both shores. */
const SPELLINGS: Readonly<Record<string, string>> = { center: 'centre' };

/** What stands in a text for an open slot's value. */
export function placeholder(name: string): string {
  return `<${slotKey(name)}>`;
}

/** Tokens in lower case and one spelling. */
export function learnedTokens(text: string): string[] {
  return copyTokens(text).map((token) => SPELLINGS[token.toLowerCase()] ?? token);
}

/** Tokens with every open value replaced by its placeholder, longest values first; case doesn't count. */
export function delexicalised(text: string, slots: Slots, open: (name: string) => boolean): string[] {
  let tokens = learnedTokens(text);
  const entries = Object.entries(slots)
    .filter(([name]) => open(name))
    .map(([name, value]) => ({ name, value: learnedTokens(value).map((one) => one.toLowerCase()) }))
    .toSorted((a, b) => b.value.length - a.value.length);
  for (const { name, value } of entries) {
    const out: string[] = [];
    for (let i = 0; i < tokens.length; i++) {
      const here = value.every((word, j) => tokens[i + j]?.toLowerCase() === word);
      out.push(here ? placeholder(name) : tokens[i]);
      if (here) i += value.length - 1;
    }
    tokens = out;
  }
  return tokens;
}

/** Learns the slots of examples, in order of first use. */
export function learnSlots(examples: readonly CopyExample[]): SlotWords[] {
  const names = [...new Set(examples.flatMap(({ slots }) => Object.keys(slots)))];
  const open = new Set(names.filter((name) => shareSaid(examples, name) >= OPEN_SHARE));
  const closed = names
    .filter((name) => !open.has(name))
    .flatMap((name) => valuesOf(examples, name).map((value) => ({ name, value })));
  const learned = learnSayings(examples, closed, (name) => open.has(name));
  return names.map((name) => ({
    name,
    open: open.has(name),
    values: valuesOf(examples, name),
    sayings: Object.fromEntries(
      closed.flatMap((one, c) => (one.name === name ? [[one.value, learned[c]] as const] : [])),
    ),
  }));
}

function valuesOf(examples: readonly CopyExample[], name: string): string[] {
  return [...new Set(examples.flatMap(({ slots }) => slots[name] ?? []))].sort();
}

function shareSaid(examples: readonly CopyExample[], name: string): number {
  let [said, all] = [0, 0];
  for (const { slots, references } of examples) {
    if (slots[name] === undefined) continue;
    const own = { [name]: slots[name] };
    all += references.length;
    said += references.filter((text) => delexicalised(text, own, () => true).includes(placeholder(name))).length;
  }
  return said / all;
}

/** Every phrase of up to four tokens without marks and placeholders, joined by spaces. */
function phrasesOf(tokens: readonly string[]): Set<string> {
  const lower = tokens.map((token) => token.toLowerCase());
  const found = new Set<string>();
  for (let i = 0; i < lower.length; i++) {
    let phrase = '';
    for (let n = 0; n < LONGEST_PHRASE && i + n < lower.length && /^[^<.,;:!?]/u.test(lower[i + n]); n++) {
      phrase += n === 0 ? lower[i] : ` ${lower[i + n]}`;
      found.add(phrase);
    }
  }
  return found;
}

interface Closed {
  name: string;
  value: string;
}

/** How often a phrase occurs. */
interface Use {
  texts: number;
  /** (closed values) texts of that value, and meanings. */
  of: Int32Array;
  meanings: Int32Array;
}

interface TextPhrases {
  phrases: ReadonlySet<string>;
  /** Numbers of the closed values that are true of it. */
  values: readonly number[];
  example: number;
}

/** For each closed value what says it: of all values it is the one that a phrase goes with best. */
function learnSayings(
  examples: readonly CopyExample[],
  closed: readonly Closed[],
  open: (name: string) => boolean,
): Sayings[] {
  const texts = examples.flatMap(({ slots, references }, example) => {
    const values = closed.flatMap(({ name, value }, c) => (slots[name] === value ? [c] : []));
    return references.map((text): TextPhrases => {
      return { phrases: phrasesOf(delexicalised(text, slots, open)), values, example };
    });
  });
  const uses = usesOf(texts, closed.length);
  const totals = closed.map((_, c) => texts.filter(({ values }) => values.includes(c)).length);
  const candidates = closed.map((): string[] => []);
  for (const [phrase, use] of uses) {
    const c = bestValue(use, totals, texts.length);
    if (use.meanings[c] >= LEAST_MEANINGS) candidates[c].push(phrase);
  }
  const precise = (of: ReadonlyMap<string, Use>, c: number): string[] =>
    candidates[c].filter((phrase) => {
      const use = of.get(phrase);
      return use !== undefined && use.of[c] >= PRECISION * use.texts;
    });
  const ofValue = (c: number): TextPhrases[] => texts.filter(({ values }) => values.includes(c));
  const sure = closed.map((_, c) => cover(precise(uses, c), ofValue(c), totals[c]));
  return closed.map(({ name }, c) => {
    const others = closed.flatMap((other, o) => (o !== c && other.name === name ? sure[o] : []));
    const without = (list: readonly TextPhrases[], phrases: readonly string[]): TextPhrases[] =>
      list.filter((text) => !phrases.some((phrase) => text.phrases.has(phrase)));
    const clear = usesOf(without(texts, others), closed.length);
    const weak = cover(precise(clear, c), without(ofValue(c), [...others, ...sure[c]]), totals[c]);
    const words = (phrases: readonly string[]): string[][] => phrases.map((phrase) => phrase.split(' '));
    return { sure: words(sure[c]), weak: words(weak) };
  });
}

function usesOf(texts: readonly TextPhrases[], values: number): Map<string, Use> {
  const uses = new Map<string, Use>();
  const last = new Map<string, number>();
  for (const text of texts) {
    for (const phrase of text.phrases) {
      const known = uses.get(phrase);
      const use = known ?? { texts: 0, of: new Int32Array(values), meanings: new Int32Array(values) };
      if (!known) uses.set(phrase, use);
      use.texts++;
      for (const c of text.values) {
        use.of[c]++;
        if (last.get(phrase) !== text.example) use.meanings[c]++;
      }
      last.set(phrase, text.example);
    }
  }
  return uses;
}

/** The value whose texts go with the phrase best, by the correlation of two yes-or-no numbers (phi). */
function bestValue({ texts, of }: Use, totals: readonly number[], all: number): number {
  let [best, most] = [0, -Infinity];
  totals.forEach((total, c) => {
    const phi = (of[c] * all - texts * total) / Math.sqrt(total * (all - total) || 1);
    if (phi > most) [best, most] = [c, phi];
  });
  return best;
}

/** Greedy set cover of `texts`, out of `total`; of phrases that add as many the shortest, then the first of the alphabet. */
function cover(candidates: readonly string[], texts: readonly TextPhrases[], total: number): string[] {
  const chosen: string[] = [];
  let left = texts;
  const shortest = candidates.toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1));
  while (left.length > (1 - COVERED) * total) {
    let [best, most] = ['', LEAST_SHARE * total];
    for (const phrase of shortest) {
      let count = 0;
      for (const text of left) if (text.phrases.has(phrase)) count++;
      if (count > most) [best, most] = [phrase, count];
    }
    if (best === '') break;
    chosen.push(best);
    left = left.filter((text) => !text.phrases.has(best));
  }
  return chosen;
}
