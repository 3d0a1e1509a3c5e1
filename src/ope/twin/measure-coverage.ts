/** How often intervals hold the truth on logs like this one: drawn from its twin, where the truth is known. */
import type { Estimator, Evidence } from '../../core/contracts.ts';
import { matrix } from '../../core/matrix.ts';
import type { Random } from '../../core/random.ts';
import { banditLog } from '../bandit-log.ts';
import type { SharedEvidence } from '../evidence.ts';
import { standardError } from '../intervals/delta.ts';
import type { IntervalRule, IntervalSample } from '../intervals/rule.ts';
import { addRows, moments } from '../moments.ts';
import { count, coverageOf, noHits } from './hits.ts';
import type { RuleCoverage } from './hits.ts';
import { pivot, pivotBounds, twinInterval, TWIN_T } from './pivots.ts';
import { drawRows, roomFor } from './twin.ts';
import type { Twin, TwinRows } from './twin.ts';

/** What the twin says of one estimator. */
export interface EstimatorCoverage {
  rules: readonly RuleCoverage[];
  /** (worlds) of `twin-t`. */
  pivots: Float64Array;
}

export interface MeasureOptions {
  level: number;
  /** n: rows of each world. */
  rows: number;
  worlds: number;
  random: Random;
  /** By estimator: known bounds of its contributions. */
  ranges: readonly (readonly [number, number] | undefined)[];
  /** Keep the rows of each world, for rules that resample them. */
  keepRows: boolean;
  /** Bounds of the reward, where they are known: of the policy's value too. */
  rewardRange?: readonly [number, number];
  /** By estimator: what it is after; default: the value of the policy. */
  truths?: readonly number[];
}

/**
 * Estimators that a twin can judge: their rows are made of weight, reward and a model's two numbers, and their error is
 * chance, or a bias that weights and click rates tell. Of the direct method, and wherever a model stands in for weights that
 * were made smaller, the error is the bias of that model, which no made-up population knows.
 */
export function measurable({ needs, name }: Estimator): boolean {
  return needs.length === 0 || UNBIASED_WITH_MODEL.has(name);
}

const UNBIASED_WITH_MODEL: ReadonlySet<string> = new Set(['dr', 'sndr']);

/** Of each estimator (all `measurable`), each rule that suits. */
export function measureCoverage(
  twin: Twin,
  estimators: readonly Estimator[],
  rules: readonly IntervalRule[],
  options: MeasureOptions,
): EstimatorCoverage[] {
  const { rows: n, worlds, level, random } = options;
  const binary = twin.residuals === null;
  const drawn = roomFor(n);
  const evidence = evidenceOf(drawn);
  const kept = estimators.map((e) => matrix(n, e.columns));
  const truths = options.truths ?? estimators.map(() => twin.truth);
  const counts = estimators.map(() => rules.map(noHits));
  const values = estimators.map(() => new Float64Array(worlds));
  const errors = estimators.map(() => new Float64Array(worlds));
  for (let world = 0; world < worlds; world++) {
    drawRows(twin, n, drawn, random, world);
    for (const [e, estimator] of estimators.entries()) {
      estimator.contributions(evidence, kept[e]);
      const found = moments(estimator.columns);
      addRows(found, kept[e]);
      values[e][world] = estimator.value(found.sums, n);
      errors[e][world] = standardError(estimator, found);
      const sample: IntervalSample = {
        estimator,
        moments: found,
        binary,
        random: random.stream('rule', world),
      };
      if (options.keepRows) sample.rows = kept[e];
      const range = options.ranges[e];
      if (range) sample.range = range;
      for (const [r, rule] of rules.entries()) {
        if (rule.unsuited(sample) !== undefined) continue;
        count(counts[e][r], rule.interval(sample, level), truths[e]);
      }
    }
  }
  return estimators.map((_, e) => {
    const pivots = values[e].map((value, w) => pivot(value, errors[e][w], truths[e]));
    const found = rules.flatMap((rule, r) => {
      const { tried } = counts[e][r];
      return tried === 0 ? [] : [coverageOf(rule.name, counts[e][r], worlds)];
    });
    return { rules: [...found, twinT(values[e], errors[e], pivots, truths[e], options)], pivots };
  });
}

/** Coverage of `twin-t`: the bounds of every other world are held against the worlds between. */
export function twinT(
  values: Float64Array,
  errors: Float64Array,
  pivots: Float64Array,
  truth: number,
  { level, rewardRange }: Pick<MeasureOptions, 'level' | 'rewardRange'>,
): RuleCoverage {
  const bounds = [0, 1].map((half) =>
    pivotBounds(
      pivots.filter((_, w) => w % 2 !== half),
      level,
    ),
  );
  const hits = noHits();
  values.forEach((value, w) => count(hits, twinInterval(value, errors[w], bounds[w % 2], rewardRange), truth));
  return coverageOf(TWIN_T, hits, values.length);
}

/** The drawn columns as the evidence that estimators read, beside the policy that logged them; actions are beside the point. */
function evidenceOf({ weight, expected, error, logged, reward }: TwinRows): SharedEvidence & { baseline: Evidence } {
  const n = weight.length;
  const ones = new Float64Array(n).fill(1);
  const log = banditLog({ actions: 1, action: new Int32Array(n), propensity: ones, reward });
  log.outcomes.reward = reward; // the buffer itself, which every world fills anew
  const evidence = { log, evaluation: matrix(n, 1, ones) };
  const terms = { weight, expected, error, evaluated: new Float64Array(1), sound: true };
  const baseline: SharedEvidence = { ...evidence, terms: { ...terms, weight: ones, expected: logged } };
  return { ...evidence, terms, baseline };
}
