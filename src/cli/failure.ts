/** How a command ends when it can't do what it was asked: an exit code and a sentence. */
import { InputError } from '../core/errors.ts';

export const OK = 0;
/** Our own failure, or a verification that found a difference. */
export const FAILED = 1;
/** Bad input or usage. */
export const BAD_INPUT = 2;
/** Stopped by Ctrl-C. */
export const INTERRUPTED = 130;

/** What the operating system refuses because of a path that the user chose. */
const REFUSALS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied; choose another place, or ask for access',
  EPERM: 'permission denied; choose another place, or ask for access',
  EROFS: 'the file system is read-only; choose another place',
  ENOSPC: 'no space is left on the disk; free some and run the same command again',
  EDQUOT: 'your disk quota is used up; free some space and run the same command again',
  ENOTDIR: 'a part of the path is a file, not a folder; choose another place',
  EISDIR: 'is a folder, not a file; choose another place',
  ENAMETOOLONG: 'the path is too long; choose another place',
};

/** The exit code of an error, and what stderr says about it. `debug` adds the stack. */
export function failureOf(error: unknown, debug: boolean): { code: number; text: string } {
  const { name, message, stack, code, path } = Object(error) as Partial<NodeJS.ErrnoException>;
  const said = message ?? String(error);
  const trace = debug && stack ? `\n${stack}` : '';
  if (error instanceof InputError) return { code: BAD_INPUT, text: `${said}${trace}` };
  if (name === 'Interrupted') {
    return {
      code: INTERRUPTED,
      text: `stopped; what is finished is kept: the same command goes on from there${trace}`,
    };
  }
  const refusal = code && path ? REFUSALS[code] : undefined;
  if (refusal) return { code: BAD_INPUT, text: `${path}: ${refusal}${trace}` };
  const how = debug ? '' : '\nADSIM_DEBUG=1 shows where';
  return { code: FAILED, text: `adsim failed, which is not your input's fault: ${said}${how}${trace}` };
}
