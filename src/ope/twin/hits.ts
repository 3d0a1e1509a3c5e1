/** How often an interval held the truth, and on which side it missed. */
import { wilson } from '../../core/intervals.ts';

/** One rule of one estimator. */
export interface RuleCoverage {
  rule: string;
  /** Share of worlds whose interval held the truth. */
  coverage: number;
  /** Wilson's 95 % interval of that share. */
  interval: readonly [number, number];
  /** Share of worlds whose lower bound lay above the truth, and whose upper bound lay below. */
  tooHigh: number;
  tooLow: number;
  /** Mean width of the interval in the reward's unit; Infinity where some had no end. */
  width: number;
}

export interface Hits {
  tried: number;
  tooHigh: number;
  tooLow: number;
  width: number;
}

export function noHits(): Hits {
  return { tried: 0, tooHigh: 0, tooLow: 0, width: 0 };
}

export function count(into: Hits, [low, high]: readonly [number, number], truth: number): void {
  into.tried++;
  into.width += high - low;
  if (!(low <= truth)) into.tooHigh++;
  else if (!(truth <= high)) into.tooLow++;
}

/** A world on which the rule had nothing to say (an endless interval) counts as held, and makes the width infinite. */
export function coverageOf(rule: string, { tried, tooHigh, tooLow, width }: Hits, worlds: number): RuleCoverage {
  const held = worlds - tooHigh - tooLow;
  return {
    rule,
    coverage: held / worlds,
    interval: wilson(held, worlds),
    tooHigh: tooHigh / worlds,
    tooLow: tooLow / worlds,
    width: tried < worlds ? Infinity : width / worlds,
  };
}
