/**
 * A metric of text is a few numbers per sentence and a function of their sums, so that corpus scores, intervals and
 * differences between two systems are each written once.
 */
import type { Random } from '../../../core/random.ts';
import { sampleQuantile } from '../../../core/statistics.ts';

export interface TextMetric {
  name: string;
  /** How many numbers a sentence brings. */
  columns: number;
  /** (columns) of one sentence against its references (at least one); they add up over a corpus. */
  statistics(hypothesis: string, references: readonly string[]): Float64Array;
  /** The score of sums (columns), on the metric's own scale. */
  score(sums: Float64Array): number;
}

export interface CorpusScore {
  metric: string;
  value: number;
  /** Percentile bootstrap over sentences (Efron 1979; for BLEU: Koehn 2004). */
  interval: readonly [number, number];
  level: number;
  sentences: number;
}

export interface BootstrapSettings {
  random: Random;
  /** 1,000. */
  resamples?: number;
  level?: number;
}

/** The score of one sentence. */
export function sentenceScore(metric: TextMetric, hypothesis: string, references: readonly string[]): number {
  return metric.score(metric.statistics(hypothesis, references));
}

/** The score of a corpus, `references[i]` being those of `hypotheses[i]`. Throws RangeError where the lengths differ. */
export function corpusValue(
  metric: TextMetric,
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
): number {
  const rows = rowsOf(metric, hypotheses, references);
  return metric.score(totalled(rows, metric.columns, (i) => i, hypotheses.length));
}

/** The score of a corpus with its interval. Throws RangeError on an empty corpus. */
export function corpusScore(
  metric: TextMetric,
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
  settings: BootstrapSettings,
): CorpusScore {
  const rows = rowsOf(metric, hypotheses, references);
  return resampled(metric, [rows], settings, ([sums]) => metric.score(sums));
}

/** Score of `first` less score of `second` on the same inputs; the resamples are shared, so what is hard for both cancels. */
export function corpusDifference(
  metric: TextMetric,
  [first, second]: readonly [readonly string[], readonly string[]],
  references: readonly (readonly string[])[],
  settings: BootstrapSettings,
): CorpusScore {
  const both = [rowsOf(metric, first, references), rowsOf(metric, second, references)];
  return resampled(metric, both, settings, ([a, b]) => metric.score(a) - metric.score(b));
}

/** (sentences × columns), row-major. */
function rowsOf(
  metric: TextMetric,
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
): Float64Array {
  if (hypotheses.length !== references.length) {
    throw new RangeError(`${metric.name}: ${hypotheses.length} texts, references of ${references.length}`);
  }
  const rows = new Float64Array(hypotheses.length * metric.columns);
  hypotheses.forEach((text, i) => rows.set(metric.statistics(text, references[i]), i * metric.columns));
  return rows;
}

function totalled(rows: Float64Array, columns: number, pick: (i: number) => number, n: number): Float64Array {
  const sums = new Float64Array(columns);
  for (let i = 0; i < n; i++) {
    const from = pick(i) * columns;
    for (let j = 0; j < columns; j++) sums[j] += rows[from + j];
  }
  return sums;
}

function resampled(
  metric: TextMetric,
  systems: readonly Float64Array[],
  { random, resamples = 1000, level = 0.95 }: BootstrapSettings,
  of: (sums: readonly Float64Array[]) => number,
): CorpusScore {
  const { columns, name } = metric;
  const n = systems[0].length / columns;
  if (n === 0) throw new RangeError(`${name}: no sentences`);
  const source = random.stream('bootstrap');
  const scores = Array.from({ length: resamples }, (_, r) => {
    const drawn = Int32Array.from({ length: n }, (__, i) => Math.floor(n * source.uniform(r, i)));
    return of(systems.map((rows) => totalled(rows, columns, (i) => drawn[i], n)));
  });
  const tail = 0.5 - level / 2;
  return {
    metric: name,
    value: of(systems.map((rows) => totalled(rows, columns, (i) => i, n))),
    interval: [sampleQuantile(scores, tail), sampleQuantile(scores, 1 - tail)],
    level,
    sentences: n,
  };
}
