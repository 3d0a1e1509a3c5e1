/** Estimators judged where they work and where they break: every world, every seed, every estimator, put together. */
import { join } from 'node:path';
import { VERSION } from '../../version.ts';
import { digestOf } from '../digest.ts';
import type { ProgressListener } from '../progress.ts';
import type { Scheduler } from '../scheduler.ts';
import type { BenchmarkConfig, BenchmarkWorld } from './config.ts';
import type { BenchmarkResultPart, BenchmarkTask } from './judge.ts';
import { measuresOf } from './measures.ts';
import type { EstimatorMeasures } from './measures.ts';

export interface BenchmarkOptions {
  schedule: Scheduler;
  /** Where data sets lie; a world whose file is not there is left out, and said to be. */
  dataFolder: string;
  /** Finished parts of an earlier, interrupted run, by name. */
  recall?: (name: string) => unknown;
  keep?: (name: string, value: unknown) => void;
  onProgress?: ProgressListener;
}

export interface WorldResult {
  name: string;
  kind: BenchmarkWorld['kind'];
  /** Mean rows of a log. */
  rows: number;
  /** Mean true value of the policy that logged. */
  behaviourTruth: number;
  candidates: { name: string; truth: number; effectiveSampleSize: number }[];
  estimators: EstimatorMeasures[];
}

export interface BenchmarkResults {
  schemaVersion: 1;
  name: string;
  question: string;
  signature: string;
  seeds: number;
  level: number;
  tolerance: number;
  worlds: WorldResult[];
  /** Worlds whose data is not at hand, with the file. */
  leftOut: { name: string; file: string }[];
}

/** A world's seeds are at most so many tasks. */
const PARTS = 8;

/** Judges all estimators. Same config, same results, at any number of workers. */
export async function runBenchmark(config: BenchmarkConfig, options: BenchmarkOptions): Promise<BenchmarkResults> {
  const { onProgress = () => {} } = options;
  const total = config.worlds.length * config.seeds;
  let done = 0;
  const advance = (logs: number): void => {
    done += logs;
    onProgress({ stage: 'benchmark', done, total, unit: 'logs' });
  };

  async function part(task: BenchmarkTask): Promise<BenchmarkResultPart> {
    // Where the data lies is no part of what comes out.
    const name = `task-${digestOf({ version: VERSION, task: { ...task, file: task.file !== '' } }).slice(0, 32)}`;
    const known = options.recall?.(name) as BenchmarkResultPart | undefined;
    if (known?.found) {
      advance(task.to - task.from);
      return known;
    }
    const value = (await options.schedule.run(task.world.name, task, advance)) as BenchmarkResultPart;
    options.keep?.(name, value);
    return value;
  }

  async function judged(world: BenchmarkWorld): Promise<WorldResult | undefined> {
    const { estimators, level, folds, seeds } = config;
    const each = Math.ceil(seeds / PARTS);
    const parts: Promise<BenchmarkResultPart>[] = [];
    for (let from = 0; from < seeds; from += each) {
      const to = Math.min(seeds, from + each);
      const file = world.kind === 'classified' ? join(options.dataFolder, world.file) : '';
      parts.push(part({ kind: 'ope-benchmark', world, file, estimators, level, folds, from, to }));
    }
    return worldResult(world, await Promise.all(parts), config);
  }

  const worlds = await Promise.all(config.worlds.map(judged));
  return {
    schemaVersion: 1,
    name: config.name,
    question: config.question,
    signature: `worlds:${worlds.length}|seeds:${config.seeds}|v:${VERSION}|cfg:${digestOf(config).slice(0, 8)}`,
    seeds: config.seeds,
    level: config.level,
    tolerance: config.tolerance,
    worlds: worlds.filter((world) => world !== undefined),
    leftOut: config.worlds.flatMap((world, w) =>
      worlds[w] === undefined && world.kind === 'classified' ? [{ name: world.name, file: world.file }] : [],
    ),
  };
}

/** Undefined where the world's data is not at hand. */
function worldResult(
  { name, kind }: BenchmarkWorld,
  parts: readonly BenchmarkResultPart[],
  config: BenchmarkConfig,
): WorldResult | undefined {
  const [{ found, candidates, estimators }] = parts;
  if (!found) return undefined;
  const seeds = parts.flatMap((part) => part.seeds);
  const mean = (of: (seed: (typeof seeds)[number]) => number): number =>
    seeds.reduce((sum, seed) => sum + of(seed), 0) / seeds.length;
  return {
    name,
    kind,
    rows: mean(({ rows }) => rows),
    behaviourTruth: mean(({ behaviourTruth }) => behaviourTruth),
    candidates: candidates.map((candidate, c) => ({
      name: candidate,
      truth: mean(({ truths }) => truths[c]),
      effectiveSampleSize: mean(({ effectiveSampleSizes }) => effectiveSampleSizes[c]),
    })),
    estimators: estimators.map((estimator, e) => measuresOf(estimator, e, seeds, config)),
  };
}
