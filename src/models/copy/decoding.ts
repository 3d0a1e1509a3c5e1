/**
 * Texts from the language model that say all facts and nothing banned: by beam search, or by sampling. Beams are shared
 * out among texts that say equally many facts (Post & Vilar 2018, Fast lexically constrained decoding), so that a text
 * which has said a rare fact isn't crowded out before it can end.
 */
import type { Sequence } from '../../core/random.ts';
import { allFacts } from './copy-rules.ts';
import type { CopyRules } from './copy-rules.ts';
import type { Inference, Reading } from './inference.ts';

/** A finished text, without opening and end. */
export interface Decoded {
  words: readonly number[];
  /** [nats] of the model, rules aside. */
  logProbability: number;
}

interface Beam {
  words: readonly number[];
  logProbability: number;
  met: number;
  reading: Reading;
  /** (words) */
  logs: Float64Array;
}

interface Step {
  from: Beam;
  word: number;
  logProbability: number;
  met: number;
}

export interface BeamSettings {
  /** Beams side by side; 8. */
  beams?: number;
  /** A text that falls so far behind the best of its length is given up [nats]; 8. */
  slack?: number;
}

const END = 0;

/** log softmax, in place. */
function logShares(logits: Float64Array): Float64Array {
  const highest = logits.reduce((most, one) => Math.max(most, one), -Infinity);
  const total = logits.reduce((sum, one) => sum + Math.exp(one - highest), 0);
  const shift = highest + Math.log(total);
  for (let i = 0; i < logits.length; i++) logits[i] -= shift;
  return logits;
}

/** [nats], so that longer texts aren't worse for being longer (Wu et al. 2016, equation 14, α = 1). */
export function likelihood({ logProbability, words }: Decoded): number {
  return (logProbability * 6) / (5 + words.length);
}

/** Finished texts, best first; none where the facts can't be said within `length` words. */
export function beamSearch(
  model: Inference,
  slots: ArrayLike<number>,
  rules: CopyRules,
  length: number,
  { beams = 8, slack = 8 }: BeamSettings = {},
): Decoded[] {
  const all = allFacts(rules);
  const first = model.begin(slots);
  let current: Beam[] = [
    { words: [], logProbability: 0, met: 0, reading: first.reading, logs: logShares(first.logits) },
  ];
  const finished: Decoded[] = [];
  // The opening takes the first of `length` places.
  for (let n = 0; n < length - 1 && current.length > 0 && finished.length < beams; n++) {
    const possible = current.flatMap((beam) => stepsOf(beam, rules, all, beams));
    const best = possible.reduce((most, step) => Math.max(most, step.logProbability), -Infinity);
    const steps = possible.filter((step) => step.logProbability >= best - slack);
    for (const { from, logProbability } of steps.filter(({ word }) => word === END)) {
      finished.push({ words: from.words, logProbability });
    }
    const chosen = sharedOut(steps.filter(({ word }) => word !== END), beams); // prettier-ignore
    current = chosen.map(({ from, word, logProbability, met }) => {
      const { reading, logits } = model.next(from.reading, word);
      return { words: [...from.words, word], logProbability, met, reading, logs: logShares(logits) };
    });
  }
  return finished.toSorted((a, b) => likelihood(b) - likelihood(a));
}

/** The likeliest words that may come next, those that bring a fact nearer, and the end once all is said. */
function stepsOf(beam: Beam, rules: CopyRules, all: number, beams: number): Step[] {
  const { words, logs, met } = beam;
  const tried = new Set<number>();
  const steps: Step[] = [];
  const attempt = (word: number): void => {
    if (tried.has(word)) return;
    tried.add(word);
    const logProbability = beam.logProbability + logs[word];
    if (word === END) {
      if (met === all && words.length > 0) steps.push({ from: beam, word, logProbability, met });
      return;
    }
    const longer = [...words, word];
    if (!rules.refuses(longer)) steps.push({ from: beam, word, logProbability, met: rules.met(longer, met) });
  };
  for (const word of likeliest(logs, 2 * beams)) {
    if (steps.length >= beams) break;
    attempt(word);
  }
  for (const word of rules.towards(words, met)) attempt(word);
  return steps;
}

/** The n largest, largest first. */
function likeliest(logs: Float64Array, n: number): number[] {
  const best: number[] = [];
  for (let word = 0; word < logs.length; word++) {
    if (best.length === n && logs[word] <= logs[best[n - 1]]) continue;
    let at = best.length === n ? n - 1 : best.length;
    while (at > 0 && logs[best[at - 1]] < logs[word]) {
      best[at] = best[at - 1];
      at--;
    }
    best[at] = word;
  }
  return best;
}

/** The best of all; then the best of those that say most facts, the best of those that say one less, … and round again. */
function sharedOut(steps: readonly Step[], beams: number): Step[] {
  const [first, ...rest] = steps.toSorted((a, b) => b.logProbability - a.logProbability);
  if (first === undefined) return [];
  const banks = new Map<number, Step[]>();
  for (const step of rest) {
    const facts = bits(step.met);
    const bank = banks.get(facts);
    if (bank) bank.push(step);
    else banks.set(facts, [step]);
  }
  const order = [...banks].toSorted((a, b) => b[0] - a[0]).map(([, bank]) => bank);
  const chosen = [first];
  for (let round = 0; chosen.length < beams && order.some((bank) => round < bank.length); round++) {
    for (const bank of order) if (round < bank.length && chosen.length < beams) chosen.push(bank[round]);
  }
  return chosen;
}

function bits(mask: number): number {
  let count = 0;
  for (let left = mask; left !== 0; left &= left - 1) count++;
  return count;
}

export interface SampleSettings {
  /** Above 1 bolder, below 1 safer; 0.8. */
  temperature?: number;
  /** Only the likeliest words that together have this share (Holtzman et al. 2020); 0.95. */
  topP?: number;
}

/** One text drawn word by word; undefined where it didn't say all facts within `length` words. */
export function sampleCopy(
  model: Inference,
  slots: ArrayLike<number>,
  rules: CopyRules,
  length: number,
  draw: Sequence,
  { temperature = 0.8, topP = 0.95 }: SampleSettings = {},
): Decoded | undefined {
  const all = allFacts(rules);
  const words: number[] = [];
  let [met, logProbability] = [0, 0];
  let { reading, logits } = model.begin(slots);
  while (words.length < length - 1) {
    const logs = logShares(logits);
    const word = drawn(logs, temperature, topP, draw, (one) => {
      if (one === END) return met === all && words.length > 0;
      return !rules.refuses([...words, one]);
    });
    if (word === undefined) return undefined;
    logProbability += logs[word];
    if (word === END) return { words, logProbability };
    words.push(word);
    met = rules.met(words, met);
    ({ reading, logits } = model.next(reading, word));
  }
  return undefined;
}

/** A word that `may` come: from the nucleus, which is taken of what may. */
function drawn(
  logs: Float64Array,
  temperature: number,
  topP: number,
  draw: Sequence,
  may: (word: number) => boolean,
): number | undefined {
  // Every share over the largest: at a low temperature nothing falls below what a number can hold.
  const highest = logs.reduce((most, one) => Math.max(most, one), -Infinity);
  const shares = logs.map((log) => Math.exp((log - highest) / temperature));
  const total = shares.reduce((sum, one) => sum + one, 0);
  const order = Array.from(shares.keys()).sort((a, b) => shares[b] - shares[a] || a - b);
  const nucleus: number[] = [];
  let [kept, left] = [0, total];
  for (const word of order) {
    const share = shares[word];
    if (kept >= topP * left) break;
    if (may(word)) {
      nucleus.push(word);
      kept += share;
    } else left -= share;
  }
  if (nucleus.length === 0) return undefined;
  let at = draw.uniform() * kept;
  for (const word of nucleus) {
    at -= shares[word];
    if (at < 0) return word;
  }
  return nucleus[nucleus.length - 1];
}
