/** chrF and chrF++ (Popović 2015, 2017) as sacrebleu 2 computes them: an F-score of character n-grams, and of words. */
import type { TextMetric } from './metric.ts';
import type { NgramCounts } from './ngrams.ts';
import { common, ngramCounts } from './ngrams.ts';
import { wordsOf } from './tokenise.ts';

export interface ChrfSettings {
  /** The longest n-gram of characters; 6. */
  characterOrder?: number;
  /** The longest n-gram of words; 0, and 2 for chrF++. */
  wordOrder?: number;
  /** How many times recall counts as precision does; 2. */
  beta?: number;
  whitespace?: boolean;
  lowerCase?: boolean;
  /** The mean over all orders, as chrF++.py has it, in place of the orders that both texts are long enough for. */
  allOrders?: boolean;
}

const TINY = 1e-16;
const PUNCTUATION = new Set('!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~');

/** chrF, 0 … 100; of several references the best of each sentence. `statistics`: hypothesis, reference, both, order by order. */
export function chrf(settings: ChrfSettings = {}): TextMetric {
  const { characterOrder = 6, wordOrder = 0, whitespace = false, lowerCase = false } = settings;
  const orders = characterOrder + wordOrder;
  if (!(orders >= 1)) throw new RangeError('chrf: an order must be 1 or more');
  const gramsOf = (text: string): NgramCounts[] => {
    const line = lowerCase ? text.toLowerCase() : text;
    const characters = Array.from(whitespace ? line : line.replaceAll(/\s+/gu, ''));
    const words = wordOrder > 0 ? wordsOf(line).flatMap(withoutPunctuation) : [];
    return Array.from({ length: orders }, (_, i) =>
      i < characterOrder ? ngramCounts(characters, i + 1, '') : ngramCounts(words, i - characterOrder + 1),
    );
  };
  const score = (sums: Float64Array): number => chrfOf(sums, settings);
  return {
    name: wordOrder === 0 ? 'chrF' : `chrF${'+'.repeat(wordOrder)}`,
    columns: 3 * orders,
    score,
    statistics(hypothesis, references) {
      const own = gramsOf(hypothesis);
      const each = references.map((reference) => matches(own, gramsOf(reference)));
      return each.reduce((best, one) => (score(one) > score(best) ? one : best));
    },
  };
}

/** `good.` is `good` and `.`; a word gives away one mark at most. */
function withoutPunctuation(word: string): string[] {
  const characters = Array.from(word);
  const last = characters.length - 1;
  if (last === 0) return [word];
  if (PUNCTUATION.has(characters[last])) return [characters.slice(0, last).join(''), characters[last]];
  if (PUNCTUATION.has(characters[0])) return [characters[0], characters.slice(1).join('')];
  return [word];
}

function matches(hypothesis: readonly NgramCounts[], reference: readonly NgramCounts[]): Float64Array {
  const counts = new Float64Array(3 * hypothesis.length);
  const sizeOf = (grams: NgramCounts): number => [...grams.values()].reduce((sum, count) => sum + count, 0);
  hypothesis.forEach((own, i) => {
    const theirs = reference[i];
    // Where the reference is too short for this order, the hypothesis is not held to it.
    counts.set([theirs.size > 0 ? sizeOf(own) : 0, sizeOf(theirs), common(own, theirs)], 3 * i);
  });
  return counts;
}

function chrfOf(sums: Float64Array, { beta = 2, allOrders = false }: ChrfSettings): number {
  const factor = beta * beta;
  const f = (precision: number, recall: number): number =>
    ((1 + factor) * precision * recall) / (factor * precision + recall);
  const orders = sums.length / 3;
  let each = 0;
  let [precisions, recalls, effective] = [0, 0, 0];
  for (let i = 0; i < orders; i++) {
    const [own, theirs, both] = sums.subarray(3 * i, 3 * i + 3);
    const precision = own > 0 ? both / own : TINY;
    const recall = theirs > 0 ? both / theirs : TINY;
    each += factor * precision + recall > 0 ? f(precision, recall) : TINY;
    if (own > 0 && theirs > 0) {
      precisions += precision;
      recalls += recall;
      effective++;
    }
  }
  if (allOrders) return (100 * each) / orders;
  return precisions + recalls > 0 ? 100 * f(precisions / effective, recalls / effective) : 0;
}
