/**
 * A whole experiment: creatives, then every seed in worker processes, then one set of results. What is finished is
 * kept, so the same command after Ctrl-C or `kill -9` goes on where the other stopped, and the same bytes come out
 * whatever was interrupted and however many workers there are.
 */
import { availableParallelism } from 'node:os';
import {
  aggregateAgent,
  aggregateCreatives,
  aggregateDoubts,
  aggregateModel,
  aggregateOffPolicy,
} from './aggregate.ts';
import { resolveExperiment } from './config.ts';
import type { Experiment, ResolvedExperiment } from './config.ts';
import { COVERAGE_SETTINGS, mergeCoverage } from './coverage.ts';
import type { CoverageChunk, CoverageTask } from './coverage.ts';
import { readyCreatives } from './creatives.ts';
import type { ReadyCreatives } from './creatives.ts';
import { digestOf, sha256 } from './digest.ts';
import type { Manifest } from './manifest.ts';
import { forkPool } from './pool.ts';
import type { ProgressListener } from './progress.ts';
import { openResultsFolder } from './results-folder.ts';
import type { ResultsFolder } from './results-folder.ts';
import { RESULTS_SCHEMA_VERSION } from './results.ts';
import type { CoverageResult, Results } from './results.ts';
import { seedRequests } from './seed.ts';
import type { SeedResult, SeedTask } from './seed.ts';
import { tables } from './tables.ts';
import { runTask } from './tasks.ts';
import type { Task, TaskResult } from './tasks.ts';
import { distinctWarnings } from '../core/warnings.ts';
import type { Warning } from '../core/warnings.ts';
import { VERSION } from '../version.ts';

export interface RunOptions {
  /** Results folder; default: results/NAME, or the first of results/NAME-2, … that is free or resumable. */
  directory?: string | undefined;
  /** Worker processes; 0 runs everything in this process. */
  workers?: number | undefined;
  /** The command that reproduces the run, for the report. */
  command: string;
  /** Numeric back ends to try, in order. */
  backendOrder?: readonly string[] | undefined;
  /** Where trained weights are cached. */
  cacheFolder?: string | undefined;
  onProgress?: ProgressListener | undefined;
  /** Stops the run; what is finished stays. */
  signal?: AbortSignal | undefined;
  /** The clock, for the manifest's wall times alone. */
  now: () => Date;
}

export interface FinishedRun {
  directory: string;
  results: Results;
  manifest: Manifest;
  /** About this machine (a cache that was damaged, say): to be told, but no part of the results. */
  notices: readonly Warning[];
}

/** The run was stopped by its signal; the same command resumes it. */
export class Interrupted extends Error {
  override name = 'Interrupted';
}

/** Runs an experiment into a results folder. Throws `InputError` on a folder it may not use, `Interrupted` on abort. */
export async function runExperiment(experiment: Experiment, options: RunOptions): Promise<FinishedRun> {
  const resolved = resolveExperiment(experiment);
  const { v8 } = process.versions;
  const identity = digestOf({ version: VERSION, v8, backends: options.backendOrder ?? null, config: experiment });
  const folder = openResultsFolder(options.directory, resolved.name, identity);
  try {
    return await runInto(folder, experiment, resolved, options);
  } finally {
    folder.release();
  }
}

async function runInto(
  folder: ResultsFolder,
  experiment: Experiment,
  resolved: ResolvedExperiment,
  options: RunOptions,
): Promise<FinishedRun> {
  const startedAt = options.now();
  const stages: Record<string, number> = {};
  const onProgress = options.onProgress ?? ((): void => {});
  const size = options.workers ?? availableParallelism();
  const schedule = scheduler(size, options.signal);
  try {
    // Coverage needs no creatives: it keeps the other cores busy while the generator trains.
    const coverage = measureCoverage(resolved, folder, schedule, onProgress);
    coverage.catch(() => {}); // reported when awaited below
    const creatives = await timed('creatives', () => readyCreatives(resolved, options, onProgress));
    const seeds = await timed('episodes', () =>
      runSeeds(resolved, creatives, folder, schedule, options.backendOrder, onProgress),
    );
    const results = collect(resolved, creatives, seeds, await timed('coverage', () => coverage));
    const files = writeResults(folder, results, resolved);
    const backend = { id: creatives.backend.id, device: creatives.backend.device };
    const manifest: Manifest = {
      schemaVersion: 1,
      name: resolved.name,
      command: options.command,
      config: experiment,
      versions: { adsim: VERSION, node: process.versions.node, v8: process.versions.v8 },
      backend,
      digest: digestOf({ config: experiment, files }),
      files,
      wall: {
        startedAt: startedAt.toISOString(),
        seconds: (options.now().getTime() - startedAt.getTime()) / 1000,
        workers: size,
        stages,
      },
    };
    folder.finish(manifest);
    return { directory: folder.directory, results, manifest, notices: creatives.notices };
  } finally {
    schedule.close();
  }

  async function timed<T>(stage: string, work: () => Promise<T>): Promise<T> {
    const from = options.now().getTime();
    const result = await work();
    stages[stage] = (options.now().getTime() - from) / 1000;
    return result;
  }
}

interface Scheduler {
  run(label: string, task: Task, onProgress: (amount: number) => void): Promise<TaskResult>;
  close(): void;
}

/** Tasks in worker processes, or in this one where `size` is 0; an abort rejects what is waiting. */
function scheduler(size: number, signal: AbortSignal | undefined): Scheduler {
  const pool = size > 0 ? forkPool<Task, TaskResult>(workerFile(), size) : undefined;
  const aborted = new Promise<never>((_, reject) => {
    const stop = (): void => reject(new Interrupted('interrupted'));
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop, { once: true });
  });
  aborted.catch(() => {}); // raced below
  let inline: Promise<unknown> = Promise.resolve();
  return {
    run(label, task, onProgress) {
      if (pool) return Promise.race([pool.run({ label, payload: task }, onProgress), aborted]);
      const result = inline.then(() => runTask(task, onProgress));
      inline = result.catch(() => {});
      return Promise.race([result, aborted]);
    },
    close() {
      pool?.close();
    },
  };
}

/** The worker module beside this one: TypeScript in the sources, JavaScript in the package. */
function workerFile(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);
}

async function runSeeds(
  experiment: ResolvedExperiment,
  creatives: ReadyCreatives,
  folder: ResultsFolder,
  schedule: Scheduler,
  backends: readonly string[] | undefined,
  onProgress: ProgressListener,
): Promise<SeedResult[]> {
  const each = seedRequests(experiment);
  const total = each * experiment.seeds.length;
  let done = 0;
  const advance = (amount: number): void => {
    done += amount;
    onProgress({ stage: 'episodes', done: Math.min(done, total), total, unit: 'requests' });
  };
  return Promise.all(
    experiment.seeds.map(async (seed, index) => {
      const name = `seed-${index}`;
      const kept = folder.recall(name) as SeedResult | undefined;
      if (kept) {
        advance(each);
        return kept;
      }
      const logFile = folder.partial(`seed-${index}.parquet`);
      const task: SeedTask = { kind: 'seed', experiment, creatives: creatives.creatives, seed, logFile, backends };
      const result = (await schedule.run(`seed ${seed}`, task, advance)) as SeedResult;
      folder.keep(name, result);
      return result;
    }),
  );
}

/** Worlds in one coverage task. */
const COVERAGE_CHUNK = 50;

async function measureCoverage(
  experiment: ResolvedExperiment,
  folder: ResultsFolder,
  schedule: Scheduler,
  onProgress: ProgressListener,
): Promise<CoverageResult[]> {
  const { coverage, level } = experiment.offPolicy;
  if (coverage === false) return [];
  const { worlds, rows } = coverage;
  const total = worlds * COVERAGE_SETTINGS.length;
  let done = 0;
  const advance = (amount: number): void => {
    done += amount;
    onProgress({ stage: 'coverage', done, total, unit: 'worlds' });
  };
  const studies = COVERAGE_SETTINGS.map(async (setting, index) => {
    const name = `coverage-${index}`;
    const kept = folder.recall(name) as CoverageResult | undefined;
    if (kept) {
      advance(worlds);
      return kept;
    }
    const chunks: Promise<CoverageChunk>[] = [];
    for (let from = 0; from < worlds; from += COVERAGE_CHUNK) {
      const to = Math.min(worlds, from + COVERAGE_CHUNK);
      const task: CoverageTask = { kind: 'coverage', setting: setting.name, from, to, rows, level };
      chunks.push(schedule.run(`coverage of ${setting.name}`, task, advance) as Promise<CoverageChunk>);
    }
    const result = mergeCoverage(setting, await Promise.all(chunks), { rows, level });
    folder.keep(name, result);
    return result;
  });
  return Promise.all(studies);
}

function collect(
  experiment: ResolvedExperiment,
  creatives: ReadyCreatives,
  seeds: readonly SeedResult[],
  coverage: readonly CoverageResult[],
): Results {
  const { world, offPolicy } = experiment;
  const [first] = seeds;
  const short = coverage
    .filter((result) => result.fallsShort)
    .map((result) => ({
      kind: 'coverage-falls-short',
      message:
        `at ${result.setting}, nominal ${percent(result.nominal)} intervals of ${result.estimator} held the truth ` +
        `in ${percent(result.actual)} of ${result.worlds} small worlds of ${result.rows} rows`,
      advice: 'read such intervals as too narrow; collect more rows or explore more evenly before you rely on them',
    }));
  return {
    schemaVersion: RESULTS_SCHEMA_VERSION,
    name: experiment.name,
    question: experiment.question,
    signature: signatureOf(experiment),
    seeds: experiment.seeds,
    world: {
      name: world.preset,
      users: world.users,
      lanes: world.lanes,
      requests: first.agents[0].episode.requests,
      rewardUnit: first.world.rewardUnit,
      sequential: first.world.sequential,
      contextNames: first.world.contextNames,
    },
    agents: experiment.agents.map((_, index) => aggregateAgent(experiment, index, seeds)),
    creatives: creatives.described && aggregateCreatives(creatives.described, seeds),
    models: experiment.models.map((_, index) => aggregateModel(index, seeds)),
    offPolicy: {
      behaviour: experiment.behaviour.name ?? experiment.behaviour.kind,
      rows: first.logRows,
      level: offPolicy.level,
      policies: experiment.agents.map((_, index) => aggregateOffPolicy(index, seeds)),
      coverage,
    },
    warnings: distinctWarnings([
      ...creatives.warnings,
      ...short,
      ...seeds.flatMap((seed) => seed.warnings),
      ...aggregateDoubts(seeds),
    ]),
  };
}

function percent(rate: number): string {
  return `${(100 * rate).toFixed(1)} %`;
}

function signatureOf(experiment: ResolvedExperiment): string {
  const config = digestOf(experiment).slice(0, 8);
  const { world, agents, seeds } = experiment;
  return `world:${world.preset}|agents:${agents.length}|seeds:${seeds.length}|v:${VERSION}|cfg:${config}`;
}

/** Writes results, tables and logs; returns the SHA-256 of each. */
function writeResults(folder: ResultsFolder, results: Results, experiment: ResolvedExperiment): Record<string, string> {
  const files: Record<string, string> = {};
  const write = (path: string, content: string): void => {
    folder.write(path, content);
    files[path] = sha256(content);
  };
  write('results.json', `${JSON.stringify(results, null, 1)}\n`);
  for (const [name, content] of Object.entries(tables(results))) write(`tables/${name}`, content);
  experiment.seeds.forEach((_, index) => {
    const path = `log/seed-${index + 1}.parquet`;
    files[path] = folder.publish(`seed-${index}.parquet`, path);
  });
  return files;
}
