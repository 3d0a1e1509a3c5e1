/** How good copy is: likeness to what people wrote, variety, and facts that are missing or made up. */
import type { Random } from '../../core/random.ts';
import { clusteredRate } from '../../core/statistics.ts';
import { bleu } from './metrics/bleu.ts';
import { chrf } from './metrics/chrf.ts';
import { distinct, selfBleu } from './metrics/diversity.ts';
import type { Diversity } from './metrics/diversity.ts';
import { corpusDifference, corpusScore } from './metrics/metric.ts';
import type { CorpusScore, TextMetric } from './metrics/metric.ts';
import { cocoRougeL, rouge } from './metrics/rouge.ts';
import { falseFacts, missingFacts } from './realisation.ts';
import type { CopyExample } from './slots.ts';

/** One text for each example. */
export interface CopySystem {
  name: string;
  texts: readonly string[];
}

/** A share with its interval, clustered by text. */
export interface CopyRate {
  value: number;
  interval: readonly [number, number] | null;
  /** Out of how many. */
  of: number;
}

export interface CopyEvaluation {
  system: string;
  scores: readonly CorpusScore[];
  /** This system's score less that of the first system, on shared resamples; none for the first. */
  differences: readonly CorpusScore[];
  diversity: readonly Diversity[];
  /** Facts that the text doesn't say, by hand-written rules. */
  slotErrors: CopyRate;
  /** Texts that say a rating, a price or a family that is not so. */
  falseTexts: CopyRate;
}

/** BLEU and chrF 0 … 100, ROUGE 0 … 1. */
export function copyMetrics(): TextMetric[] {
  return [bleu({ lowerCase: true }), rouge('L'), cocoRougeL(), chrf()];
}

/** Judges systems on the same examples, each `texts[i]` being of `examples[i]`. */
export function evaluateCopy(
  systems: readonly CopySystem[],
  examples: readonly CopyExample[],
  random: Random,
  level = 0.95,
): CopyEvaluation[] {
  const references = examples.map((example) => example.references);
  const settings = { random: random.stream('copy-evaluation'), level };
  return systems.map(({ name, texts }, s) => ({
    system: name,
    scores: copyMetrics().map((metric) => corpusScore(metric, texts, references, settings)),
    differences:
      s === 0
        ? []
        : copyMetrics().map((metric) => corpusDifference(metric, [texts, systems[0].texts], references, settings)),
    diversity: [distinct(texts, 1, level), distinct(texts, 2, level), selfBleu(texts, {}, level)],
    slotErrors: rateOf(
      texts.map((text, i) => missingFacts(text, examples[i].slots).length),
      examples.map(({ slots }) => Object.keys(slots).length),
      level,
    ),
    falseTexts: rateOf(
      texts.map((text, i) => (falseFacts(text, examples[i].slots).length > 0 ? 1 : 0)),
      texts.map(() => 1),
      level,
    ),
  }));
}

function rateOf(hits: readonly number[], trials: readonly number[], level: number): CopyRate {
  const rate = clusteredRate(hits, trials, level);
  const of = trials.reduce((sum, one) => sum + one, 0);
  return { value: rate?.rate ?? 0, interval: rate?.interval ?? null, of };
}
