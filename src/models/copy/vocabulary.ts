/** Numbers for words and slots: what the Transformer reads in place of text. */
import { InputError } from '../../core/errors.ts';
import type { CopyExample, Slots } from './slots.ts';
import { slotKey } from './slots.ts';
import { delexicalised, learnSlots, placeholder } from './slot-words.ts';
import type { SlotWords } from './slot-words.ts';

export interface Vocabulary {
  /** (words) word 0 opens and ends a text; placeholders such as `<name>` are words. */
  words: readonly string[];
  slots: readonly SlotWords[];
  /** The longest text in words, its opening included. */
  length: number;
}

/** One text as numbers. */
export interface EncodedText {
  /** (P) slot tokens. */
  slots: Int32Array;
  /** Words without opening and end. */
  words: Int32Array;
  /** Which example it is of. */
  example: number;
  /** False where sentences were left out. */
  whole: boolean;
}

export const END = '<end>';
/** Words seen once are misspelt more often than not. */
const LEAST_USES = 2;
const LONGEST = 48;

/**
 * Learns words and slots, and encodes the texts that say every fact of theirs and no other value, in known words. Texts
 * of several sentences are also learned without some of those after the first, as texts of the facts that are left: the
 * model sees more combinations of slots than people were asked for. Throws `InputError` where no text is left.
 */
export function learnVocabulary(examples: readonly CopyExample[]): { vocabulary: Vocabulary; texts: EncodedText[] } {
  const slots = learnSlots(examples);
  const isOpen = (name: string): boolean => slots.some((one) => one.open && one.name === name);
  const whole = examples.flatMap(({ slots: own, references }, example) =>
    references
      .map((text) => ({ example, own, tokens: delexicalised(text, own, isOpen), whole: true }))
      .filter(({ tokens }) => Object.keys(saidSlots(slots, own, tokens) ?? {}).length === Object.keys(own).length),
  );
  const parts = whole.flatMap(({ example, own, tokens }) =>
    partsOf(tokens).flatMap((part) => {
      const left = saidSlots(slots, own, part);
      return left && Object.keys(left).length > 0 ? [{ example, own: left, tokens: part, whole: false }] : [];
    }),
  );
  const said = [...whole, ...parts];
  const forms = formsOf(whole.map(({ tokens }) => tokens));
  const words = [END, ...[...forms.keys()].sort()];
  const numbers = new Map([...words.entries()].map(([i, word]) => [word, i]));
  const kept = said.flatMap((one) => {
    const ids = one.tokens.map((token) => numbers.get(token.toLowerCase()) ?? -1);
    return ids.length === 0 || ids.length >= LONGEST || ids.includes(-1) ? [] : [{ ...one, ids }];
  });
  if (kept.length === 0) {
    throw new InputError('copy: no text says its facts in words that occur twice; give more texts');
  }
  const length = 1 + Math.max(...kept.map(({ ids }) => ids.length));
  const vocabulary = { words: words.map((word) => forms.get(word) ?? word), slots, length };
  const texts = kept.map(({ ids, own, example, whole: all }): EncodedText => ({
    slots: encodeSlots(vocabulary, own),
    words: Int32Array.from(ids),
    example,
    whole: all,
  }));
  return { vocabulary, texts };
}

/** Those of `own` that the tokens say; undefined where they say a value that isn't so. */
function saidSlots(slots: readonly SlotWords[], own: Slots, tokens: readonly string[]): Slots | undefined {
  const text = ` ${tokens.join(' ').toLowerCase()} `;
  const has = (phrases: readonly (readonly string[])[]): boolean =>
    phrases.some((phrase) => text.includes(` ${phrase.join(' ')} `));
  const said: Record<string, string> = {};
  for (const { name, open, sayings } of slots) {
    const value = own[name];
    if (open) {
      if (value !== undefined && tokens.includes(placeholder(name))) said[name] = value;
      continue;
    }
    const all = Object.entries(sayings);
    const sure = all.filter(([, { sure }]) => has(sure));
    const found = sure.length > 0 ? sure : all.filter(([, { weak }]) => has(weak));
    if (found.some(([one]) => one !== value)) return undefined;
    if (found.length > 0) said[name] = value;
  }
  return said;
}

/** At most so many sentences are left out and in: 2^(n − 1) parts of n sentences. */
const MOST_SENTENCES = 4;

/** A text without some of its sentences after the first, in every way. */
function partsOf(tokens: readonly string[]): string[][] {
  const sentences: string[][] = [[]];
  for (const token of tokens) {
    sentences[sentences.length - 1].push(token);
    if (/^[.!?]$/u.test(token)) sentences.push([]);
  }
  const [first, ...rest] = sentences.filter((sentence) => sentence.length > 0);
  if (rest.length === 0 || rest.length >= MOST_SENTENCES) return [];
  const ways = (1 << rest.length) - 1;
  return Array.from({ length: ways }, (_, way) => [...first, ...rest.filter((__, i) => way & (1 << i)).flat()]);
}

/** Words used twice or more, each with the form it mostly has within sentences: `English`, `the`. */
function formsOf(texts: readonly (readonly string[])[]): Map<string, string> {
  const uses = new Map<string, Map<string, number>>();
  const total = new Map<string, number>();
  for (const tokens of texts) {
    tokens.forEach((token, i) => {
      const lower = token.toLowerCase();
      total.set(lower, (total.get(lower) ?? 0) + 1);
      const first = i === 0 || /^[.!?]$/u.test(tokens[i - 1]);
      const forms = uses.get(lower) ?? new Map<string, number>();
      uses.set(lower, forms);
      // A capital at the start of a sentence tells nothing.
      if (!first) forms.set(token, (forms.get(token) ?? 0) + 1);
    });
  }
  const kept = [...total].filter(([, count]) => count >= LEAST_USES);
  return new Map(
    kept.map(([lower]) => {
      const forms = [...(uses.get(lower) ?? [])].toSorted((a, b) => b[1] - a[1]);
      return [lower, forms[0]?.[0] ?? lower];
    }),
  );
}

/** How many slot tokens there are: each slot absent, and present (open) or with one of its values (closed). */
export function slotTokens(slots: readonly SlotWords[]): number {
  return slots.reduce((sum, { open, values }) => sum + 1 + (open ? 1 : values.length), 0);
}

/**
 * (P) a token for each slot of the vocabulary, in its order. Names match whatever their case and spaces. Throws
 * `InputError` for a slot or a closed value that the vocabulary doesn't know.
 */
export function encodeSlots({ slots }: Vocabulary, own: Slots): Int32Array {
  const given = new Map(Object.entries(own).map(([name, value]) => [slotKey(name), { name, value }]));
  let first = 0;
  const ids = slots.map(({ name, open, values }) => {
    const here = first;
    first += 1 + (open ? 1 : values.length);
    const found = given.get(slotKey(name));
    given.delete(slotKey(name));
    if (found === undefined) return here;
    if (open) return here + 1;
    const place = values.findIndex((value) => value.toLowerCase() === found.value.toLowerCase());
    if (place >= 0) return here + 1 + place;
    throw new InputError(
      `slots.${found.name}: the copy model has never seen "${found.value}"; use ${values.join(', ')}`,
    );
  });
  const [unknown] = given.values();
  if (unknown !== undefined) {
    const names = slots.map(({ name }) => name).join(', ');
    throw new InputError(`slots.${unknown.name}: the copy model knows ${names}; without --model any slot can be given`);
  }
  return Int32Array.from(ids);
}
