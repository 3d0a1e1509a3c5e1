/** How much texts differ from each other: distinct-n and self-BLEU. */
import { studentQuantile } from '../../../core/quantiles.ts';
import { bleuOf } from './bleu.ts';
import type { BleuSettings } from './bleu.ts';
import type { NgramCounts } from './ngrams.ts';
import { ngramCounts } from './ngrams.ts';
import { tokenise } from './tokenise.ts';

export interface Diversity {
  measure: string;
  value: number;
  /** Student's t over a jackknife that leaves one of up to 20 groups of texts out (Wu 1986); null for fewer than 4 texts. */
  interval: readonly [number, number] | null;
  level: number;
  texts: number;
}

const GROUPS = 20;
const LEAST = 4;

/** Share of n-grams that are different (Li et al. 2016), 0 … 1; it falls with the number of texts: compare equal numbers. */
export function distinct(texts: readonly string[], n: number, level = 0.95): Diversity {
  const each = texts.map((text) => ngramCounts(tokenise(text.toLowerCase(), '13a'), n));
  return jackknifed(`distinct-${n}`, each, level, (kept) => {
    const seen = new Set<string>();
    let total = 0;
    for (const counts of kept) {
      for (const [gram, count] of counts) {
        seen.add(gram);
        total += count;
      }
    }
    return total > 0 ? seen.size / total : 0;
  });
}

/** The two largest counts of an n-gram, and the text that has the larger. */
interface Most {
  first: number;
  owner: number;
  second: number;
}

/**
 * Mean BLEU of each text with all others as its references, 0 … 100 (Zhu et al. 2018, Texygen): 100 where all are alike.
 * One pass: an n-gram's limit is its largest count in any other text.
 */
export function selfBleu(texts: readonly string[], settings: BleuSettings = {}, level = 0.95): Diversity {
  const { order = 4, tokeniser = '13a', lowerCase = true } = settings;
  const each = texts.map((text) => {
    const tokens = tokenise(lowerCase ? text.toLowerCase() : text, tokeniser);
    return { tokens, grams: Array.from({ length: order }, (_, n) => ngramCounts(tokens, n + 1)) };
  });
  return jackknifed(`self-BLEU-${order}`, each, level, (kept) => {
    if (kept.length < 2) return 0;
    const most = Array.from({ length: order }, (_, n) => mostOf(kept.map(({ grams }) => grams[n])));
    const lengths = kept.map(({ tokens }) => tokens.length);
    const sum = kept.reduce((so, { tokens, grams }, i) => {
      const correct = grams.map((counts, n) => clipped(counts, most[n], i));
      const total = grams.map((_, n) => Math.max(0, tokens.length - n));
      const referenceLength = nearestOther(lengths, i);
      return (
        so + bleuOf({ correct, total, length: tokens.length, referenceLength }, { effectiveOrder: true, ...settings })
      );
    }, 0);
    return sum / kept.length;
  });
}

function mostOf(all: readonly NgramCounts[]): Map<string, Most> {
  const most = new Map<string, Most>();
  all.forEach((counts, owner) => {
    for (const [gram, count] of counts) {
      const known = most.get(gram);
      if (known === undefined) most.set(gram, { first: count, owner, second: 0 });
      else if (count > known.first) most.set(gram, { first: count, owner, second: known.first });
      else if (count > known.second) known.second = count;
    }
  });
  return most;
}

function clipped(counts: NgramCounts, most: ReadonlyMap<string, Most>, text: number): number {
  let sum = 0;
  for (const [gram, count] of counts) {
    const known = most.get(gram);
    if (known) sum += Math.min(count, known.owner === text ? known.second : known.first);
  }
  return sum;
}

function nearestOther(lengths: readonly number[], i: number): number {
  let best = Infinity;
  lengths.forEach((length, j) => {
    const [near, far] = [Math.abs(length - lengths[i]), Math.abs(best - lengths[i])];
    if (j !== i && (near < far || (near === far && length < best))) best = length;
  });
  return best;
}

function jackknifed<T>(
  measure: string,
  items: readonly T[],
  level: number,
  of: (kept: readonly T[]) => number,
): Diversity {
  const value = of(items);
  const texts = items.length;
  if (texts < LEAST) return { measure, value, interval: null, level, texts };
  const groups = Math.min(GROUPS, texts);
  const without = Array.from({ length: groups }, (_, g) => of(items.filter((__, i) => i % groups !== g)));
  const mean = without.reduce((sum, one) => sum + one, 0) / groups;
  const squares = without.reduce((sum, one) => sum + (one - mean) * (one - mean), 0);
  const half = studentQuantile(0.5 + level / 2, groups - 1) * Math.sqrt(((groups - 1) / groups) * squares);
  return { measure, value, interval: [value - half, value + half], level, texts };
}
