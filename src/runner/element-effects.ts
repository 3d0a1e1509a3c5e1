/**
 * What each element of composited creatives adds, in one seed: its average marginal component effect (Hainmueller,
 * Hopkins & Yamamoto 2014), the mean reward of the creatives that have it, all else evenly chosen, less that of all.
 */
import type { ActionTable } from '../core/contracts.ts';
import type { Elements } from '../core/elements.ts';
import { elementColumns } from '../core/elements.ts';
import type { ImpressionLog } from '../core/contracts.ts';

/** [reward per impression] of one element. */
export interface ElementEffect {
  impressions: number;
  /** From what was shown and what it brought, each row weighed by how much more likely an even choice is; NaN where never shown. */
  estimated: number;
  /** From the expected rewards of all creatives in the same rows. */
  actual: number;
}

/**
 * (e) effects in the order of `elementNames`, from a log of single ads with truth. Throws RangeError where the log has none.
 * A rare element in few rows makes the ratio of sums slightly biased, as ratios are; evenly chosen creatives don't.
 */
export function elementEffects(log: ImpressionLog, actions: ActionTable, elements: Elements): ElementEffect[] {
  const { truth } = log;
  if (!truth) throw new RangeError('elementEffects: a log without truth');
  const { data: has, columns: E } = elementColumns(elements);
  const k = actions.size;
  // One more column, that all creatives have: what effects are measured from.
  const width = E + 1;
  const sums = {
    impressions: new Float64Array(width),
    weight: new Float64Array(width),
    reward: new Float64Array(width),
  };
  const actual = new Float64Array(width);
  const [value, count] = [new Float64Array(width), new Float64Array(width)];
  const belongs = (a: number, e: number): boolean => e === E || has[actions.creative[a] * E + e] === 1;
  let rows = 0;
  for (let i = 0; i < log.size; i++) {
    const shown = log.decisions.action[i];
    if (shown < 0) continue;
    rows++;
    value.fill(0);
    count.fill(0);
    for (let a = 0; a < k; a++) {
      if (log.requests.eligible[i * k + a] === 0) continue;
      for (let e = 0; e < width; e++) {
        if (!belongs(a, e)) continue;
        value[e] += truth.data[i * k + a];
        count[e]++;
      }
    }
    const weight = 1 / (log.decisions.propensity[i] * count[E]);
    for (let e = 0; e < width; e++) {
      actual[e] += value[e] / count[e];
      if (!belongs(shown, e)) continue;
      sums.impressions[e]++;
      sums.weight[e] += weight;
      sums.reward[e] += weight * log.outcomes.reward[i];
    }
  }
  const mean = (e: number): number => sums.reward[e] / sums.weight[e];
  return Array.from({ length: E }, (_, e) => ({
    impressions: sums.impressions[e],
    estimated: mean(e) - mean(E),
    actual: (actual[e] - actual[E]) / rows,
  }));
}
