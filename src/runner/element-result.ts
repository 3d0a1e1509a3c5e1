/** What the elements of composited creatives add, over seeds, and which of them agents came to show. */
import type { Creatives } from '../core/contracts.ts';
import { elementColumns } from '../core/elements.ts';
import { clusteredRate, summarise } from '../core/statistics.ts';
import type { ResolvedExperiment } from './config.ts';
import type { ElementsResult } from './image-results.ts';
import type { SeedResult } from './seed.ts';

/** Throws RangeError where a seed, or the elements, are missing. */
export function aggregateElements(
  { agents }: ResolvedExperiment,
  { elements, size }: Creatives,
  seeds: readonly SeedResult[],
): ElementsResult {
  if (!elements) throw new RangeError('aggregateElements: creatives without elements');
  const all = seeds.map((seed) => {
    if (!seed.elements) throw new RangeError('aggregateElements: a seed without effects');
    return seed.elements;
  });
  const { data: has, columns: E } = elementColumns(elements);
  /** Impressions of creatives that have the element. */
  const shown = (impressions: readonly number[], e: number): number =>
    impressions.reduce((sum, n, a) => sum + n * has[(a % size) * E + e], 0);
  let e = 0;
  const factors = elements.factors.map(({ name, levels }) => ({
    name,
    levels: levels.map((level) => {
      const effects = all.map((seed) => seed[e]);
      const estimated = effects.map((effect) => effect.estimated).filter((effect) => Number.isFinite(effect));
      const shares = agents.map(({ name: agent }, index) => ({
        agent,
        share: clusteredRate(
          seeds.map((seed) => shown(seed.agents[index].impressions, e)),
          seeds.map((seed) => seed.agents[index].episode.impressions),
        ),
      }));
      e++;
      return {
        name: level,
        impressions: effects.reduce((sum, { impressions }) => sum + impressions, 0),
        estimated: estimated.length === 0 ? null : summarise(estimated),
        actual: summarise(effects.map(({ actual }) => actual)),
        shares,
      };
    }),
  }));
  return { combinations: factors.reduce((product, { levels }) => product * levels.length, 1), factors };
}
