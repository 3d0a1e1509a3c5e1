/** A worker process: one task at a time, ends with its parent. */
import { runTask } from './tasks.ts';
import type { Task } from './tasks.ts';

const parent = process.ppid;

process.on('disconnect', () => process.exit(0));
// Ctrl-C reaches the whole group: the parent decides when a worker ends.
process.on('SIGINT', () => {});
process.on('message', (task: Task) => {
  runTask(task, tell).then(
    (result) => process.send?.({ kind: 'done', result }),
    (error: unknown) => {
      const known: NodeJS.ErrnoException = error instanceof Error ? error : new Error(String(error));
      const { name, message, stack, code, path } = known;
      process.send?.({ kind: 'failed', name, message, stack: stack ?? message, code, path });
    },
  );
});

/** A busy worker hears nothing of a parent that was killed until its task is done: it looks for itself. */
function tell(amount: number): void {
  if (process.ppid !== parent) process.exit(0);
  process.send?.({ kind: 'progress', amount });
}
