/**
 * How often a nominal 95 % interval of DR holds the truth: measured on hundreds of small worlds where the truth is
 * known, at a high click rate and at an ad-like one. where clicks are few or weights are large it falls short.
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
  /** The logging policy's odds, and in reverse the evaluated policy's. */
  odds: readonly number[];
}

/** Weights up to 5: the click rate alone decides. */
const MILD = [0.4, 0.25, 0.15, 0.12, 0.08];
/** Weights up to 20: a logging policy with a strong favourite. */
const STRONG = [0.6, 0.2, 0.1, 0.07, 0.03];

export const COVERAGE_SETTINGS: readonly CoverageSetting[] = [
  { name: 'high click rate, weights up to 5', clickRate: 0.3, odds: MILD },
  { name: 'ad-like click rate, weights up to 5', clickRate: 0.015, odds: MILD },
  { name: 'high click rate, weights up to 20', clickRate: 0.3, odds: STRONG },
  { name: 'ad-like click rate, weights up to 20', clickRate: 0.015, odds: STRONG },
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
  const { from, to, rows, level } = task;
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
  onProgress(chunk.worlds);
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

interface SmallWorld {
  log: ImpressionLog;
  evaluation: Matrix;
  /** Mean over the log's rows of Σ_a π_e(a) truth(row, a). */
  truth: number;
}

/** A market of a few hundred users and five creatives, and the log that a policy with a favourite collects there. */
function smallWorld({ clickRate, odds }: CoverageSetting, rows: number, seed: string): SmallWorld {
  const random = randomFrom(seed);
  const lanes = Math.min(LANES, rows);
  const config = resolveWorld({ users: USERS, lanes, categories: odds.length, baseCtr: clickRate, ...QUICK });
  const creatives = syntheticCreatives({ categories: odds.length, perCategory: 1 }, random);
  const environment = market(config, creatives);
  const log = impressionLog(environment.spec, { capacity: rows + lanes, truth: true });
  playEpisode({
    environment,
    agent: favourite(odds),
    seed,
    requests: rows,
    random: random.stream('draws'),
    needsTruth: true,
    onTick: ({ requests, decisions, outcomes, truth }) => log.append(requests, decisions, outcomes, truth),
  });
  const kept = slice(log, 0, rows);
  const evaluation = matrix(rows, odds.length);
  favourite(odds.toReversed()).distribution(kept.requests, evaluation);
  let truth = 0;
  const expected = (kept.truth as Matrix).data;
  for (let at = 0; at < rows * odds.length; at++) truth += evaluation.data[at] * expected[at];
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
