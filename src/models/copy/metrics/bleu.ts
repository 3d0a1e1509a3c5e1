/** BLEU (Papineni et al. 2002) as sacrebleu 2 computes it (Post 2018): how many n-grams a reference has too. */
import type { TextMetric } from './metric.ts';
import { common, largest, ngramCounts } from './ngrams.ts';
import type { TokeniserName } from './tokenise.ts';
import { tokenise } from './tokenise.ts';

/** What stands in for a precision of 0: Chen & Cherry (2014), methods 3 (`exp`), 1 (`floor`) and 2 (`add-k`). */
export const SMOOTHINGS = ['exp', 'floor', 'add-k', 'none'] as const;
export type Smoothing = (typeof SMOOTHINGS)[number];

const USUAL_VALUE = { exp: 0, floor: 0.1, 'add-k': 1, none: 0 } as const;

export interface BleuSettings {
  /** The longest n-gram, 1 or more; 4. */
  order?: number;
  /** 13a. */
  tokeniser?: TokeniserName;
  lowerCase?: boolean;
  /** exp. */
  smoothing?: Smoothing;
  /** Numerator of `floor` (0.1), or what `add-k` adds (1). */
  smoothingValue?: number;
  /** Only orders that the text is long enough for: for single sentences. */
  effectiveOrder?: boolean;
}

/** Counts that BLEU is made of. */
export interface BleuCounts {
  /** (order) n-grams that a reference has too. */
  correct: readonly number[];
  /** (order) n-grams. */
  total: readonly number[];
  /** [tokens] */
  length: number;
  /** [tokens] of the reference whose length is nearest, the shorter of two. */
  referenceLength: number;
}

/** BLEU, 0 … 100. `statistics` are correct (order), total (order), length and reference length. */
export function bleu(settings: BleuSettings = {}): TextMetric {
  const { order = 4, tokeniser = '13a', lowerCase = false } = settings;
  if (!(Number.isInteger(order) && order >= 1)) throw new RangeError(`bleu: order ${order} is not 1 or more`);
  const cut = (text: string): string[] => tokenise(lowerCase ? text.toLowerCase() : text, tokeniser);
  return {
    name: `BLEU-${order}`,
    columns: 2 * order + 2,
    statistics(hypothesis, references) {
      const counts = bleuCounts(cut(hypothesis), references.map(cut), order);
      return Float64Array.of(...counts.correct, ...counts.total, counts.length, counts.referenceLength);
    },
    score(sums) {
      const correct = Array.from(sums.subarray(0, order));
      const total = Array.from(sums.subarray(order, 2 * order));
      return bleuOf({ correct, total, length: sums[2 * order], referenceLength: sums[2 * order + 1] }, settings);
    },
  };
}

/** Counts of tokens against the tokens of at least one reference. */
export function bleuCounts(
  tokens: readonly string[],
  references: readonly (readonly string[])[],
  order: number,
): BleuCounts {
  const orders = Array.from({ length: order }, (_, i) => i + 1);
  return {
    correct: orders.map((n) => common(ngramCounts(tokens, n), largest(references.map((one) => ngramCounts(one, n))))),
    total: orders.map((n) => Math.max(0, tokens.length - n + 1)),
    length: tokens.length,
    referenceLength: nearestLength(
      tokens.length,
      references.map((one) => one.length),
    ),
  };
}

function nearestLength(length: number, references: readonly number[]): number {
  return references.reduce((best, one) => {
    const [near, far] = [Math.abs(one - length), Math.abs(best - length)];
    return near < far || (near === far && one < best) ? one : best;
  });
}

/** What a text pays for being shorter than its reference: exp(1 − reference / length), 1 for a longer one. */
export function brevityPenalty(length: number, referenceLength: number): number {
  if (length >= referenceLength) return 1;
  return length > 0 ? Math.exp(1 - referenceLength / length) : 0;
}

/** BLEU of counts, 0 … 100. */
export function bleuOf(counts: BleuCounts, settings: BleuSettings = {}): number {
  const { smoothing = 'exp', effectiveOrder = false } = settings;
  const value = settings.smoothingValue ?? USUAL_VALUE[smoothing];
  if (!counts.correct.some((count) => count > 0)) return 0;
  let orders = counts.correct.length;
  let logs = 0;
  let halved = 1;
  for (let n = 0; n < counts.correct.length; n++) {
    const more = smoothing === 'add-k' && n > 0 ? value : 0;
    const correct = counts.correct[n] + more;
    const total = counts.total[n] + more;
    if (total === 0) {
      if (!effectiveOrder) return 0; // a precision of 0
      break;
    }
    if (effectiveOrder) orders = n + 1;
    if (correct > 0) logs += Math.log(correct / total);
    else if (smoothing === 'exp') logs -= Math.log((halved *= 2) * total);
    else if (smoothing === 'floor' && value > 0) logs += Math.log(value / total);
    else if (!effectiveOrder || n < orders) return 0;
  }
  return 100 * brevityPenalty(counts.length, counts.referenceLength) * Math.exp(logs / orders);
}
