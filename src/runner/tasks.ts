/** What a worker can be asked to do. */
import { coverageChunk } from './coverage.ts';
import type { CoverageChunk, CoverageTask } from './coverage.ts';
import { judgeSeeds } from './ope-benchmark/judge.ts';
import type { BenchmarkResultPart, BenchmarkTask } from './ope-benchmark/judge.ts';
import { bakeOff } from './papers/bake-off.ts';
import type { BakeOffResult, BakeOffTask } from './papers/bake-off.ts';
import { coverageRepetitions } from './papers/coverage-study.ts';
import type { CoverageStudyResult, CoverageStudyTask } from './papers/coverage-study.ts';
import { estimatorErrors } from './papers/estimators.ts';
import type { EstimatorsResult, EstimatorsTask } from './papers/estimators.ts';
import { mipsRuns } from './papers/mips-study.ts';
import type { MipsResult, MipsTask } from './papers/mips-study.ts';
import { modesRun } from './papers/modes-study.ts';
import type { ModesResult, ModesTask } from './papers/modes-study.ts';
import { playRuns } from './papers/play.ts';
import type { PlayResult, PlayTask } from './papers/play.ts';
import { runSeed } from './seed.ts';
import { runTrial } from './trial.ts';
import type { TrialTask } from './trial.ts';
import type { SeedResult, SeedTask } from './seed.ts';

export type Task =
  | SeedTask
  | TrialTask
  | CoverageTask
  | PlayTask
  | BakeOffTask
  | EstimatorsTask
  | CoverageStudyTask
  | MipsTask
  | ModesTask
  | BenchmarkTask;
export type TaskResult =
  | SeedResult
  | number
  | CoverageChunk
  | PlayResult
  | BakeOffResult
  | EstimatorsResult
  | CoverageStudyResult
  | MipsResult
  | ModesResult
  | BenchmarkResultPart;

/** Runs one task; `onProgress` is told amounts (requests, worlds, runs) as they are done. */
export async function runTask(task: Task, onProgress: (amount: number) => void): Promise<TaskResult> {
  if (task.kind === 'seed') return runSeed(task, onProgress);
  if (task.kind === 'trial') return runTrial(task, onProgress);
  if (task.kind === 'coverage') return coverageChunk(task, onProgress);
  if (task.kind === 'estimators') return estimatorErrors(task, onProgress);
  if (task.kind === 'coverage-study') return coverageRepetitions(task, onProgress);
  if (task.kind === 'mips-study') return mipsRuns(task, onProgress);
  if (task.kind === 'modes-study') return modesRun(task, onProgress);
  if (task.kind === 'ope-benchmark') return judgeSeeds(task, onProgress);
  return task.kind === 'play' ? playRuns(task, onProgress) : bakeOff(task, onProgress);
}
