/** What a collapsed generator costs, and one that was stopped early, over seeds. */
import type { PairedDifference } from '../core/paired.ts';
import { pairedDifference } from '../core/paired.ts';
import type { Summary } from '../core/statistics.ts';
import { summarise } from '../core/statistics.ts';
import type { Pool } from './creatives.ts';
import { firstOfEach } from './guidance.ts';
import type { VarietyPoint, VarietyResult } from './image-results.ts';
import type { SeedResult } from './seed.ts';
import type { ImageValue } from './variety.ts';

/** `earlySteps`: of `Pool.early`, if there is one. Throws RangeError where a seed, or the groups, are missing. */
export function aggregateVariety(
  { creatives, groups, early }: Pool,
  seeds: readonly SeedResult[],
  earlySteps = 0,
): VarietyResult {
  if (!groups) throw new RangeError('aggregateVariety: images without groups');
  const all = seeds.map(({ varied }) => {
    if (!varied) throw new RangeError('aggregateVariety: a seed without values');
    return varied;
  });
  const most = all[0][all[0].length - 1].distinct;
  const whole = all.map((values) => values[values.length - 1]);
  const paired = (values: readonly ImageValue[], what: 'best' | 'learned'): PairedDifference | null =>
    pairedDifference(
      values.map((value) => value[what]),
      whole.map((value) => value[what]),
    );
  const point = (distinct: number, madeGroups: readonly number[], values: readonly ImageValue[]): VarietyPoint => {
    const over = (of: (value: ImageValue, s: number) => number): Summary => summarise(values.map(of));
    return {
      distinct,
      reached: new Set(madeGroups).size,
      best: over(({ best }) => best),
      learned: over(({ learned }) => learned),
      regret: {
        best: over(({ best }, s) => whole[s].best - best),
        learned: over(({ learned }, s) => whole[s].best - learned),
      },
      change: { best: paired(values, 'best'), learned: paired(values, 'learned') },
    };
  };
  const stopped = seeds.flatMap(({ early: value }) => (value ? [value] : []));
  return {
    groups: groups.count,
    points: all[0].map(({ distinct }, v) => {
      const made = Array.from(firstOfEach(creatives, distinct), (a) => groups.of[a]);
      return point(
        distinct,
        made,
        all.map((values) => values[v]),
      );
    }),
    ...(early && { early: { steps: earlySteps, ...point(most, [...early.groupOf], stopped) } }),
  };
}
