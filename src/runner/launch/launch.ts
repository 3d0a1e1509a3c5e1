/** The launch decision on a log that is loaded: what the log itself knows of its traffic is filled in. */
import type { ImpressionLog } from '../../core/contracts.ts';
import { decideLaunch } from '../../ope/launch/decide.ts';
import type { LaunchInput } from '../../ope/launch/decide.ts';
import type { LaunchDecision } from '../../ope/launch/decision.ts';

export type { AbCheck } from '../../ope/ab/check.ts';
export type { AbPlan } from '../../ope/ab/plan.ts';
export type { LiftMeasure } from '../../ope/launch/lift.ts';
export type {
  CandidateDecision,
  LaunchDecision,
  MoreRows,
  SegmentDecision,
  Verdict,
} from '../../ope/launch/decision.ts';
export type { TrafficPlan } from '../../ope/launch/traffic.ts';

/** Decides; rows per day come from the log's hours where they are not given. Throws as `decideLaunch` does. */
export async function launchOn(input: LaunchInput): Promise<LaunchDecision> {
  const rowsPerDay =
    input.rowsPerDay ?? (input.candidates.length > 0 ? rowsPerDayOf(input.candidates[0].evidence.log) : null);
  return decideLaunch({ ...input, rowsPerDay });
}

/** Null for a log whose rows carry no time. */
export function rowsPerDayOf({ requests: { hour }, size }: ImpressionLog): number | null {
  const hours = size > 0 ? hour[size - 1] - hour[0] : 0;
  return hours > 0 ? (24 * size) / hours : null;
}
