/** Where tasks run: in worker processes, or one after the other in this one. */
import { forkPool } from './pool.ts';
import { runTask } from './tasks.ts';
import type { Task, TaskResult } from './tasks.ts';

/** The run was stopped by its signal; the same command resumes it. */
export class Interrupted extends Error {
  override name = 'Interrupted';
}

export interface Scheduler {
  run(label: string, task: Task, onProgress: (amount: number) => void): Promise<TaskResult>;
  close(): void;
}

/** Tasks in worker processes, or in this one where `size` is 0; an abort rejects what is waiting. */
export function scheduler(size: number, signal: AbortSignal | undefined): Scheduler {
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
