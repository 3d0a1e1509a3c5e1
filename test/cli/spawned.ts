/** The program as a user starts it: what `npm run build` made, which `../support/built.ts` keeps up with the sources. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Ended {
  code: number | null;
  out: string;
  err: string;
}

export const PROGRAM = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** Runs `adsim WORDS` to its end; no colour, no terminal. */
export function adsim(
  words: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv; seconds?: number } = {},
): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...words], {
    encoding: 'utf8',
    cwd: options.cwd,
    env: { ...process.env, NO_COLOR: undefined, FORCE_COLOR: undefined, ADSIM_DEBUG: undefined, ...options.env },
    timeout: 1000 * (options.seconds ?? 60),
  });
  return { code: status, out: stdout, err: stderr };
}
