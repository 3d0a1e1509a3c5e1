/**
 * How often a nominal 95 % interval of DR holds the truth: measured on hundreds of small worlds where the truth is
 * known, at a high click rate and at an ad-like one. published.md B15 shows why the second falls short.
 */
import type { Evidence, ImpressionLog } from '../core/contracts.ts';
import { wilson } from '../core/intervals.ts';
import { matrix } from '../core/matrix.ts';
import type { Matrix } from '../core/matrix.ts';
import { randomFrom } from '../core/random.ts';
import type { Random } from '../core/random.ts';
import { banditLog } from '../ope/bandit-log.ts';
import { actionMeans, crossFit } from '../ope/cross-fit.ts';
import { dr } from '../ope/estimators/dr.ts';
import { evaluate } from '../ope/evaluate.ts';
import type { CoverageResult } from './results.ts';

/** A kind of small world. */
export interface CoverageSetting {
  /** For instance `high click rate`. */
  name: string;
  /** Click rate of an average creative. */
  clickRate: number;
}

export const COVERAGE_SETTINGS: readonly CoverageSetting[] = [
  { name: 'high click rate', clickRate: 0.3 },
  { name: 'ad-like click rate', clickRate: 0.015 },
];

/** Worlds [from, to) of one setting: a task for a worker process. */
export interface CoverageTask {
  kind: 'coverage';
  /** Name of a setting. */
  setting: string;
  from: number;
  to: number;
  /** Rows of each world's log. */
  rows: number;
  /** Nominal level. */
  level: number;
}

/** What some worlds showed; chunks add up. */
export interface CoverageChunk {
  worlds: number;
  /** Worlds whose interval held the truth. */
  hits: number;
  /** Sum over worlds of the true value of the evaluated policy. */
  truth: number;
  rule: string;
}

/** The logging policy's odds, and in reverse the evaluated policy's: the skew of published.md B15, largest weight 20. */
const SKEWED = [0.6, 0.2, 0.1, 0.07, 0.03];
const FOLDS = 2;

/** Measures some worlds. World i is the same whatever chunk it is in. Throws RangeError on an unknown setting. */
export async function coverageChunk(
  task: CoverageTask,
  onProgress: (worlds: number) => void = () => {},
): Promise<CoverageChunk> {
  const setting = COVERAGE_SETTINGS.find((s) => s.name === task.setting);
  if (!setting) throw new RangeError(`coverage: there is no setting "${task.setting}"`);
  const chunk: CoverageChunk = { worlds: 0, hits: 0, truth: 0, rule: '' };
  for (let world = task.from; world < task.to; world++) {
    const random = randomFrom('coverage').stream(setting.name, world);
    const { log, evaluation, truth } = smallWorld(setting, task.rows, random);
    // oxlint-disable-next-line no-await-in-loop -- one world after the other: workers run the chunks side by side
    const predicted = await crossFit(log, () => actionMeans(), FOLDS, random.stream('folds'));
    const evidence: Evidence = { log, evaluation, predicted };
    const [{ interval, rule }] = evaluate(evidence, [dr()], { level: task.level });
    chunk.worlds++;
    chunk.truth += truth;
    chunk.rule = rule;
    if (interval[0] <= truth && truth <= interval[1]) chunk.hits++;
  }
  onProgress(task.to - task.from);
  return chunk;
}

/** Adds chunks up, in any order. Throws RangeError on an empty list. */
export function mergeCoverage(
  setting: CoverageSetting,
  chunks: readonly CoverageChunk[],
  { rows, level }: { rows: number; level: number },
): CoverageResult {
  if (chunks.length === 0) throw new RangeError('coverage: no chunks');
  let worlds = 0;
  let hits = 0;
  let truth = 0;
  for (const chunk of chunks) {
    worlds += chunk.worlds;
    hits += chunk.hits;
    truth += chunk.truth;
  }
  const interval = wilson(hits, worlds);
  return {
    setting: setting.name,
    estimator: 'dr',
    rule: chunks[0].rule,
    worlds,
    rows,
    clickRate: truth / worlds,
    nominal: level,
    actual: hits / worlds,
    interval,
    fallsShort: interval[1] < level,
  };
}

/** The whole study of one setting in this process. */
export async function coverageStudy(
  setting: CoverageSetting,
  { worlds, rows, level }: { worlds: number; rows: number; level: number },
): Promise<CoverageResult> {
  const chunk = await coverageChunk({ kind: 'coverage', setting: setting.name, from: 0, to: worlds, rows, level });
  return mergeCoverage(setting, [chunk], { rows, level });
}

interface SmallWorld {
  log: ImpressionLog;
  evaluation: Matrix;
  truth: number;
}

/** Five creatives without context: the design of published.md B15. */
function smallWorld({ clickRate }: CoverageSetting, rows: number, random: Random): SmallWorld {
  const k = SKEWED.length;
  const spread = Math.min(1, 10 * clickRate);
  const rates = SKEWED.map((_, a) => Math.min(Math.max(clickRate + 0.02 * (a - 2) * spread, 0), 1));
  const action = new Int32Array(rows);
  const propensity = new Float64Array(rows);
  const reward = new Float64Array(rows);
  const evaluation = matrix(rows, k);
  for (let i = 0; i < rows; i++) {
    let u = random.uniform(i, 0);
    let a = 0;
    while (a < k - 1 && u >= SKEWED[a]) u -= SKEWED[a++];
    action[i] = a;
    propensity[i] = SKEWED[a];
    reward[i] = random.uniform(i, 1) < rates[a] ? 1 : 0;
    for (let b = 0; b < k; b++) evaluation.data[i * k + b] = SKEWED[k - 1 - b];
  }
  let truth = 0;
  for (let a = 0; a < k; a++) truth += SKEWED[k - 1 - a] * rates[a];
  return { log: banditLog({ actions: k, action, propensity, reward }), evaluation, truth };
}
