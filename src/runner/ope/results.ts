/** What `adsim ope` found: everything that its text, its JSON and its report say. */
import type { Estimate } from '../../core/contracts.ts';
import type { LogDiagnosis } from '../../ope/diagnosis/log-diagnosis.ts';
import type { RuleCoverage } from '../../ope/twin/hits.ts';
import type { Grouping, LogLayout, SkippedRows } from '../logs/source.ts';

export type { Figure } from '../../ope/diagnosis/check.ts';
export type { LogDiagnosis } from '../../ope/diagnosis/log-diagnosis.ts';

/**
 * The value of one policy on one log. As JSON, a value that is undefined and an interval's end at infinity are null: JSON
 * has neither.
 */
export interface LogValue {
  log: {
    path: string;
    layout: LogLayout;
    rows: number;
    /** k */
    actions: number;
    rewardUnit: string;
    skipped: readonly SkippedRows[];
    /** What is valued, where that is not a row: values are per episode or slate. */
    groups?: { kind: Grouping['kind']; count: number; longest: number };
  };
  policy: { name: string; whole: boolean };
  /** Nominal level of every interval. */
  level: number;
  /** What predicts rewards, in words; null where no estimator asked. */
  model: string | null;
  /** The mean reward of the log, which is what the policy that collected it was worth. */
  logged: { value: number; interval: readonly [number, number]; rule: string };
  estimates: readonly Estimate[];
  /** Usual estimators that this log or this policy does not allow. */
  leftOut: readonly { estimator: string; why: string }[];
  /** Coverage on made-up logs like this one; null where it was not asked for. */
  measured: MeasuredRules | null;
  /** What the log and the policy look like together, whatever the estimator. */
  diagnostics: LogDiagnosis;
  /** What it takes to get the same numbers again. */
  signature: string;
}

export interface MeasuredRules {
  worlds: number;
  /** Rows of each made-up log. */
  rows: number;
  estimators: readonly { name: string; rules: readonly RuleCoverage[] }[];
}
