/** Other programs, run to their end. */
import { execFile } from 'node:child_process';

export interface Ran {
  /** Exit code; undefined where it could not be started or did not end by itself. */
  code: number | undefined;
  out: string;
  err: string;
  /** Why it didn't end by itself, in words. */
  why?: string;
}

/** Runs a program without a shell. Never throws. */
export function run(
  program: string,
  words: readonly string[],
  options: { cwd?: string; seconds: number },
): Promise<Ran> {
  const { cwd, seconds } = options;
  const limits = { timeout: seconds * 1000, maxBuffer: 1 << 26, ...(cwd === undefined ? {} : { cwd }) };
  return new Promise((resolve) => {
    execFile(program, words, limits, (error, out, err) => {
      if (error === null) return resolve({ code: 0, out, err });
      if (typeof error.code === 'number') return resolve({ code: error.code, out, err });
      const why =
        String(error.code) === 'ENOENT'
          ? `${program} is not on the PATH`
          : error.killed === true
            ? `${program} did not end within ${seconds} s`
            : `${program} was ended by ${String(error.signal ?? error.code)}`;
      return resolve({ code: undefined, out, err, why });
    });
  });
}

/** What to quote of a failed program: the first line that speaks of an error, else its last. */
export function complaintOf({ out, err, why }: Ran): string {
  if (why !== undefined) return why;
  const lines = `${out}\n${err}`.split('\n').filter((line) => line.trim() !== '');
  return (
    lines.find((line) => /\berror:|npm error \S|cannot find|undefined reference/iu.test(line)) ??
    lines.at(-1) ??
    'it said nothing'
  ).trim();
}
