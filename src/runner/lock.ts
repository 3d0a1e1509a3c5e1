/**
 * A lock file that names the process at work. It appears whole, for one taker only, and gives way when its process is
 * gone: a run that was killed, or a machine that was switched off, needs nobody to clean up.
 */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** Locks of this process: its own number in a file says nothing, as containers give the same ones again and again. */
const held = new Set<string>();

/** The living process that holds a lock; undefined where none does. */
export function holderOf(path: string): number | undefined {
  const text = textOf(path);
  return text === undefined ? undefined : livingIn(text, path);
}

/** Takes a lock; false where a living process holds it. */
export function takeLock(path: string): boolean {
  const mine = `${path}.${process.pid}`;
  const text = `${process.pid} ${startOf(process.pid)}`;
  writeFileSync(mine, text);
  try {
    while (!claim(mine, path, text)) {
      const found = textOf(path);
      if (found === undefined) continue;
      if (livingIn(found, path) !== undefined) return false;
      const aside = `${mine}.stale`;
      if (!moved(path, aside)) continue;
      const taken = textOf(aside) ?? '';
      // Between our look and our move another process may have put its own lock there: it gets it back.
      if (taken !== found) renameSync(aside, path);
      else rmSync(aside, { force: true });
    }
    held.add(resolve(path));
    return true;
  } finally {
    rmSync(mine, { force: true });
  }
}

/** Lets go of a lock that this process holds. */
export function releaseLock(path: string): void {
  held.delete(resolve(path));
  rmSync(path, { force: true });
}

/** Makes the lock where there is none: a link, so that nobody reads half of it. */
function claim(mine: string, path: string, text: string): boolean {
  try {
    linkSync(mine, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
  }
  // File systems without links (exFAT, some network disks): exclusive all the same.
  try {
    writeFileSync(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function moved(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The process that a lock's text names, if it lives and is the one that wrote it. */
function livingIn(text: string, path: string): number | undefined {
  const [pid, start = ''] = text.split(' ');
  const number = Number(pid);
  if (!Number.isInteger(number) || number <= 0) return undefined;
  if (number === process.pid) return held.has(resolve(path)) ? number : undefined;
  try {
    process.kill(number, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return undefined;
  }
  const now = startOf(number);
  return start === '' || now === '' || start === now ? number : undefined;
}

/** When a process started, in the kernel's ticks: tells it from a later one with its number. Empty except on Linux. */
function startOf(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The 22nd field; the second, a name in parentheses, may hold anything.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
