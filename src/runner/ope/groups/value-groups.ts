/**
 * What a policy is worth over whole episodes or pages, from a log that somebody brought: estimates with intervals over groups
 * of rows, each rule tried on logs made of the same groups.
 */
import { basename } from 'node:path';
import type { Estimate, Random } from '../../../core/contracts.ts';
import { InputError } from '../../../core/errors.ts';
import { matrix } from '../../../core/matrix.ts';
import { studentQuantile } from '../../../core/quantiles.ts';
import type { Warning } from '../../../core/warnings.ts';
import type { Figure } from '../../../ope/diagnosis/check.ts';
import { smallestEffectiveSize, weightDoubts } from '../../../ope/weight-doubts.ts';
import { rowEstimate } from '../../../ope/row-estimator.ts';
import { chooseRule } from '../../../ope/twin/choose-rule.ts';
import type { EstimatorCoverage } from '../../../ope/twin/measure-coverage.ts';
import { measureRows } from '../../../ope/twin/measure-rows.ts';
import { pivotBounds, twinInterval, TWIN_T } from '../../../ope/twin/pivots.ts';
import { VERSION } from '../../../version.ts';
import type { Grouping, LogSource } from '../../logs/source.ts';
import type { BroughtPolicy } from '../../policies/policy.ts';
import type { ProgressListener } from '../../progress.ts';
import { noInterval, tooNarrow } from '../interval-doubts.ts';
import { EFFORT } from '../measured.ts';
import type { CoverageEffort } from '../measured.ts';
import type { LogValue } from '../results.ts';
import { episodeEvidence, slateEvidence } from './evidence.ts';
import type { GroupEstimator, GroupEvidence } from './evidence.ts';
import { readGroups } from './read-groups.ts';
import type { GroupedRows } from './read-groups.ts';

export interface GroupOptions {
  /** Names of episode or slate estimators; default: those that the log allows. */
  estimators?: readonly string[] | undefined;
  /** γ in [0, 1] of episodes; default 1. */
  discount?: number | undefined;
  level: number;
  coverage: CoverageEffort;
  random: Random;
  onProgress?: ProgressListener | undefined;
}

/** Contributions (groups × columns) kept to draw made-up logs from; of longer logs every so many groups. */
const MOST_CELLS = 2e7;
/** Printed where coverage was not measured. */
const USUAL_RULE = 'delta-t';

/** Throws `InputError` for a log, policy or estimator that cannot be used, naming the row or the group. */
export async function valueGroups(
  source: LogSource & { grouping: Grouping },
  policy: BroughtPolicy,
  options: GroupOptions,
): Promise<LogValue> {
  const { grouping, spec } = source;
  const { level, random, discount } = options;
  const { kind } = grouping;
  if (!source.propensities) {
    throw new InputError(
      `${source.path}: it has no propensities, and those of whole ${kind}s are not estimated; give their column (propensity: in the map of columns)`,
    );
  }
  if (source.skipped.length > 0) {
    throw new InputError(
      `--skip-bad: ${kind}s that miss a row are other ${kind}s (${source.skipped[0].first}); leave whole ${kind}s out of the file`,
    );
  }
  if (kind === 'slate' && discount !== undefined) {
    throw new InputError('--discount: places of a page are seen at once; it is for episodes');
  }
  const rows = await readGroups(source, grouping, policy, options.onProgress);
  const found =
    kind === 'episode'
      ? episodeEvidence(rows, discount ?? 1, options.estimators)
      : slateEvidence(rows, options.estimators);
  const effort = options.coverage === 'off' || rows.size < 2 ? undefined : EFFORT[options.coverage];
  const worlds = effort && { worlds: effort.worlds, rows: Math.min(rows.size, effort.rows) };
  const tried = found.estimators.map((one, e) =>
    worlds && one.measurable
      ? measureRows(one.estimator, contributionsOf(found, one), {
          ...worlds,
          level,
          random: random.stream('coverage', e),
        })
      : undefined,
  );
  const estimates = found.estimators.map((one, e) => estimateOf(found, one, tried[e], { level, kind, worlds }));
  return {
    log: {
      path: source.path,
      layout: source.layout,
      rows: source.rows,
      actions: spec.actions.length,
      rewardUnit: spec.rewardUnit,
      skipped: source.skipped,
      groups: { kind, count: rows.size, longest: found.longest },
    },
    policy: { name: policy.name, whole: policy.whole },
    level,
    model: rows.model ? 'the predictions in the log' : null,
    logged: loggedMean(rows, discount ?? 1, level),
    estimates,
    leftOut: [],
    measured: worlds
      ? {
          ...worlds,
          estimators: found.estimators.flatMap(({ estimator: { name } }, e) => {
            const one = tried[e];
            return one ? [{ name, rules: one.rules }] : [];
          }),
        }
      : null,
    diagnostics: {
      figures: figuresOf(found, rows, kind),
      warnings: [...cutShort(rows, kind), ...withReplacement(policy, kind)],
      byAction: [],
      bySegment: [],
      reliability: [],
    },
    signature: `ope|log:${basename(source.path)}|${kind}:${grouping.column}|rows:${source.rows}|policy:${policy.name}|seed:${random.seed}|v:${VERSION}`,
  };
}

function contributionsOf({ evidence }: GroupEvidence, { estimator }: GroupEstimator) {
  const n = evidence.size;
  const step = Math.ceil((n * estimator.columns) / MOST_CELLS);
  const kept = matrix(Math.ceil(n / step), estimator.columns);
  if (step === 1) {
    estimator.contributions(evidence, kept, 0, n);
    return kept;
  }
  const one = matrix(1, estimator.columns);
  for (let i = 0; i < kept.rows; i++) {
    estimator.contributions(evidence, one, i * step, i * step + 1);
    kept.data.set(one.data, i * estimator.columns);
  }
  return kept;
}

function estimateOf(
  { evidence }: GroupEvidence,
  { estimator }: GroupEstimator,
  tried: EstimatorCoverage | undefined,
  {
    level,
    kind,
    worlds,
  }: { level: number; kind: Grouping['kind']; worlds: { worlds: number; rows: number } | undefined },
): Estimate {
  const n = evidence.size;
  const { value, error } = rowEstimate(estimator, n, (out, from, to) =>
    estimator.contributions(evidence, out, from, to),
  );
  const { rule, found, holds } = chooseRule(tried?.rules ?? [], level, USUAL_RULE);
  const weights = estimator.weights?.(evidence);
  const warnings = weights ? weightDoubts(weights, n, kind) : [];
  const known = error > 1e-12 * Math.abs(value);
  if (!known) warnings.push(noInterval(rule, `its ${kind}s show no spread to estimate one from`));
  const half = known ? studentQuantile(0.5 + level / 2, n - 1) * error : Infinity;
  const estimate: Estimate = {
    estimator: estimator.name,
    value,
    interval:
      known && rule === TWIN_T && tried
        ? twinInterval(value, error, pivotBounds(tried.pivots, level))
        : [value - half, value + half],
    level,
    rule,
    effectiveSampleSize: weights ? smallestEffectiveSize(weights, n) : n,
    warnings,
  };
  if (!known || !found || !worlds) return estimate;
  const narrow = (): Warning => ({
    ...tooNarrow(found, level, worlds.worlds),
    advice: `read it as too narrow: collect more ${kind}s, or use an estimator whose weights span fewer rows`,
  });
  return {
    ...estimate,
    coverage: found.coverage,
    measured: { interval: found.interval, ...worlds },
    warnings: holds ? warnings : [...warnings, narrow()],
  };
}

/** The mean of what groups brought, with Student's t. */
function loggedMean({ size: n, offset, reward }: GroupedRows, discount: number, level: number): LogValue['logged'] {
  let [mean, squares] = [0, 0];
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let at = offset[i + 1] - 1; at >= offset[i]; at--) sum = reward[at] + discount * sum;
    const gap = sum - mean;
    mean += gap / (i + 1);
    squares += gap * (sum - mean);
  }
  const error = Math.sqrt(squares / (n - 1) / n);
  const half = error > 1e-12 * Math.abs(mean) ? studentQuantile(0.5 + level / 2, n - 1) * error : Infinity;
  return { value: mean, interval: [mean - half, mean + half], rule: 'student-t' };
}

function figuresOf(
  { weight, effective, longest }: GroupEvidence,
  { size: n, offset }: GroupedRows,
  kind: Grouping['kind'],
): Figure[] {
  const whole = smallestEffectiveSize(weight, n);
  const title = kind === 'episode' ? 'Episode' : 'Slate';
  const figures: Figure[] = [
    { name: `${kind}s`, label: `${title}s`, value: n, unit: '' },
    { name: 'mean-length', label: `Rows of one ${kind}, on average`, value: offset[n] / n, unit: '' },
    { name: 'longest', label: `Rows of the longest ${kind}`, value: longest, unit: '' },
    { name: 'effective-groups', label: `Effective ${kind}s, weighed whole`, value: whole, unit: '' },
  ];
  const middle = Math.floor((longest - 1) / 2);
  if (longest > 2) {
    figures.push({
      name: 'effective-groups-half-way',
      label: `Effective ${kind}s down to row ${middle + 1}`,
      value: effective[middle],
      unit: '',
    });
  }
  figures.push({
    name: 'largest-weight',
    label: `Largest weight of a whole ${kind}`,
    value: weight.reduce((a, b) => Math.max(a, b), 0),
    unit: '',
  });
  return figures;
}

/** A rule is asked for each place by itself, and so may show there what stands above. */
function withReplacement({ fromColumns }: BroughtPolicy, kind: Grouping['kind']): Warning[] {
  if (kind !== 'slate' || fromColumns) return [];
  return [
    {
      kind: 'places-by-themselves',
      message: 'the policy’s odds are those of each place by itself, whatever stands above',
      advice: 'where a page shows nothing twice they are too low: give the odds given the places above as a column',
    },
  ];
}

/** Episodes that the log's end cut are worth what was seen of them. */
function cutShort({ cut, size }: GroupedRows, kind: Grouping['kind']): Warning[] {
  if (kind !== 'episode' || !(cut > 0)) return [];
  return [
    {
      kind: 'cut-episodes',
      message: `${cut} of ${size} episodes had not ended when the log did`,
      advice: 'they count as far as they were seen; leave them out where most of what they bring comes late',
    },
  ];
}
