/** How the numbers of a launch decision are written, in the report and in the terminal alike. */
import type { CandidateDecision, LaunchDecision, LiftMeasure, MoreRows, Verdict } from '../runner/launch/launch.ts';
import { decimal, MISSING, percent, quantity, rewardUnit, signed, PERCENT } from './format.ts';
import type { Unit } from './format.ts';

export const VERDICT_TITLES: Readonly<Record<Verdict, string>> = {
  launch: 'Launch',
  hold: 'Hold',
  'no-go': 'No-go',
  'cannot-tell': 'Can’t tell',
};

/** A lift in its measure: `+3.1 %`, or in the reward's unit. */
export function liftWords(
  value: number | null,
  { measure, rewardUnit: name }: Pick<LaunchDecision, 'measure' | 'rewardUnit'>,
): string {
  return signed(value, unitOf(measure, name));
}

export function liftRange(
  bounds: readonly [number, number] | null,
  about: Pick<LaunchDecision, 'measure' | 'rewardUnit'>,
): string {
  return bounds === null ? 'no interval' : `${liftWords(bounds[0], about)} to ${liftWords(bounds[1], about)}`;
}

function unitOf(measure: LiftMeasure, name: string): Unit {
  return measure === 'relative' ? PERCENT : rewardUnit(name);
}

/** `held the truth in 94.2 % of 500 worlds`. */
export function coverageWords({ coverage }: Pick<CandidateDecision, 'coverage'>): string {
  if (coverage === null) return 'not measured';
  return `${percent(coverage.actual, 1)} of ${decimal(coverage.worlds)} worlds (says ${percent(coverage.level, 1)})`;
}

export function moreRowsWords(more: MoreRows | null): string {
  if (more === null) return MISSING;
  if (more === 'never') return 'no number would decide';
  return more >= 1e9 ? 'more than a billion' : decimal(more);
}

/** `3.2 days`, `less than a day`. */
export function daysWords(days: number | null): string {
  if (days === null) return MISSING;
  if (days < 1) return 'less than a day';
  return `${decimal(days, days < 10 ? 1 : 0)} days`;
}

export function valueWords(value: number | null, name: string): string {
  return quantity(value, rewardUnit(name));
}
