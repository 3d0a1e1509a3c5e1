/** All that can be told of a log and an evaluation policy before anyone believes an estimate: every check in one pass. */
import type { Estimator } from '../../core/contracts.ts';
import type { Warning } from '../../core/warnings.ts';
import { rowTerms } from '../evidence.ts';
import type { Check, DiagnosisBlock, Figure } from './check.ts';
import { confounding } from './confounding.ts';
import { drift } from './drift.ts';
import { duplicatedRows } from './duplicated-rows.ts';
import { effectiveRows } from './effective-rows.ts';
import { eligibility } from './eligibility.ts';
import { heavyRows } from './heavy-rows.ts';
import { overlapShare } from './overlap-share.ts';
import { propensityCalibration } from './propensity-calibration.ts';
import type { ReliabilityBin } from './propensity-calibration.ts';
import { propensitySource } from './propensity-source.ts';
import { sampleRatio } from './sample-ratio.ts';
import { segmentSupport } from './segment-support.ts';
import type { SegmentFinding } from './segment-support.ts';
import { meanWeight } from './mean-weight.ts';
import { neededRowsFigures } from './needed-rows.ts';
import { negativeControl } from './negative-control.ts';
import { weightTail } from './weight-tail.ts';
import { support } from './support.ts';
import type { ActionFinding } from './support.ts';

export type { DiagnosisBlock, Figure } from './check.ts';
export type { ReliabilityBin } from './propensity-calibration.ts';
export type { SegmentFinding } from './segment-support.ts';
export type { ActionFinding } from './support.ts';

/** What must be known before the first row. */
export interface DiagnosisSetup {
  /** m: how many rows will come. */
  rows: number;
  /** (k) names. */
  actions: readonly string[];
  /** False where only the evaluation policy's odds of the logged actions are known. Default true. */
  wholePolicy?: boolean;
  /** p_min of the overlap share, in (0, 1). Default: a tenth of an even share. */
  floor?: number;
  /** True where the propensities were fitted to the log. Default false. */
  estimatedPropensities?: boolean;
  /** Those that the negative control asks for the value of the behaviour policy. Default: none. */
  estimators?: readonly Estimator[];
  /** Nominal level of the interval that the needed rows are for, in (0, 1). Default 0.95. */
  level?: number;
  /** Its half-width, in the unit of the reward. Default: a tenth of the mean reward. */
  target?: number;
  /** Known bounds of the reward. */
  rewardRange?: readonly [number, number];
}

/** What the log looks like, for people and programs. */
export interface LogDiagnosis {
  figures: readonly Figure[];
  warnings: readonly Warning[];
  /** (k) in the order of the actions. */
  byAction: readonly ActionFinding[];
  /** In the order in which segments came; empty without segments. */
  bySegment: readonly SegmentFinding[];
  /** Propensities beside what came of them; empty where π_b is not known whole. */
  reliability: readonly ReliabilityBin[];
}

export interface Diagnosing {
  /** The next rows of the log, in its order. Throws RangeError where more rows come than were announced. */
  add(block: DiagnosisBlock): void;
  report(): LogDiagnosis;
}

/** Rows may come in blocks of any size: the report is the same. Evidence must be sound (`checkRows`). */
export function logDiagnosis(setup: DiagnosisSetup): Diagnosing {
  const { rows, actions, wholePolicy = true, floor = 0.1 / actions.length } = setup;
  const estimated = setup.estimatedPropensities ?? false;
  const supported = support(actions, wholePolicy);
  const segmented = segmentSupport(actions, wholePolicy);
  const calibrated = propensityCalibration(actions);
  const checks: readonly Check[] = [
    effectiveRows(),
    heavyRows(rows),
    meanWeight(),
    weightTail(rows),
    supported,
    segmented,
    overlapShare(actions.length, floor, wholePolicy),
    sampleRatio(actions),
    calibrated,
    propensitySource(estimated),
    drift(rows, actions),
    duplicatedRows(rows),
    negativeControl(setup.estimators ?? []),
    confounding(estimated),
    neededRowsFigures({ level: setup.level ?? 0.95, target: setup.target, rewardRange: setup.rewardRange }),
    eligibility(actions, wholePolicy),
  ];
  let first = 0;
  return {
    add(block) {
      const n = block.evidence.log.size;
      if (first + n > rows) throw new RangeError(`logDiagnosis: row ${first + n} of a log of ${rows} rows`);
      const weight = (block.weight ?? rowTerms(block.evidence).weight).subarray(0, n);
      for (const check of checks) check.add({ ...block, first, weight });
      first += n;
    },
    report() {
      const found = checks.map((check) => check.report());
      return {
        figures: found.flatMap(({ figures }) => figures),
        warnings: found.flatMap(({ warnings }) => warnings),
        byAction: supported.byAction(),
        bySegment: segmented.bySegment(),
        reliability: calibrated.reliability(),
      };
    },
  };
}
