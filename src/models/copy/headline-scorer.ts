/**
 * How well headlines do, learned from randomised headline tests: hashed words and pairs of words beside the seven features
 * of the market, by logistic regression on differences within tests, judged on tests it has not seen.
 */
import { InputError } from '../../core/errors.ts';
import type { Random } from '../../core/random.ts';
import { clusteredRate, clusteredRatio } from '../../core/statistics.ts';
import type { HeadlineArms } from '../response/headline-weights.ts';
import { headlineFeatures } from '../text/headline.ts';
import { copyTokens } from './tokens.ts';

export interface HeadlineScorerSettings {
  /** Buckets that words are hashed into; 0 leaves the seven features alone. */
  buckets: number;
  /** Ridge on every weight [clicks]: the larger, the less is believed. */
  ridge: number;
  epochs: number;
  learningRate: number;
}

export const HEADLINE_SCORER: HeadlineScorerSettings = { buckets: 8192, ridge: 400, epochs: 60, learningRate: 0.05 };
/** Tried where the ridge is learned too. */
const RIDGES = [100, 400, 1600, 6400];

export interface HeadlineScorer {
  /** Log-odds of a click, up to a constant of the test: only differences mean something. */
  score(headline: string): number;
}

/** A headline as (place, value) pairs: seven features first, then hashed words. */
interface Sparse {
  places: Int32Array;
  values: Float64Array;
}

const FEATURES = 7;

/** FNV-1a, 32 bits. */
function hashed(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

function sparse(headline: string, buckets: number): Sparse {
  const values = new Map<number, number>();
  headlineFeatures(headline, 0).forEach((value, i) => {
    // Headline tests advertise no product: topical match, the last, says nothing here.
    if (value !== 0 && i < FEATURES - 1) values.set(i, value);
  });
  if (buckets > 0) {
    const words = copyTokens(headline).map((word) => word.toLowerCase());
    const grams = words.flatMap((word, i) => [word, ...(i > 0 ? [`${words[i - 1]} ${word}`] : [])]);
    for (const gram of new Set(grams)) {
      const place = FEATURES + (hashed(gram) % buckets);
      values.set(place, (values.get(place) ?? 0) + 1);
    }
  }
  return { places: Int32Array.from(values.keys()), values: Float64Array.from(values.values()) };
}

/**
 * Fits weights by maximum penalised likelihood: which arm a click falls on, given the test's clicks (a conditional logit
 * with impressions as exposure), so that the intercept of each test drops out. Deterministic in its arguments: Adam over
 * whole passes. Arms of a test that differ in image are compared too, as images were assigned at random with headlines.
 */
export function fitHeadlineScorer(
  arms: HeadlineArms,
  tests: ReadonlySet<number>,
  settings: HeadlineScorerSettings = HEADLINE_SCORER,
): HeadlineScorer {
  const rows = new Map<number, number[]>();
  arms.test.forEach((test, i) => {
    if (tests.has(test)) rows.set(test, [...(rows.get(test) ?? []), i]);
  });
  const groups = [...rows.values()].filter((group) => group.length > 1);
  if (groups.length === 0) throw new InputError('headline tests: none has two arms to learn from; give other tests');
  const { buckets, ridge, epochs, learningRate } = settings;
  const encoded = arms.headline.map((headline, i) =>
    tests.has(arms.test[i]) ? sparse(headline, buckets) : { places: new Int32Array(0), values: new Float64Array(0) },
  );
  const size = FEATURES + buckets;
  const [weights, gradient, first, second] = [0, 1, 2, 3].map(() => new Float64Array(size));
  let [power1, power2] = [1, 1];
  for (let epoch = 0; epoch < epochs; epoch++) {
    gradientOf(arms, groups, encoded, weights, gradient);
    power1 *= 0.9;
    power2 *= 0.999;
    const rate = learningRate * (1 - epoch / epochs);
    for (let j = 0; j < size; j++) {
      const g = gradient[j] - ridge * weights[j];
      first[j] = 0.9 * first[j] + 0.1 * g;
      second[j] = 0.999 * second[j] + 0.001 * g * g;
      if (second[j] > 0) weights[j] += (rate * (first[j] / (1 - power1))) / Math.sqrt(second[j] / (1 - power2) + 1e-12);
    }
  }
  return { score: (headline) => dot(sparse(headline, buckets), weights) };
}

/** A scorer whose ridge is the best of four on a quarter of `tests`, fitted on the others. Deterministic in its arguments. */
export function learnHeadlineScorer(
  arms: HeadlineArms,
  tests: ReadonlySet<number>,
  random: Random,
  settings: HeadlineScorerSettings = HEADLINE_SCORER,
): { scorer: HeadlineScorer; ridge: number } {
  const order = random
    .stream('headline-ridge')
    .sequence()
    .shuffle([...tests]);
  const inner = new Set(order.filter((_, i) => i % 4 === 0));
  const rest = new Set(order.filter((_, i) => i % 4 !== 0));
  const accuracies = RIDGES.map((ridge) => {
    return headlineAccuracy(fitHeadlineScorer(arms, rest, { ...settings, ridge }), arms, inner).accuracy;
  });
  const ridge = RIDGES[accuracies.indexOf(Math.max(...accuracies))];
  return { scorer: fitHeadlineScorer(arms, tests, { ...settings, ridge }), ridge };
}

function dot({ places, values }: Sparse, weights: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < places.length; i++) sum += values[i] * weights[places[i]];
  return sum;
}

/** Σ over arms of (clicks − expected) · x, the expected clicks sharing out the test's clicks by exposure and score. */
function gradientOf(
  { impressions, clicks }: HeadlineArms,
  groups: readonly (readonly number[])[],
  encoded: readonly Sparse[],
  weights: Float64Array,
  gradient: Float64Array,
): void {
  gradient.fill(0);
  for (const group of groups) {
    const odds = group.map((i) => impressions[i] * Math.exp(dot(encoded[i], weights)));
    const total = odds.reduce((sum, one) => sum + one, 0);
    const all = group.reduce((sum, i) => sum + clicks[i], 0);
    group.forEach((i, g) => {
      const residual = clicks[i] - (all * odds[g]) / total;
      const { places, values } = encoded[i];
      for (let k = 0; k < places.length; k++) gradient[places[k]] += residual * values[k];
    });
  }
}

export interface HeadlineAccuracy {
  /** Pairs of arms of one test, unlike in headline and in click rate, whose better one was named. */
  pairs: number;
  tests: number;
  accuracy: number;
  /** Clustered by test. */
  interval: readonly [number, number] | null;
}

/** How often the better of two headlines is named; a tie counts half. Chance is 0.5. */
export function headlineAccuracy(
  scorer: HeadlineScorer,
  arms: HeadlineArms,
  tests: ReadonlySet<number>,
  level = 0.95,
): HeadlineAccuracy {
  const counts = pairCounts(scorer, arms, tests);
  const trials = counts.map(({ pairs }) => pairs);
  const rate = clusteredRate(counts.map(({ right }) => right), trials, level); // prettier-ignore
  const pairs = trials.reduce((sum, n) => sum + n, 0);
  return { pairs, tests: counts.length, accuracy: rate?.rate ?? 0.5, interval: rate?.interval ?? null };
}

interface PairCount {
  test: number;
  pairs: number;
  right: number;
}

function pairCounts(scorer: HeadlineScorer, arms: HeadlineArms, tests: ReadonlySet<number>): PairCount[] {
  const rows = new Map<number, number[]>();
  arms.test.forEach((test, i) => {
    if (tests.has(test)) rows.set(test, [...(rows.get(test) ?? []), i]);
  });
  return [...rows].flatMap(([test, group]) => {
    const scores = group.map((i) => scorer.score(arms.headline[i]));
    const rates = group.map((i) => arms.clicks[i] / arms.impressions[i]);
    let [pairs, right] = [0, 0];
    for (let a = 0; a < group.length; a++) {
      for (let b = 0; b < a; b++) {
        if (rates[a] === rates[b] || arms.headline[group[a]] === arms.headline[group[b]]) continue;
        pairs++;
        const told = (scores[a] - scores[b]) * Math.sign(rates[a] - rates[b]);
        right += told > 0 ? 1 : told === 0 ? 0.5 : 0;
      }
    }
    return pairs > 0 ? [{ test, pairs, right }] : [];
  });
}

export interface HeadlineStudy {
  /** With hashed words, and with the seven features alone. */
  words: HeadlineAccuracy;
  features: HeadlineAccuracy;
  /** Accuracy with words less that without, on the same held-out pairs; interval clustered by test. */
  difference: { value: number; interval: readonly [number, number] | null };
  folds: number;
}

const LEAST_TESTS = 40;

/** Cross-validated over tests: every test is judged by a scorer that has not seen it. Throws `InputError` below 40 tests. */
export function studyHeadlines(
  arms: HeadlineArms,
  random: Random,
  { folds = 5, level = 0.95, settings = HEADLINE_SCORER }: { folds?: number; level?: number; settings?: HeadlineScorerSettings } = {}, // prettier-ignore
): HeadlineStudy {
  if (arms.tests < LEAST_TESTS) {
    throw new InputError(`headline tests: ${arms.tests} are too few to learn and check; give at least ${LEAST_TESTS}`);
  }
  const order = random.stream('headline-folds').sequence().shuffle(Array.from({ length: arms.tests }, (_, t) => t)); // prettier-ignore
  const ways = { words: settings, features: { ...settings, buckets: 0 } };
  const counts: Record<keyof typeof ways, PairCount[]> = { words: [], features: [] };
  for (let fold = 0; fold < folds; fold++) {
    const out = new Set(order.filter((_, i) => i % folds === fold));
    const rest = new Set(order.filter((_, i) => i % folds !== fold));
    for (const way of ['words', 'features'] as const) {
      const { scorer } = learnHeadlineScorer(arms, rest, random.stream('fold', fold), ways[way]);
      counts[way].push(...pairCounts(scorer, arms, out));
    }
  }
  const trials = counts.words.map(({ pairs }) => pairs);
  const pairs = trials.reduce((sum, n) => sum + n, 0);
  const accuracy = (way: keyof typeof ways): HeadlineAccuracy => {
    const rate = clusteredRate(counts[way].map(({ right }) => right), trials, level); // prettier-ignore
    return { pairs, tests: trials.length, accuracy: rate?.rate ?? 0.5, interval: rate?.interval ?? null };
  };
  const gains = counts.words.map(({ right }, i) => right - counts.features[i].right);
  const gain = clusteredRatio(gains, trials, level);
  return {
    words: accuracy('words'),
    features: accuracy('features'),
    difference: { value: gain?.rate ?? 0, interval: gain?.interval ?? null },
    folds,
  };
}
