/**
 * How often a nominal 95 % interval of DR holds the truth: measured on hundreds of small worlds where the truth is
 * known, at a high click rate and at an ad-like one. published.md B15 shows why the second falls short.
 */
import type { Agent, ImpressionLog } from '../core/contracts.ts';
import { wilson } from '../core/intervals.ts';
import { impressionLog, slice } from '../core/log.ts';
import { matrix } from '../core/matrix.ts';
import type { Matrix } from '../core/matrix.ts';
import { randomFrom } from '../core/random.ts';
import { resolveWorld } from '../env/config.ts';
import { market } from '../env/market.ts';
import { syntheticCreatives } from '../env/synthetic-creatives.ts';
import { actionMeans, crossFit } from '../ope/cross-fit.ts';
import { dr } from '../ope/estimators/dr.ts';
import { evaluate } from '../ope/evaluate.ts';
import { playEpisode } from './episode.ts';
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

/** The logging policy's odds, and in reverse the evaluated policy's. Weights go up to 5. */
const LOGGED = [0.4, 0.25, 0.15, 0.12, 0.08];
const FOLDS = 2;
const USERS = 500;
const LANES = 50;
/** What a small world does without, to be drawn quickly. */
const QUICK = { population: { latentDimensions: 4 }, behaviour: { eventsPerUser: 0 } };

/** Measures some worlds. World i is the same whatever chunk it is in. Throws RangeError on an unknown setting. */
export async function coverageChunk(
  task: CoverageTask,
  onProgress: (worlds: number) => void = () => {},
): Promise<CoverageChunk> {
  const setting = COVERAGE_SETTINGS.find((s) => s.name === task.setting);
  if (!setting) throw new RangeError(`coverage: there is no setting "${task.setting}"`);
  const chunk = await measure(setting, task);
  onProgress(chunk.worlds);
  return chunk;
}

async function measure(
  setting: CoverageSetting,
  { from, to, rows, level }: Omit<CoverageTask, 'kind' | 'setting'>,
): Promise<CoverageChunk> {
  const chunk: CoverageChunk = { worlds: to - from, hits: 0, truth: 0, rule: '' };
  for (let world = from; world < to; world++) {
    const seed = `coverage of ${setting.name}, world ${world}`;
    const { log, evaluation, truth } = smallWorld(setting, rows, seed);
    // oxlint-disable-next-line no-await-in-loop -- one world after the other: workers run the chunks side by side
    const predicted = await crossFit(log, () => actionMeans(), FOLDS, randomFrom(seed).stream('folds'));
    const [{ interval, rule }] = evaluate({ log, evaluation, predicted }, [dr()], { level });
    chunk.truth += truth;
    chunk.rule = rule;
    if (interval[0] <= truth && truth <= interval[1]) chunk.hits++;
  }
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
  const chunk = await measure(setting, { from: 0, to: worlds, rows, level });
  return mergeCoverage(setting, [chunk], { rows, level });
}

interface SmallWorld {
  log: ImpressionLog;
  evaluation: Matrix;
  /** Mean over the log's rows of Σ_a π_e(a) truth(row, a). */
  truth: number;
}

/** A market of a few hundred users and five creatives, and the log that a policy with a favourite collects there. */
function smallWorld({ clickRate }: CoverageSetting, rows: number, seed: string): SmallWorld {
  const random = randomFrom(seed);
  const lanes = Math.min(LANES, rows);
  const config = resolveWorld({ users: USERS, lanes, categories: LOGGED.length, baseCtr: clickRate, ...QUICK });
  const creatives = syntheticCreatives({ categories: LOGGED.length, perCategory: 1 }, random);
  const environment = market(config, creatives);
  const log = impressionLog(environment.spec, { capacity: rows + lanes, truth: true });
  playEpisode({
    environment,
    agent: favourite(LOGGED),
    seed,
    requests: rows,
    random: random.stream('draws'),
    needsTruth: true,
    onTick: ({ requests, decisions, outcomes, truth }) => log.append(requests, decisions, outcomes, truth),
  });
  const kept = slice(log, 0, rows);
  const evaluation = matrix(rows, LOGGED.length);
  favourite(LOGGED.toReversed()).distribution(kept.requests, evaluation);
  let truth = 0;
  const expected = (kept.truth as Matrix).data;
  for (let at = 0; at < rows * LOGGED.length; at++) truth += evaluation.data[at] * expected[at];
  return { log: kept, evaluation, truth: truth / rows };
}

/** A policy of constant odds. */
function favourite(odds: readonly number[]): Agent {
  return {
    name: 'favourite',
    distribution(requests, out) {
      for (let i = 0; i < requests.size; i++) out.data.set(odds, i * odds.length);
    },
    bid(_, decisions) {
      decisions.bid.fill(0);
    },
    learn() {},
  };
}
