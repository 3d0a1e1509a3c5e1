/** What a collapsed generator costs, and one that was stopped early, over seeds. */
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
  const bests = all.map((values) => values[values.length - 1].best);
  const point = (distinct: number, madeGroups: readonly number[], values: readonly ImageValue[]): VarietyPoint => {
    const over = (of: (value: ImageValue, s: number) => number): Summary => summarise(values.map(of));
    return {
      distinct,
      reached: new Set(madeGroups).size,
      best: over(({ best }) => best),
      learned: over(({ learned }) => learned),
      regret: { best: over(({ best }, s) => bests[s] - best), learned: over(({ learned }, s) => bests[s] - learned) },
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
    loss: pairedDifference(
      all.map(([one]) => one.best),
      bests,
    ),
  };
}
