/** The program as a user starts it. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const TSX = import.meta.resolve('tsx');

export interface Ended {
  code: number | null;
  out: string;
  err: string;
}

/** What follows `node --import`. */
export const PROGRAM: readonly string[] = [TSX, MAIN];

/** Runs `adsim WORDS` to its end; no colour, no terminal. */
export function adsim(
  words: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv; seconds?: number } = {},
): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', TSX, MAIN, ...words], {
    encoding: 'utf8',
    cwd: options.cwd,
    env: { ...process.env, NO_COLOR: undefined, FORCE_COLOR: undefined, ADSIM_DEBUG: undefined, ...options.env },
    timeout: 1000 * (options.seconds ?? 60),
  });
  return { code: status, out: stdout, err: stderr };
}
