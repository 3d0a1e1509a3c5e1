/** What a worker can be asked to do. */
import { coverageChunk } from './coverage.ts';
import type { CoverageChunk, CoverageTask } from './coverage.ts';
import { runSeed } from './seed.ts';
import type { SeedResult, SeedTask } from './seed.ts';

export type Task = SeedTask | CoverageTask;
export type TaskResult = SeedResult | CoverageChunk;

/** Runs one task; `onProgress` is told amounts (requests, worlds) as they are done. */
export function runTask(task: Task, onProgress: (amount: number) => void): Promise<TaskResult> {
  return task.kind === 'seed' ? runSeed(task, onProgress) : coverageChunk(task, onProgress);
}
