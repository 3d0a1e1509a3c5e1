/** What a collapsed generator costs, over seeds. */
import { pairedDifference } from '../core/paired.ts';
import type { Summary } from '../core/statistics.ts';
import { summarise } from '../core/statistics.ts';
import type { Pool } from './creatives.ts';
import { firstOfEach } from './guidance.ts';
import type { VarietyResult } from './image-results.ts';
import type { SeedResult } from './seed.ts';
import type { VarietyValue } from './variety.ts';

/** Throws RangeError where a seed, or the groups, are missing. */
export function aggregateVariety({ creatives, groups }: Pool, seeds: readonly SeedResult[]): VarietyResult {
  if (!groups) throw new RangeError('aggregateVariety: images without groups');
  const all = seeds.map(({ varied }): VarietyValue[] => {
    if (!varied) throw new RangeError('aggregateVariety: a seed without values');
    return varied;
  });
  const last = all[0].length - 1;
  return {
    groups: groups.count,
    points: all[0].map(({ distinct }, v) => {
      const over = (of: (values: VarietyValue[]) => number): Summary => summarise(all.map(of));
      const made = firstOfEach(creatives, distinct);
      return {
        distinct,
        reached: new Set(Array.from(made, (a) => groups.of[a])).size,
        best: over((values) => values[v].best),
        learned: over((values) => values[v].learned),
        regret: {
          best: over((values) => values[last].best - values[v].best),
          learned: over((values) => values[last].best - values[v].learned),
        },
      };
    }),
    loss: pairedDifference(
      all.map((values) => values[0].best),
      all.map((values) => values[last].best),
    ),
  };
}
