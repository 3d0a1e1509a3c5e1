/** ROUGE (Lin 2004) as Google's rouge_score computes it: recall and precision of n-grams and of common subsequences. */
import type { TextMetric } from './metric.ts';
import { common, ngramCounts } from './ngrams.ts';
import { porterStem } from './porter.ts';

/** Shares, 0 … 1. */
export interface RougeScore {
  precision: number;
  recall: number;
  fmeasure: number;
}

/** `1` and `2`: n-grams; `L`: the longest common subsequence; `Lsum`: its union over sentences, a line each. */
export type RougeKind = '1' | '2' | '3' | '4' | 'L' | 'Lsum';

export interface RougeSettings {
  /** Porter's stems of words longer than three letters. */
  stem?: boolean;
}

/** Tokens: lower case, letters and digits of ASCII. */
export function rougeTokens(text: string, stem = false): string[] {
  const words = text.toLowerCase().split(/[^a-z0-9]+/u);
  return words.filter((word) => word !== '').map((word) => (stem && word.length > 3 ? porterStem(word) : word));
}

/** Of a text against one reference. */
export function rougeScore(
  kind: RougeKind,
  hypothesis: string,
  reference: string,
  { stem = false }: RougeSettings = {},
): RougeScore {
  if (kind === 'Lsum') {
    const lines = (text: string): string[][] =>
      text.split('\n').flatMap((line) => (line === '' ? [] : [rougeTokens(line, stem)]));
    return summaryScore(lines(hypothesis), lines(reference));
  }
  const [own, theirs] = [rougeTokens(hypothesis, stem), rougeTokens(reference, stem)];
  if (kind === 'L') return scored(longestCommonSubsequence(own, theirs), own.length, theirs.length);
  const n = Number(kind);
  const size = (tokens: readonly string[]): number => Math.max(0, tokens.length - n + 1);
  return scored(common(ngramCounts(own, n), ngramCounts(theirs, n)), size(own), size(theirs));
}

/** Mean over sentences of the best F-measure of any reference, 0 … 1. */
export function rouge(kind: RougeKind, settings: RougeSettings = {}): TextMetric {
  return meanOf(`ROUGE-${kind}`, (hypothesis, references) =>
    Math.max(...references.map((reference) => rougeScore(kind, hypothesis, reference, settings).fmeasure)),
  );
}

/** How much more recall counts than precision in COCO's ROUGE-L. */
const COCO_BETA = 1.2;

/**
 * COCO's and the E2E challenge's ROUGE-L, 0 … 1: words between spaces, the best precision and the best recall of any
 * reference, recall weighing more. Higher than Google's.
 */
export function cocoRougeL(): TextMetric {
  return meanOf('COCO ROUGE-L', (hypothesis, references) => {
    const own = hypothesis.split(' ');
    const each = references.map((reference) => {
      const theirs = reference.split(' ');
      return scored(longestCommonSubsequence(own, theirs), own.length, theirs.length);
    });
    const precision = Math.max(...each.map((one) => one.precision));
    const recall = Math.max(...each.map((one) => one.recall));
    const weight = COCO_BETA * COCO_BETA;
    return precision > 0 && recall > 0 ? ((1 + weight) * precision * recall) / (recall + weight * precision) : 0;
  });
}

function meanOf(name: string, of: (hypothesis: string, references: readonly string[]) => number): TextMetric {
  return {
    name,
    columns: 2,
    statistics: (hypothesis, references) => Float64Array.of(of(hypothesis, references), 1),
    score: ([sum, sentences]) => sum / sentences,
  };
}

/** Precision, recall and their harmonic mean; 0 where there is nothing to count. */
export function scored(hits: number, own: number, theirs: number): RougeScore {
  const precision = hits / Math.max(own, 1);
  const recall = hits / Math.max(theirs, 1);
  return { precision, recall, fmeasure: hits > 0 ? (2 * precision * recall) / (precision + recall) : 0 };
}

/** (a+1)×(b+1) lengths of the longest common subsequences of beginnings, row-major. */
function subsequenceTable(a: readonly string[], b: readonly string[]): Int32Array {
  const width = b.length + 1;
  const table = new Int32Array((a.length + 1) * width);
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const at = i * width + j;
      table[at] = a[i - 1] === b[j - 1] ? table[at - width - 1] + 1 : Math.max(table[at - width], table[at - 1]);
    }
  }
  return table;
}

/** Its length. */
export function longestCommonSubsequence(a: readonly string[], b: readonly string[]): number {
  return subsequenceTable(a, b)[(a.length + 1) * (b.length + 1) - 1];
}

/** Which tokens of `reference` are in one longest common subsequence: places, descending. */
function subsequencePlaces(reference: readonly string[], other: readonly string[]): number[] {
  const table = subsequenceTable(reference, other);
  const width = other.length + 1;
  const places: number[] = [];
  let [i, j] = [reference.length, other.length];
  while (i > 0 && j > 0) {
    if (reference[i - 1] === other[j - 1]) {
      places.push(--i);
      j--;
    } else if (table[i * width + j - 1] > table[(i - 1) * width + j]) j--;
    else i--;
  }
  return places;
}

/** Summary-level ROUGE-L (Lin 2004, section 3.2): union over sentences; a token counts once for each time it is there. */
export function summaryScore(own: readonly (readonly string[])[], theirs: readonly (readonly string[])[]): RougeScore {
  const left = [own, theirs].map((sentences) => new Map(ngramCounts(sentences.flat(), 1)));
  let hits = 0;
  for (const sentence of theirs) {
    const union = new Set(own.flatMap((one) => subsequencePlaces(sentence, one)));
    for (const place of union) {
      const token = sentence[place];
      if (!left.every((counts) => (counts.get(token) ?? 0) > 0)) continue;
      hits++;
      for (const counts of left) counts.set(token, (counts.get(token) ?? 0) - 1);
    }
  }
  return scored(hits, own.flat().length, theirs.flat().length);
}
