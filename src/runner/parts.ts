/** The parts of an experiment that run side by side; a part that an interrupted run finished is recalled, not run again. */
import { serialize } from 'node:v8';
import type { ResolvedExperiment } from './config.ts';
import { COVERAGE_SETTINGS, mergeCoverage } from './coverage.ts';
import type { CoverageChunk, CoverageTask } from './coverage.ts';
import type { ReadyCreatives } from './creatives.ts';
import { sha256 } from './digest.ts';
import type { ProgressListener } from './progress.ts';
import type { ResultsFolder } from './results-folder.ts';
import type { CoverageResult } from './results.ts';
import type { Scheduler } from './scheduler.ts';
import { seedRequests } from './seed.ts';
import type { SeedResult, SeedTask } from './seed.ts';

/** A seed's result, and what its creatives were: images or back end may have changed since the run was interrupted. */
interface KeptSeed {
  made: string;
  result: SeedResult;
}

/** Every seed, in order. */
export async function runSeeds(
  experiment: ResolvedExperiment,
  creatives: ReadyCreatives,
  folder: ResultsFolder,
  schedule: Scheduler,
  backends: readonly string[] | undefined,
  onProgress: ProgressListener,
): Promise<SeedResult[]> {
  const each = seedRequests(experiment);
  const made = sha256(serialize([creatives.creatives, creatives.backend.id]));
  const total = each * experiment.seeds.length;
  let done = 0;
  const advance = (amount: number): void => {
    done += amount;
    onProgress({ stage: 'episodes', done: Math.min(done, total), total, unit: 'requests' });
  };
  return Promise.all(
    experiment.seeds.map(async (seed, index) => {
      const name = `seed-${index}`;
      const kept = folder.recall(name) as KeptSeed | undefined;
      if (kept?.made === made) {
        advance(each);
        return kept.result;
      }
      const logFile = folder.partial(`seed-${index}.parquet`);
      const task: SeedTask = {
        kind: 'seed',
        experiment,
        creatives: creatives.creatives,
        ...(experiment.creatives.encoder && creatives.pixels && { pixels: creatives.pixels }),
        ...(creatives.pool && { pool: creatives.pool.creatives }),
        ...(creatives.pool?.early && { early: creatives.pool.early.creatives }),
        seed,
        logFile,
        backends,
      };
      const result = (await schedule.run(`seed ${seed}`, task, advance)) as SeedResult;
      folder.keep(name, { made, result } satisfies KeptSeed);
      return result;
    }),
  );
}

/** Worlds in one coverage task. */
const COVERAGE_CHUNK = 50;

/** Coverage of the intervals in every setting, or nothing where the experiment does not ask for it. */
export async function measureCoverage(
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
