/**
 * A whole experiment: creatives, then every seed in worker processes, then one set of results. What is finished is
 * kept, so the same command after Ctrl-C or `kill -9` goes on where the other stopped, and the same bytes come out
 * whatever was interrupted and however many workers there are.
 */
import { availableParallelism } from 'node:os';
import type { Warning } from '../core/warnings.ts';
import { VERSION } from '../version.ts';
import { collect } from './collect.ts';
import { resolveExperiment } from './config.ts';
import type { Experiment, ResolvedExperiment } from './config.ts';
import { readyCreatives, withoutPlace } from './creatives.ts';
import { digestOf, sha256 } from './digest.ts';
import type { Manifest } from './manifest.ts';
import { measureCoverage, runSeeds } from './parts.ts';
import type { ProgressListener } from './progress.ts';
import { openResultsFolder } from './results-folder.ts';
import type { ResultsFolder } from './results-folder.ts';
import type { Results } from './results.ts';
import { scheduler } from './scheduler.ts';
import { tables } from './tables.ts';
import { tune } from './tuning.ts';

export { Interrupted } from './scheduler.ts';

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
  /** Draws `report.html`; it is written before the manifest, so that a finished run has one. */
  render?: ((results: Results, manifest: Manifest) => Promise<string>) | undefined;
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
    const { agents, tuning } = await timed('tuning', () => tune(resolved, creatives, folder, schedule, onProgress));
    const tuned = { ...resolved, agents };
    const seeds = await timed('episodes', () =>
      runSeeds(tuned, creatives, folder, schedule, options.backendOrder, onProgress),
    );
    const results = collect(tuned, creatives, seeds, tuning, await timed('coverage', () => coverage));
    const files = writeResults(folder, results, resolved);
    const backend = { id: creatives.backend.id, device: creatives.backend.device };
    const manifest: Manifest = {
      schemaVersion: 1,
      name: resolved.name,
      command: options.command,
      config: experiment,
      versions: { adsim: VERSION, node: process.versions.node, v8: process.versions.v8 },
      backend,
      digest: digestOf({ config: withoutPlace(experiment, creatives), files }),
      files,
      wall: {
        startedAt: startedAt.toISOString(),
        seconds: (options.now().getTime() - startedAt.getTime()) / 1000,
        workers: size,
        stages,
      },
    };
    if (options.render) folder.write('report.html', await options.render(results, manifest));
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
