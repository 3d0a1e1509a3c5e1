/** The words of a launch decision. All of it is plain JSON: numbers that do not exist are null. */
import type { Warning } from '../../core/warnings.ts';
import type { MeasuredCoverage } from './bounds.ts';
import type { LiftMeasure } from './lift.ts';
import type { TrafficPlan } from './traffic.ts';

/**
 * `launch`: the lift is at least what was asked. `no-go`: it is less. `hold`: the log is sound and too short to say.
 * `cannot-tell`: this log, or these propensities, cannot say however many such rows there are, or nobody knows whether
 * they can.
 */
export type Verdict = 'launch' | 'hold' | 'no-go' | 'cannot-tell';

/** How many more rows like these would decide: a count of at most 10⁹, or `never` where the estimate sits on the bar. */
export type MoreRows = number | 'never';

/** (1 − λ) of the requests to the baseline, λ to the candidate. */
export interface Mixture {
  /** λ in [0, 1]. */
  share: number;
  lift: number;
  /** Lower bound of its lift, at the decision's one-sided risk. */
  lower: number;
}

export interface SegmentDecision {
  /** Column and value, for instance `device` and `phone`. */
  column: string;
  name: string;
  rows: number;
  lift: number | null;
  /** Both bounds one-sided at `risk` over the number of segments that were judged; null where it was not. */
  interval: readonly [number, number] | null;
  /** `harmed`: shown, after Holm's correction over all segments. `too-few`: not judged. */
  verdict: 'harmed' | 'gains' | 'unsure' | 'too-few';
}

export interface CandidateDecision {
  name: string;
  verdict: Verdict;
  /** Sentences, the decisive one first. */
  reasons: readonly string[];
  /** True where the upper bound lies below 0: it was shown to do worse than the baseline. */
  harmful: boolean;
  /** In the decision's measure. */
  lift: number | null;
  /** Both bounds one-sided at `risk` / (candidates · looks): all of them hold together. */
  interval: readonly [number, number] | null;
  standardError: number | null;
  /** One-sided risk of each bound of `interval`. */
  boundRisk: number;
  /** One-sided risk of the bound that decided: Holm's correction spends more where others are already decided. */
  decidedRisk: number;
  estimator: string;
  rule: string | null;
  coverage: MeasuredCoverage | null;
  /** In the log's reward unit per request. */
  value: number | null;
  effectiveSampleSize: number;
  effectiveRewards: number;
  /** Null where more rows are not what is missing. */
  moreRows: MoreRows | null;
  /** The largest share of traffic that is safe by the log; null where its bounds cannot be trusted. */
  mixture: Mixture | null;
  segments: readonly SegmentDecision[];
  /** Those that no interval knows of and that forbid a verdict. */
  blocking: readonly Warning[];
  /** The others. */
  doubts: readonly Warning[];
}

/** What `adsim launch --json` prints and `adsim ab` reads. */
export interface LaunchDecision {
  kind: 'launch';
  schemaVersion: 1;
  verdict: Verdict;
  /** The candidate that the verdict speaks of. */
  candidate: string;
  reasons: readonly string[];
  /** What the lower bound of the lift must reach. */
  minLift: number;
  measure: LiftMeasure;
  /** Chance of launching any candidate whose lift is below `minLift`, at most. */
  risk: number;
  power: number;
  /** How much of the baseline's reward may be lost at the lower bound, as a share (relative) or in the reward's unit. */
  tolerance: number;
  /** How often this decision will be asked of the growing log. */
  looks: number;
  rows: number;
  rewardUnit: string;
  baseline: {
    name: string;
    /** Reward per request. */
    value: number | null;
    /** Of the reward of one row. */
    variance: number;
    /** True where every reward is 0 or 1. */
    binary: boolean;
  };
  rowsPerDay: number | null;
  /** As they were given. */
  candidates: readonly CandidateDecision[];
  traffic: TrafficPlan | null;
}

/** For programs: a build that gates on `adsim launch` sees the verdict in the exit code. */
export const VERDICT_CODES: Readonly<Record<Verdict, number>> = { launch: 0, hold: 3, 'no-go': 4, 'cannot-tell': 5 };
