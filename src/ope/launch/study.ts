/** What one candidate's rows say, before anything is decided: the sample for intervals, and every doubt about it. */
import type { Estimator, Evidence } from '../../core/contracts.ts';
import { matrix } from '../../core/matrix.ts';
import type { Random } from '../../core/random.ts';
import { distinctWarnings } from '../../core/warnings.ts';
import type { Warning } from '../../core/warnings.ts';
import { effectiveRewards, effectiveSampleSize } from '../diagnostics.ts';
import { doubts } from '../doubts.ts';
import { tally } from '../evaluate.ts';
import { withTerms } from '../evidence.ts';
import { standardError } from '../intervals/delta.ts';
import type { IntervalSample } from '../intervals/rule.ts';
import { addRows, moments } from '../moments.ts';
import type { Moments } from '../moments.ts';
import { disagreement, lift } from './lift.ts';
import type { LiftMeasure, PairedEvidence } from './lift.ts';

/** A policy that might be launched, with all rows of the log. */
export interface LaunchCandidate {
  name: string;
  evidence: Evidence;
  /** What the diagnosis of this policy on this log warned of. */
  diagnosis?: readonly Warning[];
}

export interface CandidateStudy {
  name: string;
  /** The estimator of values, for instance `dr`. */
  estimator: Estimator;
  /** Of the lift over the baseline. */
  sample: IntervalSample;
  value: number;
  baselineValue: number;
  /** (m) importance weights. */
  weight: Float64Array;
  effectiveSampleSize: number;
  effectiveRewards: number;
  blocking: Warning[];
  doubts: Warning[];
}

/**
 * Doubts that no interval knows of: where one is raised, nothing is decided. Thin evidence is among them, because an
 * interval's own width is estimated from it.
 */
export const BLOCKING_DOUBTS: ReadonlySet<string> = new Set([
  'no-support',
  'no-overlap',
  'no-rewards',
  'mean-weight',
  'low-effective-sample-size',
  'few-rewards',
  'sample-ratio-mismatch',
  'propensities-miscalibrated',
  'propensity-mismatch',
  'estimated-propensities',
  'zero-propensity',
  'ineligible-logged',
  'negative-control',
  'estimates-disagree',
  'baseline-near-zero',
]);

/** Standard errors between two estimates of one value that chance explains; more, and one of them is biased (1 in 1,000). */
const DISAGREEMENT = 3.3;

export interface StudyOptions {
  /** Another policy that the candidate would replace; the logged one where it is left out. */
  baseline?: Evidence;
  measure: LiftMeasure;
  /** The first decides; the second is held against it. */
  estimators: readonly [Estimator, Estimator];
  random: Random;
}

/** Throws `InputError` on bad evidence, naming the row. */
export function study({ name, evidence, diagnosis = [] }: LaunchCandidate, options: StudyOptions): CandidateStudy {
  const { measure, random } = options;
  const [first, second] = options.estimators;
  const m = evidence.log.size;
  const found = tally(evidence, [first, second]);
  const whole = withTerms(evidence);
  const paired: PairedEvidence = { ...whole };
  // What the diagnosis says it says with more detail.
  const told = new Set(diagnosis.map(({ kind }) => kind));
  const raised = [...diagnosis, ...doubts(found.diagnostics, first.name).filter(({ kind }) => !told.has(kind))];
  if (options.baseline) {
    const other = tally(options.baseline, [first]);
    paired.baseline = withTerms(options.baseline);
    const about = doubts(other.diagnostics, first.name);
    raised.push(...about.map((one) => ({ ...one, message: `of the baseline: ${one.message}` })));
  }
  const contrast = lift(first, { measure });
  const rows = matrix(m, contrast.columns);
  contrast.contributions(paired, rows);
  const sums = moments(contrast.columns);
  addRows(sums, rows);
  const c = first.columns;
  const baselineValue = first.value(sums.sums.subarray(c), m);
  raised.push(...disagreementOf(first, second, whole), ...weakBaseline(first, sums, measure));
  const all = distinctWarnings(raised);
  const { rewardedRows, rows: counted } = found.diagnostics;
  const size = effectiveSampleSize(found.diagnostics);
  const owed = (size * rewardedRows) / counted;
  const blocks = ({ kind }: Warning): boolean =>
    BLOCKING_DOUBTS.has(kind) && !(kind === 'few-rewards' && owed >= EXPECTED_REWARDS);
  return {
    name,
    estimator: first,
    sample: { estimator: contrast, moments: sums, rows, binary: isBinary(evidence.log.outcomes.reward, m), random },
    value: first.value(sums.sums, m),
    baselineValue,
    weight: whole.terms.weight,
    effectiveSampleSize: size,
    effectiveRewards: effectiveRewards(found.diagnostics),
    blocking: all.filter(blocks),
    doubts: all.filter((one) => !blocks(one)),
  };
}

/** Rewards that the candidate's effective rows would bring at the baseline's rate: with so many, few are its own doing. */
const EXPECTED_REWARDS = 60;

/** Two unbiased estimates of one value on the same rows: their difference has a standard error of its own. */
function disagreementOf(first: Estimator, second: Estimator, evidence: Evidence): Warning[] {
  const gap = disagreement(first, second);
  const rows = matrix(evidence.log.size, gap.columns);
  gap.contributions(evidence, rows);
  const sums = moments(gap.columns);
  addRows(sums, rows);
  const distance = gap.value(sums.sums, sums.count);
  const error = standardError(gap, sums);
  // Rounding is no disagreement: two estimates that agree exactly have no standard error either.
  if (!(Math.abs(distance) > DISAGREEMENT * error + 1e-9 * Math.abs(first.value(sums.sums, sums.count)))) return [];
  return [
    {
      kind: 'estimates-disagree',
      message: `${first.name} and ${second.name} are ${(Math.abs(distance) / error).toFixed(1)} standard errors of their difference apart`,
      advice: 'chance does not explain that: propensities, support or the reward model are wrong; find out which',
    },
  ];
}

/** A lift over nothing is no number. */
function weakBaseline(estimator: Estimator, { sums, cross, count }: Moments, measure: LiftMeasure): Warning[] {
  if (measure === 'absolute') return [];
  const c = estimator.columns;
  const own = moments(c);
  own.count = count;
  own.sums.set(sums.subarray(c));
  for (let a = 0; a < c; a++) {
    for (let b = 0; b < c; b++) own.cross[a * c + b] = cross[(c + a) * 2 * c + c + b];
  }
  const value = estimator.value(own.sums, count);
  if (value > 3 * standardError(estimator, own)) return [];
  return [
    {
      kind: 'baseline-near-zero',
      message: `the baseline's value, ${value.toPrecision(3)}, is not clearly above 0`,
      advice: 'a lift relative to it means nothing: ask for the difference instead (--measure absolute)',
    },
  ];
}

function isBinary(reward: Float64Array, m: number): boolean {
  for (let i = 0; i < m; i++) if (reward[i] !== 0 && reward[i] !== 1) return false;
  return true;
}
