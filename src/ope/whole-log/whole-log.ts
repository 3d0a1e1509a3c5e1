/**
 * Estimators that need the whole log at once, because their value is no smooth function of column sums: the second, small
 * kind beside `Estimator`. Each brings its own interval.
 */
import type { Estimate, Evidence } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import { effectiveSampleSize } from '../diagnostics.ts';
import { doubts } from '../doubts.ts';
import { tally } from '../evaluate.ts';
import { rowTerms, withTerms } from '../evidence.ts';

export interface WholeLogOptions {
  /** Nominal level of the interval, in (0, 1). */
  level: number;
  /** Bounds that no reward can leave; default: the log's `rewardRange`, [0, 1] where all are 0 or 1, else those seen. */
  rewardRange?: readonly [number, number];
  /**
   * [least, greatest] importance weight that is possible, seen or not: least ≤ 1 ≤ greatest; default [0, Infinity]. Known
   * bounds narrow intervals.
   */
  weightRange?: readonly [number, number];
}

/** A value, its interval and how the interval was made. */
export interface WholeLogEstimate {
  value: number;
  interval: readonly [number, number];
  rule: string;
}

export interface WholeLogEstimator {
  name: string;
  /** What it is, in a sentence. */
  summary: string;
  reference: string;
  /** Throws `InputError` where a reward leaves the range that was promised. */
  estimate(rows: WeightedRewards, level: number): WholeLogEstimate;
}

/** What these estimators look at: m weighted rewards, in the log's order. */
export interface WeightedRewards {
  /** (m) w ≥ 0 */
  weight: Float64Array;
  /** (m) */
  reward: Float64Array;
  rewardRange: readonly [number, number];
  /** True where nobody promised the range: it is that of the rewards seen, and the interval trusts it. */
  observedRange: boolean;
  /** [least, greatest] weight possible, no narrower than those seen. */
  weightRange: readonly [number, number];
}

/** The rows as these estimators see them. Throws `InputError` on a range that is none, or that a reward leaves. */
export function weightedRewards(evidence: Evidence, options: Partial<WholeLogOptions> = {}): WeightedRewards {
  const { weight } = rowTerms(evidence);
  const m = evidence.log.size;
  const reward = evidence.log.outcomes.reward.subarray(0, m);
  const seen: [number, number] = [Infinity, -Infinity];
  let [least, greatest] = options.weightRange ?? [0, Infinity];
  if (!(least <= 1 && greatest >= 1)) {
    throw new InputError(`weightRange: [${least}, ${greatest}] must hold 1, the mean of all weights.`);
  }
  let binary = true;
  for (let i = 0; i < m; i++) {
    const r = reward[i];
    if (r < seen[0]) seen[0] = r;
    if (r > seen[1]) seen[1] = r;
    if (r !== 0 && r !== 1) binary = false;
    if (weight[i] < least) least = weight[i];
    if (weight[i] > greatest) greatest = weight[i];
  }
  const promised = options.rewardRange ?? evidence.log.spec.rewardRange ?? (binary ? ([0, 1] as const) : undefined);
  if (promised && !(promised[0] <= seen[0] && promised[1] >= seen[1])) {
    throw new InputError(
      `The rewards go from ${seen[0]} to ${seen[1]}, outside the reward range [${promised[0]}, ${promised[1]}]: correct the range or the log.`,
    );
  }
  return {
    weight,
    reward,
    rewardRange: promised ?? seen,
    observedRange: promised === undefined,
    weightRange: [least, greatest],
  };
}

/** Estimates in the order of `estimators`, with doubts. Throws `InputError` on bad evidence, naming the row. */
export function evaluateWhole(
  evidence: Evidence,
  estimators: readonly WholeLogEstimator[],
  options: Partial<WholeLogOptions> = {},
): Estimate[] {
  const { level = 0.95 } = options;
  const { diagnostics: found } = tally(evidence, []);
  const rows = weightedRewards(withTerms(evidence), options);
  return estimators.map((estimator) => {
    const { value, interval, rule } = estimator.estimate(rows, level);
    const warnings = doubts(found, estimator.name);
    if (rows.observedRange) {
      warnings.push({
        kind: 'observed-range',
        message: `the interval takes the rewards seen (${rows.rewardRange.join(' to ')}) for the bounds of all rewards`,
        advice: 'give the reward range in the log’s spec: larger rewards that were not seen would widen the interval',
      });
    }
    return {
      estimator: estimator.name,
      value,
      interval,
      level,
      rule,
      effectiveSampleSize: effectiveSampleSize(found),
      warnings,
    };
  });
}

/** The interval where there is nothing to tell: the whole range of rewards, if it was promised. */
export function nothingKnown({ rewardRange, observedRange }: WeightedRewards): readonly [number, number] {
  return observedRange ? [-Infinity, Infinity] : rewardRange;
}

/** True where no row has weight: nothing is known of the policy. */
export function weightless({ weight }: WeightedRewards): boolean {
  return weight.every((w) => w === 0);
}
