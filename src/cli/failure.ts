/** How a command ends when it can't do what it was asked: an exit code and a sentence. */
import { InputError } from '../core/errors.ts';
import { refusalOf } from '../runner/refusals.ts';

export const OK = 0;
/** Our own failure, or a verification that found a difference. */
export const FAILED = 1;
/** Bad input or usage. */
export const BAD_INPUT = 2;
/** Stopped by Ctrl-C. */
export const INTERRUPTED = 130;

/** The exit code of an error, and what stderr says about it. `debug` adds the stack. */
export function failureOf(error: unknown, debug: boolean): { code: number; text: string } {
  const { name, message, stack, path } = Object(error) as Partial<NodeJS.ErrnoException>;
  const said = message ?? String(error);
  const trace = debug && stack ? `\n${stack}` : '';
  if (error instanceof InputError) return { code: BAD_INPUT, text: `${said}${trace}` };
  if (name === 'Interrupted') {
    return {
      code: INTERRUPTED,
      text: `stopped; what is finished is kept: the same command goes on from there${trace}`,
    };
  }
  const refusal = path ? refusalOf(error) : undefined;
  if (refusal) return { code: BAD_INPUT, text: `${path}: ${refusal}${trace}` };
  const how = debug ? '' : '\nADSIM_DEBUG=1 shows where';
  return { code: FAILED, text: `adsim failed, which is not your input's fault: ${said}${how}${trace}` };
}
