/** Whether to launch, from a log that somebody brought: candidates on the same rows, bounds whose rule was tried on their twins. */
import type { Evidence, Random } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import type { Warning } from '../../core/warnings.ts';
import { logDiagnosis } from '../../ope/diagnosis/log-diagnosis.ts';
import { dr } from '../../ope/estimators/dr.ts';
import { ips } from '../../ope/estimators/ips.ts';
import { snips } from '../../ope/estimators/snips.ts';
import { standardError } from '../../ope/intervals/delta.ts';
import type { IntervalRule } from '../../ope/intervals/rule.ts';
import type { CoverageOf } from '../../ope/launch/bounds.ts';
import type { LaunchDecision } from '../../ope/launch/decision.ts';
import { DELTA_SKEW } from '../../ope/launch/delta-skew.ts';
import { lift } from '../../ope/launch/lift.ts';
import type { LiftMeasure } from '../../ope/launch/lift.ts';
import { measureCoverage } from '../../ope/twin/measure-coverage.ts';
import type { EstimatorCoverage } from '../../ope/twin/measure-coverage.ts';
import { pivotBounds, twinInterval, TWIN_T } from '../../ope/twin/pivots.ts';
import { twinOf } from '../../ope/twin/twin.ts';
import { launchOn } from '../launch/launch.ts';
import { segmentsOf } from '../launch/segment-columns.ts';
import type { LogSource } from '../logs/source.ts';
import type { BroughtPolicy } from '../policies/policy.ts';
import { evidenceBlocks, segmentColumns } from './evidence-blocks.ts';
import type { EvidenceBlock, SegmentColumns } from './evidence-blocks.ts';
import { EFFORT } from './measured.ts';
import type { CoverageEffort } from './measured.ts';
import type { RewardModelKind } from './reward-model.ts';
import { rowSample } from './row-sample.ts';

export interface LaunchLogOptions {
  /** `behaviour` or the policy that would be replaced. */
  baseline: 'behaviour' | BroughtPolicy;
  minLift: number;
  risk: number;
  measure: LiftMeasure;
  power: number;
  tolerance: number;
  /** How often the question has been asked of this log, this time included. */
  looks: number;
  coverage: CoverageEffort;
  /** Columns to look for harm by. */
  segments: readonly string[];
  model: RewardModelKind;
  folds: number;
  rowsPerDay: number | undefined;
  random: Random;
}

/** Throws `InputError` for a log or a policy that cannot be used, and for a log too long to hold in memory. */
export async function launchLog(
  source: LogSource,
  candidates: readonly BroughtPolicy[],
  options: LaunchLogOptions,
): Promise<LaunchDecision> {
  const { baseline, measure, coverage, random } = options;
  const policies = baseline === 'behaviour' ? candidates : [...candidates, baseline];
  const wantsModel = policies.every(({ whole }) => whole);
  const held = new Map<BroughtPolicy, Held>();
  // oxlint-disable-next-line no-await-in-loop -- one matrix of odds after the other
  for (const policy of policies) held.set(policy, await wholeOf(source, policy, { ...options, wantsModel }));
  const evidenceOf = (policy: BroughtPolicy): Evidence => (held.get(policy) as Held).evidence;
  const [{ block }] = held.values();
  const segments = options.segments.map((name) => segmentsOf(name, block.columns.get(name) ?? []));
  const decider = wantsModel ? dr() : snips();
  const asked = (name: string): Evidence => evidenceOf(candidates.find((one) => one.name === name) as BroughtPolicy);
  const tried = twins(asked, lift(decider, { measure }), { ...options, rows: source.rows });
  const measured = coverage !== 'off' && baseline === 'behaviour';
  const { minLift, risk, power, tolerance, looks } = options;
  return launchOn({
    minLift,
    risk,
    power,
    tolerance,
    looks,
    measure,
    candidates: candidates.map((policy) => {
      const { evidence, warnings } = held.get(policy) as Held;
      const found = diagnosisOf(evidence, policy, source, segmentColumns(block, options.segments));
      return { name: policy.name, evidence, diagnosis: [...warnings, ...found] };
    }),
    baseline: baseline === 'behaviour' ? baseline : { name: baseline.name, evidence: evidenceOf(baseline) },
    estimators: wantsModel ? [decider, snips()] : [decider, ips()],
    segments,
    rowsPerDay: options.rowsPerDay ?? null,
    random: random.stream('launch'),
    ...(measured && { rules: (name) => [DELTA_SKEW, tried.rule(name)], coverage: tried.coverage }),
  });
}

/** A candidate on the whole log, with doubts about propensities that had to be estimated. */
type Held = EvidenceBlock & { warnings: readonly Warning[] };

async function wholeOf(
  source: LogSource,
  policy: BroughtPolicy,
  options: LaunchLogOptions & { wantsModel: boolean },
): Promise<Held> {
  const { whole, warnings } = await evidenceBlocks(source, policy, options);
  if (whole) return { ...whole, warnings };
  throw new InputError(
    `${source.path}: ${source.rows} rows of ${source.spec.actions.length} actions are too many to decide a launch on in memory; give a random part of them (adsim ope values logs of any length)`,
  );
}

function diagnosisOf(evidence: Evidence, policy: BroughtPolicy, source: LogSource, segments: SegmentColumns) {
  const diagnosis = logDiagnosis({
    rows: source.rows,
    actions: source.spec.actions,
    wholePolicy: policy.whole,
    estimators: evidence.predicted ? [dr(), snips()] : [snips()],
    estimatedPropensities: !source.propensities,
  });
  diagnosis.add({ evidence, segments });
  return diagnosis.report().warnings;
}

/** What the twins of the candidates say of the rules for their lift, each asked once. */
function twins(
  evidenceOf: (candidate: string) => Evidence,
  lifted: ReturnType<typeof lift>,
  { measure, coverage: effort, rows, random }: LaunchLogOptions & { rows: number },
): { rule: (candidate: string) => IntervalRule; coverage: CoverageOf } {
  const found = new Map<string, EstimatorCoverage>();
  const { worlds, rows: most } = EFFORT[effort === 'full' ? 'full' : 'quick'];
  const ask = (candidate: string, level: number): EstimatorCoverage => {
    const key = JSON.stringify([candidate, level]);
    const known = found.get(key);
    if (known) return known;
    const sample = rowSample(rows);
    sample.add(evidenceOf(candidate), 0);
    const twin = twinOf(sample.evidence());
    const { truth, loggedTruth } = twin;
    const [one] = measureCoverage(twin, [lifted], [DELTA_SKEW], {
      level,
      rows: Math.min(rows, most),
      worlds,
      random: random.stream('coverage', candidate),
      ranges: [undefined],
      keepRows: true,
      truths: [measure === 'relative' ? truth / loggedTruth - 1 : truth - loggedTruth],
    });
    found.set(key, one);
    return one;
  };
  return {
    coverage({ candidate, rule, level }) {
      const one = ask(candidate, level).rules.find((other) => other.rule === rule);
      return one && { worlds, level, actual: one.coverage, tooHigh: one.tooHigh, tooLow: one.tooLow };
    },
    rule: (candidate) => ({
      name: TWIN_T,
      summary: 'Quantiles of how far lifts fell from the truth on made-up logs like this one.',
      reference: 'Efron & Tibshirani 1993, §12.5, with the log’s twin',
      unsuited: () => undefined,
      interval(sample, level) {
        // Parts of the log have fewer rows than its twin, and heavier tails.
        if (sample.moments.count !== rows) return DELTA_SKEW.interval(sample, level);
        const value = sample.estimator.value(sample.moments.sums, rows);
        const bounds = pivotBounds(ask(candidate, level).pivots, level);
        return twinInterval(value, standardError(sample.estimator, sample.moments), bounds);
      },
    }),
  };
}
