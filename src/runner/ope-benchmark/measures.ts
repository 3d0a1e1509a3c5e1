/** What the seeds of a world say of one estimator: how far off, how often its intervals hold, how well it chooses. */
import { wilson } from '../../core/intervals.ts';
import { summarise } from '../../core/statistics.ts';
import type { Summary } from '../../core/statistics.ts';
import type { JudgedSeed } from './judge.ts';
import { rankCorrelation, regretAt, sharpeRatioAt } from './selection.ts';

export interface EstimatorMeasures {
  estimator: string;
  /** Mean over seeds of |estimate − truth| / |truth|, candidates averaged first. */
  relativeError: Summary;
  /** Mean of (estimate − truth), to tell bias from noise. */
  bias: Summary;
  meanSquaredError: Summary;
  /** (99) squared error at each per cent, over the squared truth: the inverse of its distribution. */
  squaredErrorQuantiles: number[];
  /** In [0, 1]: area under the distribution of squared relative errors from 0 to tolerance², over tolerance²: 1 is no error. */
  areaUnderCurve: number;
  /** Mean of the worst 30 % of squared relative errors. */
  worstSquaredError: number;
  /** Share of nominal intervals that held the truth; Wilson's interval with a seed's candidates as one trial. */
  coverage: number;
  coverageInterval: readonly [number, number];
  /** Mean width of the intervals over |truth|, of those that are finite; null where none is. */
  width: number | null;
  rankCorrelation: Summary | null;
  /** By k. */
  regret: { k: number; regret: Summary; sharpeRatio: Summary | null }[];
  /** Estimates that were undefined on their log: left out of errors, misses for coverage. */
  undefinedEstimates: number;
}

/** Share of errors that counts as the worst. */
const WORST = 0.3;

/** The measures of estimator `e`. */
export function measuresOf(
  estimator: string,
  e: number,
  seeds: readonly JudgedSeed[],
  { top, tolerance }: { top: readonly number[]; tolerance: number },
): EstimatorMeasures {
  const each = seeds.map(({ truths, estimates }) =>
    truths.map((truth, c) => ({ truth, ...estimates[e][c] })).map((one) => ({ ...one, off: one.value - one.truth })),
  );
  const all = each.flat();
  const known = all.filter(({ value }) => !Number.isNaN(value));
  const squares = known.map(({ off, truth }) => (off / truth) ** 2).sort((a, b) => a - b);
  const hits = all.filter(({ truth, interval: [low, high] }) => low <= truth && truth <= high).length;
  const widths = known
    .map(({ interval, truth }) => (interval[1] - interval[0]) / Math.abs(truth))
    .filter(Number.isFinite);
  const perSeed = (of: (one: (typeof all)[number]) => number): Summary =>
    summaryOf(each.map((candidates) => meanOfKnown(candidates.map(of))));
  const ofSeeds = (of: (values: readonly number[], seed: JudgedSeed) => number): Summary | null => {
    const summary = summaryOf(
      seeds.map((seed) => {
        const values = seed.estimates[e].map(({ value }) => value);
        return of(values, seed);
      }),
    );
    return summary.count === 0 ? null : summary;
  };
  const limit = tolerance * tolerance;
  const worst = squares.slice(Math.floor((1 - WORST) * squares.length));
  return {
    estimator,
    relativeError: perSeed(({ off, truth }) => Math.abs(off / truth)),
    bias: perSeed(({ off }) => off),
    meanSquaredError: perSeed(({ off }) => off * off),
    squaredErrorQuantiles: Array.from({ length: 99 }, (_, p) => squares[Math.floor(((p + 1) / 100) * squares.length)]),
    areaUnderCurve: squares.reduce((sum, one) => sum + Math.max(1 - one / limit, 0), 0) / all.length,
    worstSquaredError: worst.reduce((sum, one) => sum + one, 0) / worst.length,
    coverage: hits / all.length,
    coverageInterval: wilson((hits / all.length) * seeds.length, seeds.length),
    width: widths.length === 0 ? null : widths.reduce((sum, one) => sum + one, 0) / widths.length,
    rankCorrelation: ofSeeds((values, { truths }) => rankCorrelation(values, truths)),
    regret: top.map((k) => ({
      k,
      regret: ofSeeds((values, { truths }) => regretAt(k, values, truths) / Math.abs(Math.max(...truths))) as Summary,
      sharpeRatio: ofSeeds((values, { truths, behaviourTruth }) => sharpeRatioAt(k, values, truths, behaviourTruth)),
    })),
    undefinedEstimates: all.length - known.length,
  };
}

/** Of those that are numbers; NaN of no seeds where none is. */
function summaryOf(values: readonly number[]): Summary {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.length === 0 ? { mean: Number.NaN, interval: null, count: 0, level: 0.95 } : summarise(known);
}

function meanOfKnown(values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}
