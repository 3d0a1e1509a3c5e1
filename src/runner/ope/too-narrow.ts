/** The doubt about an interval whose measured coverage falls short. */
import type { Warning } from '../../core/warnings.ts';
import type { RuleCoverage } from '../../ope/twin/hits.ts';

export function tooNarrow(
  { rule, coverage, interval: [low, high] }: RuleCoverage,
  level: number,
  worlds: number,
): Warning {
  const share = (x: number): string => `${(100 * x).toFixed(0)} %`;
  return {
    kind: 'coverage-falls-short',
    message: `its ${share(level)} interval (${rule}) held the truth in ${share(coverage)} (${share(low)} to ${share(high)}) of ${worlds} made-up logs like this one, and no rule that was tried does better`,
    advice:
      'read it as too narrow: collect more rows, or say how small a propensity can be (--propensity-floor), so that rules which hold for every log can be used',
  };
}
