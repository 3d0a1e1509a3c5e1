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

async function until(happened: () => boolean): Promise<void> {
  for (let tries = 0; !happened(); tries++) {
    if (tries > 3000) throw new Error('it did not happen within 30 s');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Processes whose parent is `pid`. */
function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((child) => child > 0 && parentOf(child) === pid);
}

function parentOf(pid: number): number | undefined {
  try {
    return Number(/\) \S (\d+)/u.exec(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.[1]);
  } catch {
    return undefined;
  }
}

/** Runs into `out` until its first seed is kept, sends the signal, and says how it ended and what it said. */
async function stopped(out: string, signal: NodeJS.Signals): Promise<{ code: unknown; said: string; left: number[] }> {
  const child = spawn(process.execPath, ['--import', ...PROGRAM, ...RUN, '--out', out], { cwd });
  let said = '';
  child.stderr.on('data', (text) => (said += String(text)));
  const ended = new Promise((resolve) => child.once('close', (code, by) => resolve(code ?? by)));
  await until(() => existsSync(join(cwd, out, '.partial', 'seed-0')));
  const left = childrenOf(Number(child.pid));
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
