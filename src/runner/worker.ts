/** A worker process: one task at a time, ends with its parent. */
import { runTask } from './tasks.ts';
import type { Task } from './tasks.ts';

process.on('disconnect', () => process.exit(0));
// Ctrl-C reaches the whole group: the parent decides when a worker ends.
process.on('SIGINT', () => {});
process.on('message', (task: Task) => {
  runTask(task, (amount) => process.send?.({ kind: 'progress', amount })).then(
    (result) => process.send?.({ kind: 'done', result }),
    (error: unknown) => {
      const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
      process.send?.({ kind: 'failed', name, message, stack: stack ?? message });
    },
  );
});
