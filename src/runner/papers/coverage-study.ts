/** How often nominal 95 % intervals hold a truth that is known, on logs without context: by rule, click rate and overlap. */
import { matrix } from '../../core/matrix.ts';
import { normalQuantile } from '../../core/quantiles.ts';
import { randomFrom } from '../../core/random.ts';
import type { Sequence } from '../../core/random.ts';
import type { ImpressionLog } from '../../core/contracts.ts';
import { banditLog } from '../../ope/bandit-log.ts';
import { ips } from '../../ope/estimators/ips.ts';
import { snips } from '../../ope/estimators/snips.ts';
import { tally } from '../../ope/evaluate.ts';
import { empiricalBernstein } from '../../ope/intervals/bounded.ts';
import { deltaInterval } from '../../ope/intervals/delta.ts';
import type { CoverageStudy, CoverageSettingConfig } from './paper.ts';
import { judged, meanOf } from './verdict.ts';
import type { PaperRow } from './verdict.ts';

export interface CoverageStudyTask {
  kind: 'coverage-study';
  title: string;
  setting: Omit<CoverageSettingConfig, 'checks'>;
  level: number;
  /** Repetitions [from, to). */
  from: number;
  to: number;
}

type Interval = readonly [number, number];

/** By rule: an interval of each repetition. */
export interface CoverageStudyResult {
  truth: number;
  intervals: Record<CoverageRule, Interval[]>;
}

type CoverageRule = CoverageSettingConfig['checks'][number]['rule'];

/** Intervals on repetitions of a setting. Repetition i is the same whatever task it is in. */
export function coverageRepetitions(
  { title, setting, level, from, to }: CoverageStudyTask,
  onProgress: (repetitions: number) => void,
): CoverageStudyResult {
  const { behaviour, evaluation, rows } = setting;
  const k = behaviour.length;
  const rates = ratesOf(setting);
  const odds = matrix(rows, k);
  for (let i = 0; i < rows; i++) odds.data.set(evaluation, i * k);
  const truth = evaluation.reduce((sum, odd, a) => sum + odd * rates[a], 0);
  const largest = Math.max(...evaluation.map((odd, a) => odd / behaviour[a]));
  const intervals: CoverageStudyResult['intervals'] = {
    'ips-normal': [],
    'snips-delta': [],
    'snips-obp': [],
    'eb-sample-max': [],
    'eb-true-max': [],
  };
  for (let r = from; r < to; r++) {
    const random = randomFrom(`${title} ${setting.title} ${r}`);
    const log = drawnLog(behaviour, rates, rows, random.sequence());
    const estimators = [ips(), snips()];
    const { moments } = tally({ log, evaluation: odds }, estimators);
    const bernstein = (most: number): Interval => {
      const sample = { estimator: estimators[0], moments: moments[0], range: [0, most] as const, binary: true, random };
      // Each side at α, as the source has it, so nominal 1 − 2α.
      return empiricalBernstein.interval(sample, 2 * level - 1);
    };
    intervals['ips-normal'].push(deltaInterval(estimators[0], moments[0], level));
    intervals['snips-delta'].push(deltaInterval(estimators[1], moments[1], level));
    intervals['snips-obp'].push(asInObp(log, evaluation, level));
    intervals['eb-sample-max'].push(bernstein(largestTerm(log, evaluation)));
    intervals['eb-true-max'].push(bernstein(largest));
  }
  onProgress(to - from);
  return { truth, intervals };
}

/** A row for each check. */
export function coverageRows(
  paper: string,
  study: CoverageStudy,
  parts: readonly (readonly CoverageStudyResult[])[],
): PaperRow[] {
  return study.settings.flatMap(({ title, checks }, s) =>
    checks.map((check): PaperRow => {
      const all = parts[s].flatMap(({ truth, intervals }) =>
        intervals[check.rule].map(([low, high]) =>
          check.measure === 'width' ? high - low : low <= truth && truth <= high ? 1 : 0,
        ),
      );
      const { mean, error } = meanOf(all);
      const what = `${check.rule}: ${check.measure}`;
      return { paper, study: title, what, runs: all.length, ...judged(check, mean, error) };
    }),
  );
}

/** Click rates a little apart around the base. */
function ratesOf({ base, behaviour }: Pick<CoverageSettingConfig, 'base' | 'behaviour'>): number[] {
  const middle = (behaviour.length - 1) / 2;
  return behaviour.map((_, a) => Math.min(Math.max(base + 0.02 * (a - middle) * Math.min(1, 10 * base), 0), 1));
}

function drawnLog(odds: readonly number[], rates: readonly number[], rows: number, draw: Sequence): ImpressionLog {
  const action = new Int32Array(rows);
  const reward = new Uint8Array(rows);
  for (let i = 0; i < rows; i++) {
    let left = draw.uniform();
    let a = 0;
    while (a < odds.length - 1 && left >= odds[a]) left -= odds[a++];
    action[i] = a;
    reward[i] = draw.uniform() < rates[a] ? 1 : 0;
  }
  const propensity = Float64Array.from(action, (a) => odds[a]);
  return banditLog({ actions: odds.length, action, propensity, reward });
}

/** SNIPS ± z·sd(w·r / w̄) / √m: what a bootstrap of OBP's per-row values amounts to; the mean weight's own chance is missing. */
function asInObp({ size, decisions, outcomes }: ImpressionLog, evaluation: readonly number[], level: number): Interval {
  const weight = Float64Array.from(
    { length: size },
    (_, i) => evaluation[decisions.action[i]] / decisions.propensity[i],
  );
  const mean = weight.reduce((sum, w) => sum + w, 0) / size;
  const terms = Array.from(weight, (w, i) => (w * outcomes.reward[i]) / mean);
  const { mean: value, error } = meanOf(terms);
  const half = normalQuantile(0.5 + level / 2) * error;
  return [value - half, value + half];
}

/** The largest w·r of the log: all that somebody who does not know the bound can see of it. */
function largestTerm({ size, decisions, outcomes }: ImpressionLog, evaluation: readonly number[]): number {
  let most = 0;
  for (let i = 0; i < size; i++) {
    most = Math.max(most, (outcomes.reward[i] * evaluation[decisions.action[i]]) / decisions.propensity[i]);
  }
  return most;
}
