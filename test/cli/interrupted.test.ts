/** The program, killed: the same command goes on, and the same comes out. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PROGRAM, adsim } from './spawned.ts';

/** Two seeds, one after the other: there is a moment at which one is finished and one is not. */
const CONFIG = `name: killed
seeds: 2
world: { preset: quiet, users: 500 }
creatives: { generator: synthetic, perCategory: 1 }
requests: 3000
referenceRequests: 1000
agents: [{ kind: uniform }, { kind: lin-ucb }]
offPolicy: { coverage: false }
`;
const RUN = ['run', 'config.yaml', '--workers', '1'];

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'adsim-killed-'));
  writeFileSync(join(cwd, 'config.yaml'), CONFIG);
});
afterAll(() => rmSync(cwd, { recursive: true }));

const digestOf = (out: string): unknown =>
  (JSON.parse(readFileSync(join(cwd, out, 'manifest.json'), 'utf8')) as { digest: unknown }).digest;

async function until(happened: () => boolean, seconds = 30): Promise<void> {
  for (let tries = 0; !happened(); tries++) {
    if (tries > 100 * seconds) throw new Error(`it did not happen within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The worker processes of `pid`. */
function workersOf(pid: number): number[] {
  const isWorker = (child: number): boolean => readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('worker.js');
  return readdirSync('/proc')
    .map(Number)
    .filter((child) => child > 0 && parentOf(child) === pid && isWorker(child));
}

/** Undefined for a process that has ended, whether or not somebody has taken note of it. */
function parentOf(pid: number): number | undefined {
  try {
    return Number(/\) [^XZ] (\d+)/u.exec(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.[1]) || undefined;
  } catch {
    return undefined;
  }
}

/** Runs into `out` until its first seed is kept, sends the signal, and says how it ended and what it said. */
async function stopped(out: string, signal: NodeJS.Signals): Promise<{ code: unknown; said: string; left: number[] }> {
  const child = spawn(process.execPath, [PROGRAM, ...RUN, '--out', out], { cwd });
  let said = '';
  child.stderr.on('data', (text) => (said += String(text)));
  const ended = new Promise((resolve) => child.once('close', (code, by) => resolve(code ?? by)));
  await until(() => existsSync(join(cwd, out, '.partial', 'seed-0')));
  const left = workersOf(Number(child.pid));
  child.kill(signal);
  return { code: await ended, said, left };
}

it.runIf(existsSync('/proc/self/stat'))(
  'killed in the middle, the same command goes on to the same digest',
  async () => {
    expect(adsim([...RUN, '--out', 'whole'], { cwd }).code).toBe(0);
    const { code, left } = await stopped('killed', 'SIGKILL');
    expect(code).toBe('SIGKILL');
    expect(left).toHaveLength(1);
    // A worker in the middle of its task finds out by itself.
    await until(() => parentOf(left[0]) === undefined);
    expect(existsSync(join(cwd, 'killed', 'manifest.json'))).toBe(false);
    expect(adsim([...RUN, '--out', 'killed'], { cwd }).code).toBe(0);
    expect(digestOf('killed')).toBe(digestOf('whole'));
    const files = (out: string): Set<string> =>
      new Set(readdirSync(join(cwd, out), { recursive: true, encoding: 'utf8' }));
    expect(files('killed')).toEqual(files('whole'));
  },
);

it.runIf(existsSync('/proc/self/stat'))(
  'a worker busy for half a minute more notices at once that it is alone',
  async () => {
    const long = ['--seeds', '1', '--set', 'requests=5000000', '--set', 'logRequests=1000', '--out', 'alone'];
    const child = spawn(process.execPath, [PROGRAM, ...RUN, ...long], { cwd, stdio: 'ignore' });
    // Its log is written just before the agents play.
    await until(() => existsSync(join(cwd, 'alone', '.partial', 'seed-0.parquet')));
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const [worker] = workersOf(Number(child.pid));
    child.kill('SIGKILL');
    expect(worker).toBeGreaterThan(0);
    try {
      await until(() => parentOf(worker) === undefined, 5);
      expect(parentOf(worker)).toBeUndefined();
    } finally {
      if (parentOf(worker) !== undefined) process.kill(worker, 'SIGKILL');
    }
  },
);

it.each(['SIGINT', 'SIGTERM'] as const)(
  '%s ends a run with 130 and a sentence, and keeps what is finished',
  async (signal) => {
    const { code, said } = await stopped(signal, signal);
    expect(code).toBe(130);
    expect(said).toMatch(/stopped; what is finished is kept: the same command goes on from there\n$/);
    expect(readdirSync(join(cwd, signal))).toEqual(['.partial']);
    expect(readdirSync(join(cwd, signal, '.partial'))).not.toContain('lock');
  },
);
