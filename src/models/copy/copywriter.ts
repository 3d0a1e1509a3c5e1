/** Writes copy of facts: by the grammar, or by a language model with the grammar behind it. Nothing leaves unchecked. */
import { InputError } from '../../core/errors.ts';
import type { Random } from '../../core/random.ts';
import { bansOn } from './bans.ts';
import type { Bans } from './bans.ts';
import { copyRules, textOf } from './copy-rules.ts';
import type { CopyModel } from './copy-training.ts';
import { beamSearch, likelihood, sampleCopy } from './decoding.ts';
import type { SampleSettings } from './decoding.ts';
import { grammarCopy } from './grammar.ts';
import { inference } from './inference.ts';
import { hasRule, holdsPhrase, missingFacts } from './realisation.ts';
import type { Slots } from './slots.ts';
import { checkedSlots, slotKey } from './slots.ts';
import { encodeSlots } from './vocabulary.ts';

export interface CopyRequest extends SampleSettings {
  /** Facts; every one of them is in every text. */
  slots: Readonly<Record<string, unknown>>;
  /** How many different texts. */
  count: number;
  random: Random;
  /** Words and phrases that are in no text. */
  bans?: readonly string[];
  /** Words and phrases that are in every text. */
  must?: readonly string[];
}

export interface WrittenCopy {
  text: string;
  by: 'grammar' | 'model' | 'llm';
}

/** What a text has to keep to. */
export interface CopyTerms {
  slots: Slots;
  bans: Bans;
  must: readonly string[];
}

/** Draws of the model for one text. */
const DRAWS = 10;
/** Draws of the grammar for each text that is asked for. */
const TRIES = 12;

/**
 * The terms of a request. Throws `InputError` where they can't be kept: a fact or a phrase that must be there holds a
 * banned word, or a slot is none.
 */
export function termsOf({ slots, bans = [], must = [] }: Pick<CopyRequest, 'slots' | 'bans' | 'must'>): CopyTerms {
  const checked = checkedSlots(slots);
  const banned = bansOn(bans);
  const empty = must.find((phrase) => !/[\p{L}\p{N}]/u.test(phrase));
  if (empty !== undefined) throw new InputError(`must: "${empty}" has no letter; give words`);
  for (const [name, value] of Object.entries(checked)) {
    const word = /^(?:yes|no)$/u.test(value) ? undefined : banned.findIn(value);
    if (word !== undefined) {
      throw new InputError(`slots.${name}: "${value}" holds the banned word "${word}"; drop the ban or the fact`);
    }
  }
  for (const phrase of must) {
    const word = banned.findIn(phrase);
    if (word !== undefined) throw new InputError(`must: "${phrase}" holds the banned word "${word}"; drop one of them`);
  }
  return { slots: checked, bans: banned, must };
}

/** What is wrong with a text, in words; undefined where it keeps the terms. */
export function broken(text: string, { slots, bans, must }: CopyTerms): string | undefined {
  const banned = bans.findIn(text);
  if (banned !== undefined) return `it has the banned word "${banned}"`;
  const missing = missingFacts(text, slots);
  if (missing.length > 0) return `it doesn't say ${missing.map((name) => `${name} = ${slots[name]}`).join(', ')}`;
  const left = must.find((phrase) => !holdsPhrase(text, phrase));
  return left === undefined ? undefined : `it doesn't say "${left}"`;
}

/**
 * Different texts, at most `count`: fewer where the grammar or the model have no more. Deterministic in the request and
 * the model. Throws `InputError` where not one text keeps the terms, or the model doesn't know a slot.
 */
export function writeCopy(request: CopyRequest, model?: CopyModel): WrittenCopy[] {
  const { count, random } = request;
  const terms = termsOf(request);
  const written = new Map<string, WrittenCopy>();
  // What has no rule is said in the model's own words, which decoding has made sure of.
  const unsure = model ? withoutTracked(terms, model) : terms;
  const keep = (text: string | undefined, by: WrittenCopy['by']): boolean => {
    const kept = by === 'model' ? unsure : terms;
    if (text === undefined || written.has(text) || broken(text, kept) !== undefined) return false;
    written.set(text, { text, by });
    return true;
  };
  if (model) {
    const attempt = modelWriter(model, request, terms);
    for (let n = 0; n < count; n++) {
      // The likeliest of several draws: what a low temperature would give, without all texts being one.
      const draws = Array.from({ length: DRAWS }, (_, draw) => attempt(n, draw)).filter((one) => one !== undefined);
      const best = draws.toSorted((a, b) => b.score - a.score);
      for (let i = 0; i < best.length && !keep(best[i].text, 'model'); i++);
    }
    if (written.size === 0) keep(attempt(0, DRAWS)?.text, 'model');
  }
  if (!model || written.size === 0) {
    for (let draw = 0; draw < TRIES * (count + 3) && written.size < count; draw++) {
      const text = grammarCopy(terms.slots, random.stream('grammar', draw).sequence());
      keep(withPhrases(text, terms.must), 'grammar');
    }
  }
  if (written.size === 0) {
    throw new InputError(
      `copy: no text says all facts without ${terms.bans.words.map((word) => `"${word}"`).join(', ')}; drop a ban`,
    );
  }
  return [...written.values()];
}

/** The terms less the facts that are said in words which the model has learned for them. */
function withoutTracked(terms: CopyTerms, { vocabulary }: CopyModel): CopyTerms {
  const tracked = new Set(
    vocabulary.slots.flatMap(({ name, open, sayings }) =>
      Object.entries(open ? {} : sayings)
        .filter(([, { sure, weak }]) => sure.length + weak.length > 0)
        .map(([value]) => `${slotKey(name)} ${value.toLowerCase()}`),
    ),
  );
  const left = Object.entries(terms.slots).filter(
    ([name, value]) => hasRule(name, value) || !tracked.has(`${slotKey(name)} ${value.toLowerCase()}`),
  );
  return { ...terms, slots: Object.fromEntries(left) };
}

/** Text number n, draw by draw; the draw after the last is the best of a beam search. */
function modelWriter(
  model: CopyModel,
  { random, temperature, topP }: CopyRequest,
  { slots, bans, must }: CopyTerms,
): (n: number, draw: number) => { text: string; score: number } | undefined {
  const { vocabulary } = model;
  const ids = encodeSlots(vocabulary, slots);
  const rules = copyRules(vocabulary, slots, { bans, must });
  const reader = inference(model);
  const settings = { ...(temperature !== undefined && { temperature }), ...(topP !== undefined && { topP }) };
  return (n, draw) => {
    const found =
      draw < DRAWS
        ? sampleCopy(reader, ids, rules, vocabulary.length, random.stream('sample', n, draw).sequence(), settings)
        : beamSearch(reader, ids, rules, vocabulary.length)[0];
    return found && { text: withPhrases(textOf(vocabulary, slots, found.words), must), score: likelihood(found) };
  };
}

/** Phrases that a text doesn't have yet become sentences at its end. */
function withPhrases(text: string, must: readonly string[]): string {
  const left = must.filter((phrase) => !holdsPhrase(text, phrase));
  const sentences = left.map(
    (phrase) => `${phrase.charAt(0).toUpperCase()}${phrase.slice(1).replace(/[.\s]*$/u, '')}.`,
  );
  return [/[.!?]$/u.test(text) ? text : `${text}.`, ...sentences].join(' ');
}
