/** How often the intervals of whole-log estimators hold the truth, on logs drawn from the twin of the one at hand. */
import type { Random } from '../../core/random.ts';
import type { WholeLogEstimator } from '../whole-log/whole-log.ts';
import { coverageOf, count, noHits } from './hits.ts';
import type { RuleCoverage } from './hits.ts';
import { drawRows, roomFor } from './twin.ts';
import type { Twin } from './twin.ts';

export interface MeasureWholeOptions {
  level: number;
  /** n: rows of each world. */
  rows: number;
  worlds: number;
  random: Random;
  rewardRange: readonly [number, number];
  /** [least, greatest] weight possible. */
  weightRange: readonly [number, number];
}

/** Of each estimator, the coverage of the rule that it brings along. */
export function measureWhole(
  twin: Twin,
  estimators: readonly WholeLogEstimator[],
  { level, rows: n, worlds, random, rewardRange, weightRange }: MeasureWholeOptions,
): RuleCoverage[] {
  const drawn = roomFor(n);
  const hits = estimators.map(noHits);
  const rules = estimators.map(({ name }) => name);
  for (let world = 0; world < worlds; world++) {
    drawRows(twin, n, drawn, random, world);
    const { weight, reward } = drawn;
    const greatest = weight.reduce((most, w) => Math.max(most, w), weightRange[1]);
    const seen = {
      weight,
      reward,
      rewardRange,
      observedRange: false,
      weightRange: [weightRange[0], greatest] as const,
    };
    for (const [e, estimator] of estimators.entries()) {
      const { interval, rule } = estimator.estimate(seen, level);
      rules[e] = rule;
      count(hits[e], interval, twin.truth);
    }
  }
  return hits.map((one, e) => coverageOf(rules[e], one, worlds));
}
