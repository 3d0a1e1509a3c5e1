/**
 * Which interval to print: the first rule, simplest first, whose measured coverage does not fall short of its level; where
 * all fall short, the one that comes nearest.
 */
import type { RuleCoverage } from './hits.ts';

export interface ChosenRule {
  rule: string;
  /** Undefined where nothing was measured. */
  found?: RuleCoverage;
  /** False where even the best that was tried falls short. */
  holds: boolean;
}

/** True where coverage is below the level by more than chance explains. */
export function fallsShort({ interval }: RuleCoverage, level: number): boolean {
  return interval[1] < level;
}

/** `measured`: rules in order of preference. `usual` is what is printed where nothing was measured. */
export function chooseRule(measured: readonly RuleCoverage[], level: number, usual: string): ChosenRule {
  if (measured.length === 0) return { rule: usual, holds: true };
  const first = measured.find((one) => !fallsShort(one, level));
  const found = first ?? measured.reduce((best, one) => (one.coverage > best.coverage ? one : best));
  return { rule: found.rule, found, holds: first !== undefined };
}
