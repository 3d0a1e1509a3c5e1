/**
 * What a policy is worth, from a log that somebody brought: estimates, each with an interval whose rule was tried on made-up
 * logs like this one, and what the log's weights say about trusting them.
 */
import { basename } from 'node:path';
import type { Estimate, Random } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import { studentQuantile } from '../../core/quantiles.ts';
import { logDiagnosis } from '../../ope/diagnosis/log-diagnosis.ts';
import { effectiveSampleSize } from '../../ope/diagnostics.ts';
import { doubts } from '../../ope/doubts.ts';
import { besideHeld } from '../../ope/held-doubts.ts';
import { standardError } from '../../ope/intervals/delta.ts';
import { intervalRule } from '../../ope/intervals/registry.ts';
import type { IntervalSample } from '../../ope/intervals/rule.ts';
import { chooseEstimators, createEstimators } from '../../ope/registry.ts';
import type { EstimatorInput } from '../../ope/registry.ts';
import { chooseRule } from '../../ope/twin/choose-rule.ts';
import type { EstimatorCoverage } from '../../ope/twin/measure-coverage.ts';
import { pivotBounds, twinInterval, TWIN_T } from '../../ope/twin/pivots.ts';
import type { LogSource } from '../logs/source.ts';
import type { BroughtPolicy } from '../policies/policy.ts';
import type { ProgressListener } from '../progress.ts';
import { VERSION } from '../../version.ts';
import { checkFloor, checkRule, checkSuited } from './check-options.ts';
import { evidenceBlocks, segmentColumns, streams } from './evidence-blocks.ts';
import { gather } from './gather.ts';
import type { Gathered } from './gather.ts';
import { noInterval, noSpread, tooNarrow } from './interval-doubts.ts';
import { measured } from './measured.ts';
import type { CoverageEffort, Measured } from './measured.ts';
import { isWholeLog, wholeLogEstimates } from './whole-log-estimates.ts';
import { possibleWeight } from './possible-weight.ts';
import type { LogValue } from './results.ts';
import type { RewardModelKind } from './reward-model.ts';

export interface ValueOptions {
  /** Default: the usual ones, those left out that the policy does not allow. */
  estimators?: readonly EstimatorInput[] | undefined;
  level: number;
  coverage: CoverageEffort;
  /** A rule of `INTERVAL_RULES`; default: the simplest whose coverage holds. */
  rule?: string | undefined;
  /** The least probability that the behaviour policy gives any action, where it is known: it bounds the weights. */
  propensityFloor?: number | undefined;
  model: RewardModelKind;
  folds: number;
  /** Names of columns to look at the log by. */
  segments?: readonly string[];
  random: Random;
  /** Cells (rows × actions) up to which a log is held in memory, beyond which it streams. */
  mostCells?: number | undefined;
  onProgress?: ProgressListener | undefined;
}

const USUAL: readonly EstimatorInput[] = [
  'ips',
  'snips',
  'dm',
  'dr',
  'sndr',
  { kind: 'switch-dr', threshold: 'slope' },
  { kind: 'dros', lambda: 'slope' },
];

/** Rules that are as wide as the rows differ: where none differs they have nothing to say. */
const SPREAD_RULES: ReadonlySet<string> = new Set(['delta-t', 'delta-normal', TWIN_T]);
const NO_INTERVAL = [-Infinity, Infinity] as const;

/** True where the standard error is rounding, or there is none. */
const noWidth = (value: number, error: number): boolean => !(error > 1e-12 * Math.abs(value));

/** Printed where coverage was not measured. */
const USUAL_RULE = 'delta-t';

/** Throws `InputError` for a log, policy, estimator or rule that cannot be used. */
export async function valueLog(source: LogSource, policy: BroughtPolicy, options: ValueOptions): Promise<LogValue> {
  const { level, random, model, folds, rule } = options;
  if (rule !== undefined) checkRule(rule);
  if (rule === TWIN_T && options.coverage === 'off') {
    throw new InputError(`--rule ${TWIN_T}: it is made of the logs that measure coverage; leave --coverage off away`);
  }
  const named = options.estimators ?? USUAL;
  const { wanted, leftOut } = allowed(
    named.filter((one) => !isWholeLog(one)),
    policy.whole ? await whyNoModel(source, options) : LOGGED_ALONE,
    options.estimators !== undefined,
  );
  const wantsModel = createEstimators(wanted.map(plain)).some(({ needs }) => needs.includes('model'));
  const evidence = await evidenceBlocks(source, policy, {
    wantsModel,
    model,
    folds,
    random,
    mostCells: options.mostCells,
  });
  const estimators = evidence.whole
    ? chooseEstimators(wanted, evidence.whole.evidence)
    : createEstimators(wanted.map(plain));
  const weight = possibleWeight(options.propensityFloor);
  const rewardBounds = source.spec.rewardRange;
  const diagnosis = logDiagnosis({
    rows: source.rows,
    actions: source.spec.actions,
    wholePolicy: policy.whole,
    estimators,
    estimatedPropensities: evidence.estimatedPropensities,
    ...(rewardBounds && { rewardRange: rewardBounds }),
  });
  const found = await gather(evidence, estimators, {
    rows: source.rows,
    actions: source.spec.actions.length,
    random: random.stream('groups'),
    onBlock({ evidence: part, block }, first) {
      weight.add(part);
      diagnosis.add({ evidence: part, segments: segmentColumns(block, options.segments ?? []) });
      const done = first + part.log.size;
      options.onProgress?.({ stage: 'rows', done, total: source.rows, unit: 'rows' });
    },
  });
  checkFloor(options.propensityFloor, found.tally.diagnostics.smallestPropensity);
  const rewardRange = source.spec.rewardRange ?? (found.binary ? ([0, 1] as const) : undefined);
  const most = weight.largest();
  const bounds = estimators.map((estimator) =>
    rewardRange && most !== undefined ? estimator.bounds?.(most, rewardRange) : undefined,
  );
  const diagnostics = diagnosis.report();
  const tried = measured(found, estimators, bounds, {
    effort: options.coverage,
    level,
    rule,
    rows: source.rows,
    rewardRange,
    random: random.stream('coverage'),
  });
  const sampleOf = (e: number): IntervalSample => ({
    estimator: estimators[e],
    moments: found.tally.moments[e],
    groups: found.groups[e],
    ...(found.rows[e] && { rows: found.rows[e] }),
    ...(bounds[e] && { range: bounds[e] }),
    binary: found.binary,
    random: random.stream('interval'),
  });
  const wholeLog = (): Estimate[] => {
    const names = named.filter(isWholeLog);
    if (names.length === 0) return [];
    if (evidence.whole) {
      const setup = { ...options, rewardRange, largestWeight: most, random: random.stream('whole log') };
      return wholeLogEstimates(names, evidence.whole, found, setup);
    }
    throw new InputError(
      `--estimators: ${names[0]} needs the whole log in memory, and ${source.rows} rows are too many`,
    );
  };
  const samples = estimators.map((_, e) => sampleOf(e));
  if (rule !== undefined && rule !== TWIN_T) checkSuited(rule, samples);
  return {
    log: {
      path: source.path,
      layout: source.layout,
      rows: source.rows,
      actions: source.spec.actions.length,
      rewardUnit: source.spec.rewardUnit,
      skipped: source.skipped,
    },
    policy: { name: policy.name, whole: policy.whole },
    level,
    model: evidence.model,
    logged: loggedMean(found, level),
    estimates: [
      ...samples.map((sample, e) =>
        estimateOf(sample, found, tried?.estimators[e], { ...options, tried, rewardRange }),
      ),
      ...wholeLog(),
    ],
    leftOut,
    measured: tried && {
      worlds: tried.worlds,
      rows: tried.rows,
      estimators: estimators.flatMap(({ name }, e) => {
        const one = tried.estimators[e];
        return one ? [{ name, rules: one.rules }] : [];
      }),
    },
    diagnostics: { ...diagnostics, warnings: [...evidence.warnings, ...diagnostics.warnings, ...noSpread(found)] },
    signature: `ope|log:${basename(source.path)}|rows:${source.rows}|policy:${policy.name}|seed:${random.seed}|v:${VERSION}`,
  };
}

function estimateOf(
  sample: IntervalSample,
  { tally: { diagnostics } }: Gathered,
  tried: EstimatorCoverage | undefined,
  options: ValueOptions & { tried: Measured | null; rewardRange: readonly [number, number] | undefined },
): Estimate {
  const { estimator, moments } = sample;
  const { level, rule: forced, rewardRange } = options;
  const usual = forced !== undefined && forced !== TWIN_T ? forced : USUAL_RULE;
  const { rule, found: coverage, holds } = chooseRule(tried?.rules ?? [], level, usual);
  const warnings = doubts(diagnostics, estimator.name);
  const value = estimator.value(moments.sums, moments.count);
  const error = standardError(estimator, moments);
  const unsuited =
    SPREAD_RULES.has(rule) && noWidth(value, error)
      ? 'its rows show no spread to estimate one from'
      : rule === TWIN_T
        ? undefined
        : intervalRule(rule).unsuited(sample);
  if (unsuited !== undefined) warnings.push(noInterval(rule, unsuited));
  const estimate: Estimate = {
    estimator: estimator.name,
    value,
    interval:
      unsuited !== undefined
        ? NO_INTERVAL
        : rule === TWIN_T && tried
          ? twinInterval(value, error, pivotBounds(tried.pivots, level), rewardRange)
          : intervalRule(rule).interval(sample, level),
    level,
    rule,
    effectiveSampleSize: effectiveSampleSize(diagnostics),
    warnings,
  };
  if (unsuited !== undefined || !coverage || !options.tried) return estimate;
  const { worlds, rows } = options.tried;
  return {
    ...estimate,
    coverage: coverage.coverage,
    measured: { interval: coverage.interval, worlds, rows },
    warnings: holds ? besideHeld(warnings, { ...coverage, worlds }) : [...warnings, tooNarrow(coverage, level, worlds)],
  };
}

/** Why an estimator cannot be had, and what would help. */
interface Lack {
  why: string;
  remedy: string;
}

const LOGGED_ALONE: Lack = {
  why: 'it needs the odds of every action, and the policy states those of the logged action alone',
  remedy: 'give the whole policy',
};

/** The estimators that policy and log allow; one that was asked for by name and is not allowed is refused. */
function allowed(
  named: readonly EstimatorInput[],
  withoutModel: Lack | undefined,
  byName: boolean,
): { wanted: EstimatorInput[]; leftOut: LogValue['leftOut'] } {
  const wanted: EstimatorInput[] = [];
  const leftOut: { estimator: string; why: string }[] = [];
  for (const one of named) {
    const { name, needs } = createEstimators([plain(one)])[0];
    if (withoutModel === undefined || !needs.includes('model')) wanted.push(one);
    else if (byName) {
      throw new InputError(`--estimators: ${name}: ${withoutModel.why}; leave it out, or ${withoutModel.remedy}`);
    } else leftOut.push({ estimator: name, why: `${withoutModel.why}; ${withoutModel.remedy}` });
  }
  return { wanted, leftOut };
}

/** Why there will be no reward model; undefined where there will be one. */
async function whyNoModel(source: LogSource, { mostCells }: ValueOptions): Promise<Lack | undefined> {
  if (!streams(source, mostCells)) return undefined;
  for await (const { predicted } of source.blocks(1)) {
    if (predicted) return undefined;
    break;
  }
  return {
    why: `it needs a reward model, and ${source.rows} rows are too many to fit one to`,
    remedy: 'give its predictions as columns (predicted: in the map of columns)',
  };
}

/** The estimator with its parameter as it is by default. */
function plain(one: EstimatorInput): EstimatorInput {
  if (typeof one === 'string') return one;
  const { kind, ...given } = one;
  return Object.values(given).some((value) => typeof value === 'string') ? kind : one;
}

/** The mean of the logged rewards, with Student's t. */
function loggedMean({ reward: { count, sums, cross } }: Gathered, level: number): LogValue['logged'] {
  const value = sums[0] / count;
  const error = Math.sqrt(cross[0] / (count - 1) / count);
  if (noWidth(value, error)) return { value, interval: NO_INTERVAL, rule: 'student-t' };
  const half = studentQuantile(0.5 + level / 2, count - 1) * error;
  return { value, interval: [value - half, value + half], rule: 'student-t' };
}
