/** Which interval each estimate gets: rules are tried on made-up logs like the one at hand. */
import type { Estimator, Random } from '../../core/contracts.ts';
import { INTERVAL_RULES, intervalRule } from '../../ope/intervals/registry.ts';
import { measurable, measureCoverage } from '../../ope/twin/measure-coverage.ts';
import type { RuleCoverage } from '../../ope/twin/hits.ts';
import type { EstimatorCoverage } from '../../ope/twin/measure-coverage.ts';
import { TWIN_T } from '../../ope/twin/pivots.ts';
import { twinOf } from '../../ope/twin/twin.ts';
import type { Gathered } from './gather.ts';

/** How thoroughly coverage is measured. */
export type CoverageEffort = 'off' | 'quick' | 'full';

/** Made-up logs, and rows of each at most: coverage grows with rows, so fewer of them promise too little, not too much. */
export const EFFORT = { quick: { worlds: 400, rows: 10_000 }, full: { worlds: 2000, rows: 50_000 } } as const;

/** Tried in this order, simplest first; each needs sums alone. */
const PREFERRED = ['delta-t', TWIN_T, 'empirical-bernstein', 'hoeffding'];

export interface Measured {
  worlds: number;
  /** Rows of each made-up log. */
  rows: number;
  /** By estimator, its rules in order of preference; undefined where its coverage cannot be measured. */
  estimators: readonly (EstimatorCoverage | undefined)[];
}

/** `bounds` by estimator: what its contributions cannot leave, where that is known. */
export function measured(
  found: Gathered,
  estimators: readonly Estimator[],
  bounds: readonly (readonly [number, number] | undefined)[],
  options: {
    effort: CoverageEffort;
    level: number;
    rule: string | undefined;
    rows: number;
    rewardRange: readonly [number, number] | undefined;
    random: Random;
  },
): Measured | null {
  const { effort, level, rule } = options;
  if (effort === 'off' || found.tally.diagnostics.weightSum === 0) return null;
  const { worlds, rows: most } = EFFORT[effort];
  const rows = Math.min(options.rows, most);
  const rules =
    rule === undefined || rule === TWIN_T
      ? INTERVAL_RULES.filter(({ name }) => PREFERRED.includes(name))
      : [intervalRule(rule)];
  const chosen = estimators.flatMap((estimator, e) => (measurable(estimator) ? [e] : []));
  const resamples = !rules.every(({ name }) => PREFERRED.includes(name));
  const shares = measureCoverage(
    twinOf(found.sample),
    chosen.map((e) => estimators[e]),
    rules,
    {
      level,
      rows,
      worlds,
      random: options.random,
      ranges: chosen.map((e) => bounds[e]),
      keepRows: resamples,
      ...(options.rewardRange && { rewardRange: options.rewardRange }),
    },
  ).map(({ rules: all, pivots }) => ({
    rules: all.filter((one) => rule === undefined || one.rule === rule).sort(byPreference),
    pivots,
  }));
  return { worlds, rows, estimators: estimators.map((_, e) => shares[chosen.indexOf(e)]) };
}

function byPreference(a: RuleCoverage, b: RuleCoverage): number {
  return PREFERRED.indexOf(a.rule) - PREFERRED.indexOf(b.rule);
}
