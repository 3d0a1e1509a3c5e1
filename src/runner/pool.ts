/**
 * A pool of worker processes. A task that crashes, aborts natively or runs out of memory takes one process with it:
 * it is tried once more in a fresh one, then it fails by name. Results are told apart by task, not by worker, so the
 * number of workers changes nothing but the time.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { InputError } from '../core/errors.ts';

export interface PoolTask<P> {
  label: string;
  payload: P;
}

export interface Pool<P, R> {
  run(task: PoolTask<P>, onProgress?: (amount: number) => void): Promise<R>;
  /** Ends the processes; what still runs is dropped. */
  close(): void;
}

/** What travels from a worker to the pool. */
export type WorkerMessage<R> =
  | { kind: 'progress'; amount: number }
  | { kind: 'done'; result: R }
  | { kind: 'failed'; name: string; message: string; stack: string; code?: string; path?: string };

const TRIES = 2;

interface Waiting<P, R> {
  task: PoolTask<P>;
  triesLeft: number;
  reported: number;
  onProgress: ((amount: number) => void) | undefined;
  resolve: (result: R) => void;
  reject: (error: Error) => void;
}

/** Starts up to `size` processes of the module `file` (a URL), one task at a time in each. */
export function forkPool<P, R>(file: URL, size: number): Pool<P, R> {
  const queue: Waiting<P, R>[] = [];
  const idle: ChildProcess[] = [];
  const busy = new Map<ChildProcess, Waiting<P, R>>();
  let processes = 0;
  let closed = false;

  function start(): ChildProcess {
    const path = fileURLToPath(file);
    // TypeScript sources (tests, development) need the loader; the published package runs plain JavaScript.
    const execArgv = path.endsWith('.ts') ? ['--import', import.meta.resolve('tsx')] : [];
    const child = fork(path, [], {
      serialization: 'advanced',
      execArgv,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    processes++;
    child.on('message', (message) => onMessage(child, message as WorkerMessage<R>));
    // A process that could not be started never exits; one that can't be written to is about to.
    child.on('error', ({ message }) => child.pid === undefined && onExit(child, message));
    child.on('exit', (code, signal) => onExit(child, signal ?? `exit code ${code}`));
    return child;
  }

  function onMessage(child: ChildProcess, message: WorkerMessage<R>): void {
    const waiting = busy.get(child);
    if (!waiting) return;
    if (message.kind === 'progress') {
      waiting.reported += message.amount;
      waiting.onProgress?.(message.amount);
      return;
    }
    busy.delete(child);
    idle.push(child);
    if (message.kind === 'done') waiting.resolve(message.result);
    else {
      // Its class does not travel, and somebody's bad input, or full disk, must not come out as a failure of ours.
      const { name, stack, code, path } = message;
      const error = name === 'InputError' ? new InputError(message.message) : new Error(message.message);
      Object.assign(error, { name, stack, code, path });
      waiting.reject(error);
    }
    next();
  }

  function onExit(child: ChildProcess, how: string): void {
    processes--;
    const at = idle.indexOf(child);
    if (at >= 0) idle.splice(at, 1);
    const waiting = busy.get(child);
    busy.delete(child);
    if (waiting && !closed) {
      if (--waiting.triesLeft > 0) {
        waiting.onProgress?.(-waiting.reported);
        waiting.reported = 0;
        queue.unshift(waiting);
      } else {
        waiting.reject(new Error(`${waiting.task.label}: its worker process ended ${TRIES} times (${how})`));
      }
    }
    next();
  }

  function next(): void {
    if (closed) return;
    while (queue.length > 0 && (idle.length > 0 || processes < size)) {
      const child = idle.pop() ?? start();
      const waiting = queue.shift() as Waiting<P, R>;
      busy.set(child, waiting);
      child.send(waiting.task.payload as object);
    }
  }

  return {
    run(task, onProgress) {
      return new Promise((resolve, reject) => {
        queue.push({ task, triesLeft: TRIES, reported: 0, onProgress, resolve, reject });
        next();
      });
    },
    close() {
      closed = true;
      for (const child of [...idle, ...busy.keys()]) child.kill();
    },
  };
}
