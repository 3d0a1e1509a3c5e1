/** Which interval rule decides: the first whose bounds were measured to hold on logs like this one. */
import { wilson } from '../../core/intervals.ts';
import type { IntervalRule, IntervalSample } from '../intervals/rule.ts';

/** How often a rule's intervals held the truth, on synthetic logs made to resemble this one. */
export interface MeasuredCoverage {
  /** Worlds measured. */
  worlds: number;
  /** Nominal level of the two-sided interval. */
  level: number;
  /** Share of worlds whose interval held the truth. */
  actual: number;
  /** Shares of worlds whose lower bound lay above the truth, and whose upper bound lay below; where they are known. */
  tooHigh?: number;
  tooLow?: number;
}

/** Asks for the measured coverage of a rule; undefined where it was not measured. */
export type CoverageOf = (asked: {
  /** Name of the candidate. */
  candidate: string;
  /** The estimator of the lift's candidate, for instance `snips`. */
  estimator: string;
  rule: string;
  level: number;
}) => MeasuredCoverage | undefined | Promise<MeasuredCoverage | undefined>;

/** The rule that decides, and what is known of it. */
export interface ChosenRule {
  rule: IntervalRule;
  coverage: MeasuredCoverage | null;
  /** False where the rule's bound of that side was measured to miss more often than it says. */
  lowerHolds: boolean;
  upperHolds: boolean;
}

export interface RuleChoice {
  /** Null where every rule falls short or none suits. */
  chosen: ChosenRule | null;
  /** What was tried and left, in half a sentence each. */
  left: readonly string[];
}

/**
 * The first of `rules` whose both sides hold, else the first whose lower side does: a launch may rest on that, a no-go
 * may not. Where no coverage was measured at all, the first rule that suits is taken at its word.
 */
export async function chooseRule(
  rules: readonly IntervalRule[],
  sample: IntervalSample,
  coverageOf: (rule: string) => ReturnType<CoverageOf>,
): Promise<RuleChoice> {
  const left: string[] = [];
  let lowerOnly: ChosenRule | null = null;
  let unmeasured: ChosenRule | null = null;
  let measured = false;
  for (const rule of rules) {
    const why = rule.unsuited(sample);
    if (why !== undefined) {
      left.push(`${rule.name}: ${why}`);
      continue;
    }
    // oxlint-disable-next-line no-await-in-loop -- measuring is dear, and the first rule that holds ends the search
    const coverage = (await coverageOf(rule.name)) ?? null;
    if (coverage === null) {
      unmeasured ??= { rule, coverage, lowerHolds: true, upperHolds: true };
      continue;
    }
    measured = true;
    const chosen = { rule, coverage, ...sidesOf(coverage) };
    if (chosen.lowerHolds && chosen.upperHolds) return { chosen, left };
    if (chosen.lowerHolds) lowerOnly ??= chosen;
    left.push(`${rule.name}: held the truth in ${shareOf(coverage.actual)} of ${coverage.worlds} worlds like this log`);
  }
  // Where some were measured and fell short, one that was not is no way out.
  return { chosen: lowerOnly ?? (measured ? null : unmeasured), left };
}

/** A side falls short where chance (Wilson, 95 %) does not explain how often it misses. */
function sidesOf({ worlds, level, actual, tooHigh, tooLow }: MeasuredCoverage): {
  lowerHolds: boolean;
  upperHolds: boolean;
} {
  const holds = (missed: number, nominal: number): boolean =>
    wilson(Math.min(Math.max(missed, 0), 1) * worlds, worlds)[0] <= nominal;
  const whole = holds(1 - actual, 1 - level);
  const side = (missed: number | undefined): boolean => (missed === undefined ? whole : holds(missed, (1 - level) / 2));
  return { lowerHolds: side(tooHigh), upperHolds: side(tooLow) };
}

function shareOf(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
