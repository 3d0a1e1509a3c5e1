/**
 * What headlines do to clicks, from randomised headline tests: log-odds per headline feature, fitted on differences
 * between arms of one test that share their image, and checked on tests that the fit has not seen.
 */
import { HEADLINE_NAMES } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import { normalQuantile } from '../../core/quantiles.ts';
import type { Random } from '../../core/random.ts';
import { clusteredRate } from '../../core/statistics.ts';
import { headlineFeatures } from '../text/headline.ts';
import { strataLogistic } from './strata-logistic.ts';
import type { CountRows } from './strata-logistic.ts';

/** Arms of headline tests, as columns. */
export interface HeadlineArms {
  /** (arms) test of each arm, 0 … tests − 1. */
  test: Int32Array;
  tests: number;
  /** (arms) */
  headline: readonly string[];
  /** (arms) id of the image; the same number, the same image. */
  image: Int32Array;
  /** (arms) > 0 */
  impressions: Float64Array;
  /** (arms) 0 … impressions */
  clicks: Float64Array;
}

/** A number with its standard error and interval. */
export interface Estimated {
  value: number;
  standardError: number;
  interval: readonly [number, number];
}

export interface HeadlineFit {
  /** By name; 'topical-match' is not there: these tests advertise no product of a category. */
  weights: Readonly<Record<string, Estimated>>;
  /** Features that never differ between arms that are compared, and so cannot be fitted. */
  constant: readonly string[];
  level: number;
  train: { tests: number; strata: number };
  heldOut: {
    tests: number;
    /** Slope of observed on predicted log-odds differences: 1 where the fit means what it says, 0 where it says nothing. */
    slope: Estimated;
    /** Pairs of arms whose better one was predicted rightly; interval clustered by test. */
    pairs: number;
    accuracy: number;
    accuracyInterval: readonly [number, number] | null;
  };
}

/** Features that mean something without a product. */
const FEATURES = HEADLINE_NAMES.filter((name) => name !== 'topical-match');
const TRAIN_SHARE = 0.75;
const LEAST_TESTS = 40;

/** Fits on a random three quarters of the tests. Deterministic in (arms, random). Throws `InputError` for fewer than 40 tests. */
export function fitHeadlineWeights(arms: HeadlineArms, random: Random, level = 0.95): HeadlineFit {
  if (arms.tests < LEAST_TESTS) {
    throw new InputError(
      `headline tests: ${arms.tests} tests are too few to fit and check; give at least ${LEAST_TESTS}`,
    );
  }
  const order = random
    .stream('headline-split')
    .sequence()
    .shuffle(Array.from({ length: arms.tests }, (_, t) => t));
  const cut = Math.round(TRAIN_SHARE * arms.tests);
  const trained = new Set(order.slice(0, cut));
  const whole = countsOf(arms, trained, FEATURES);
  const varying = FEATURES.filter((_, j) => varies(whole, j));
  if (varying.length === 0) {
    throw new InputError('headline tests: no headline feature differs between arms of one image; give other tests');
  }
  const held = countsOf(arms, new Set(order.slice(cut)), varying);
  const fit = fitted(countsOf(arms, trained, varying));
  const predicted = scoresOf(held, fit.weights);
  const slope = fitted({ ...held, x: predicted, columns: 1 });
  return {
    weights: Object.fromEntries(
      varying.map((name, j) => [name, estimated(fit.weights[j], fit.standardErrors[j], level)]),
    ),
    constant: FEATURES.filter((name) => !varying.includes(name)),
    level,
    train: { tests: fit.clusters, strata: fit.strata },
    heldOut: {
      tests: slope.clusters,
      slope: estimated(slope.weights[0], slope.standardErrors[0], level),
      ...winners(held, predicted, level),
    },
  };
}

function fitted(rows: CountRows): ReturnType<typeof strataLogistic> {
  try {
    return strataLogistic(rows);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new InputError('headline tests: some headline features always go together; give more or other tests');
  }
}

/** True where two arms of a stratum differ in column j. */
function varies({ stratum, x, columns: d }: CountRows, j: number): boolean {
  const first = new Map<number, number>();
  return stratum.some((s, i) => {
    const seen = first.get(s);
    if (seen === undefined) first.set(s, x[i * d + j]);
    return seen !== undefined && seen !== x[i * d + j];
  });
}

/** A normal interval. */
export function estimated(value: number, standardError: number, level: number): Estimated {
  const half = normalQuantile(0.5 + level / 2) * standardError;
  return { value, standardError, interval: [value - half, value + half] };
}

/** Arms of these tests; a stratum is one image in one test, a cluster one test. */
function countsOf(arms: HeadlineArms, tests: ReadonlySet<number>, names: readonly string[]): CountRows {
  const rows = Array.from(arms.test.keys()).filter((i) => tests.has(arms.test[i]));
  const strata = new Map<string, number>();
  const cluster: number[] = [];
  const d = names.length;
  const places = names.map((name) => FEATURES.findIndex((one) => one === name));
  const x = new Float64Array(rows.length * d);
  const stratum = Int32Array.from(rows, (i, r) => {
    const features = headlineFeatures(arms.headline[i], 0);
    places.forEach((place, j) => (x[r * d + j] = features[place]));
    const key = `${arms.test[i]}:${arms.image[i]}`;
    const known = strata.get(key);
    if (known !== undefined) return known;
    strata.set(key, cluster.length);
    return cluster.push(arms.test[i]) - 1;
  });
  return {
    stratum,
    cluster: Int32Array.from(cluster),
    trials: Float64Array.from(rows, (i) => arms.impressions[i]),
    hits: Float64Array.from(rows, (i) => arms.clicks[i]),
    x,
    columns: d,
  };
}

function scoresOf({ x, columns: d, stratum }: CountRows, weights: Float64Array): Float64Array {
  return Float64Array.from(stratum, (_, i) => weights.reduce((sum, w, j) => sum + w * x[i * d + j], 0));
}

/** Of all pairs in a stratum that differ in prediction and in rate: how often the higher prediction has the higher rate. */
function winners(
  rows: CountRows,
  predicted: Float64Array,
  level: number,
): { pairs: number; accuracy: number; accuracyInterval: readonly [number, number] | null } {
  const members = Array.from(rows.cluster, (): number[] => []);
  rows.stratum.forEach((s, i) => members[s].push(i));
  const right = new Map<number, number>();
  const tried = new Map<number, number>();
  members.forEach((of, s) => {
    for (const i of of) {
      for (const j of of) {
        const told = predicted[i] - predicted[j];
        const seen = rows.hits[i] / rows.trials[i] - rows.hits[j] / rows.trials[j];
        if (j <= i || Math.abs(told) < 1e-12 || seen === 0) continue;
        const test = rows.cluster[s];
        tried.set(test, (tried.get(test) ?? 0) + 1);
        right.set(test, (right.get(test) ?? 0) + (told > 0 === seen > 0 ? 1 : 0));
      }
    }
  });
  const trials = [...tried.values()];
  const rate = clusteredRate([...right.values()], trials, level);
  return {
    pairs: trials.reduce((sum, n) => sum + n, 0),
    accuracy: rate?.rate ?? Number.NaN,
    accuracyInterval: rate?.interval ?? null,
  };
}
