import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { holderOf, releaseLock, takeLock } from '../../src/runner/lock.ts';

const TAKER = fileURLToPath(new URL('fixtures/lock-taker.ts', import.meta.url));
/** Above the largest process id of Linux. */
const NOBODY = 4_194_305;

let scratch: string;
let lock: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'adsim-lock-'));
  lock = join(scratch, 'lock');
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(scratch, { recursive: true });
});

/** A process that takes the lock at a time; resolves to what it says. */
function taker(at: number): Promise<string> {
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), TAKER, lock, String(at)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  return new Promise((resolve) => child.stdout.once('data', (said: Buffer) => resolve(String(said).trim())));
}

describe('a lock', () => {
  it('is taken once, also by this process, and can be taken again when it is let go', () => {
    expect([takeLock(lock), takeLock(lock), holderOf(lock)]).toEqual([true, false, process.pid]);
    releaseLock(lock);
    expect([holderOf(lock), takeLock(lock)]).toEqual([undefined, true]);
    releaseLock(lock);
    expect(readdirSync(scratch)).toEqual([]);
  });

  it('goes to one of several processes that want it at once, over a dead one’s lock', async () => {
    writeFileSync(lock, `${NOBODY} 1`);
    const at = Date.now() + 4000;
    const said = await Promise.all([taker(at), taker(at), taker(at), taker(at)]);
    expect(said.toSorted()).toEqual(['false', 'false', 'false', 'true']);
    expect(holderOf(lock)).toBe(children[said.indexOf('true')].pid);
    expect(takeLock(lock)).toBe(false);
  });

  it.each([
    ['a process that is gone', `${NOBODY} 1`],
    ['this process’s number, written by another that had it before', `${process.pid} 1`],
    ['nothing', ''],
  ])('of %s gives way', (_, text) => {
    writeFileSync(lock, text);
    expect(holderOf(lock)).toBeUndefined();
    expect(takeLock(lock)).toBe(true);
    releaseLock(lock);
  });

  it.runIf(existsSync('/proc/self/stat'))('of a number that another process has now gives way', () => {
    takeLock(lock);
    const [, start] = readFileSync(lock, 'utf8').split(' ');
    releaseLock(lock);
    writeFileSync(lock, String(process.ppid)); // no start is on file: the number alone counts
    expect(holderOf(lock)).toBe(process.ppid);
    writeFileSync(lock, `${process.ppid} ${start}`); // its parent started earlier than this process
    expect(holderOf(lock)).toBeUndefined();
  });
});
