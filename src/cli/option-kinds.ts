/** Options as commands declare them, in yargs' words. */
import type { Options } from 'yargs';

export const text = (describe: string): Options => ({ describe, type: 'string', requiresArg: true });
export const flag = (describe: string): Options => ({ describe, type: 'boolean' });
/** Several names: `a,b`, or the option again and again. */
export const list = (describe: string): Options => ({
  ...text(`${describe}; with commas between, or repeated`),
  array: true,
});
export const json = flag('Print one JSON value, for programs');
