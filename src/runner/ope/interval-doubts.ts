/** Doubts about intervals: too narrow, none at all, or of rewards that never differ. */
import type { Warning } from '../../core/warnings.ts';
import type { RuleCoverage } from '../../ope/twin/hits.ts';
import type { Gathered } from './gather.ts';

/** Rewards of which all are alike, and not 0, which is a doubt of its own. */
export function noSpread({ reward: { count, sums, cross } }: Gathered): Warning[] {
  const mean = sums[0] / count;
  if (count < 2 || mean === 0 || cross[0] / count > 1e-24 * mean * mean) return [];
  return [
    {
      kind: 'constant-reward',
      message: `every row has the same reward, ${Number(mean.toPrecision(12))}`,
      advice: 'no policy can look better or worse by it, and intervals without width say nothing: check the column',
    },
  ];
}

/** Why there is no interval by a rule, in half a sentence. */
export function noInterval(rule: string, why: string): Warning {
  return {
    kind: 'no-interval',
    message: `there is no interval by ${rule}: ${why}`,
    advice: 'how far the value may be off is not known: collect more rows, or ask for another --rule',
  };
}

/** The best of the rules that were tried falls short. */
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
