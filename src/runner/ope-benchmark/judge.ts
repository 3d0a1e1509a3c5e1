/** Some logs of one world, every estimator on every candidate: a task for a worker process. */
import { existsSync } from 'node:fs';
import { randomFrom } from '../../core/random.ts';
import type { Random } from '../../core/random.ts';
import type { Classified } from '../../env/classic/classification.ts';
import { crossFit } from '../../ope/cross-fit.ts';
import { evaluate } from '../../ope/evaluate.ts';
import { chooseEstimators } from '../../ope/registry.ts';
import type { EstimatorInput } from '../../ope/registry.ts';
import { readClassified } from '../papers/classified.ts';
import { classifiedBandit } from './classified-bandit.ts';
import type { BenchmarkWorld } from './config.ts';
import type { JudgedLog } from './judged-log.ts';
import { marketLog } from './market-log.ts';
import { obpSynthetic } from './obp-synthetic.ts';

export interface BenchmarkTask {
  kind: 'ope-benchmark';
  world: BenchmarkWorld;
  /** Of classified rows; empty elsewhere. */
  file: string;
  estimators: readonly EstimatorInput[];
  level: number;
  folds: number;
  /** Seeds [from, to). */
  from: number;
  to: number;
}

/** One estimate of one candidate. */
export interface Judged {
  /** NaN where the estimator is undefined on the log. */
  value: number;
  interval: readonly [number, number];
}

/** One log. */
export interface JudgedSeed {
  rows: number;
  behaviourTruth: number;
  /** (candidates) */
  truths: number[];
  /** (candidates) effective sample size. */
  effectiveSampleSizes: number[];
  /** (estimators)(candidates) */
  estimates: Judged[][];
}

export interface BenchmarkResultPart {
  /** False where the data set is not there. */
  found: boolean;
  candidates: string[];
  estimators: string[];
  seeds: JudgedSeed[];
}

/** Judges some seeds. A seed is the same whatever task it is in. */
export async function judgeSeeds(
  task: BenchmarkTask,
  onProgress: (logs: number) => void,
): Promise<BenchmarkResultPart> {
  const { world, file, estimators, level, folds, from, to } = task;
  const part: BenchmarkResultPart = {
    found: file === '' || existsSync(file),
    candidates: [],
    estimators: [],
    seeds: [],
  };
  if (!part.found) {
    onProgress(to - from);
    return part;
  }
  const data = file === '' ? undefined : readClassified(file);
  for (let seed = from; seed < to; seed++) {
    const random = randomFrom(`${world.name} ${seed}`);
    const judged = logOf(world, data, random);
    const { log, behaviour, candidates, behaviourTruth } = judged;
    // oxlint-disable-next-line no-await-in-loop -- one log after the other: workers judge the parts side by side
    const predicted = await crossFit(log, judged.makeModel, folds, random.stream('folds'));
    const byCandidate = candidates.map(({ odds }) => {
      const evidence = { log, evaluation: odds, predicted, behaviour };
      return evaluate(evidence, chooseEstimators(estimators, evidence), { level });
    });
    part.candidates = candidates.map(({ name }) => name);
    part.estimators = byCandidate[0].map(({ estimator }) => estimator);
    part.seeds.push({
      rows: log.size,
      behaviourTruth,
      truths: candidates.map(({ truth }) => truth),
      effectiveSampleSizes: byCandidate.map(([first]) => first.effectiveSampleSize),
      estimates: part.estimators.map((_, e) =>
        byCandidate.map((estimates) => ({ value: estimates[e].value, interval: estimates[e].interval })),
      ),
    });
    onProgress(1);
  }
  return part;
}

function logOf(world: BenchmarkWorld, data: Classified | undefined, random: Random): JudgedLog {
  if (world.kind === 'market') return marketLog(world, random);
  if (world.kind === 'obp-synthetic') return obpSynthetic(world, random);
  return classifiedBandit(data as Classified, world, random);
}
