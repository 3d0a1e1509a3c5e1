/** Facts as they are given on a command line: JSON, or the path of a JSON file. */
import { readFileSync } from 'node:fs';
import { InputError } from '../../core/errors.ts';

const EXAMPLE = `--slots '{"name": "Luna", "price": "$49"}'`;

/** The object that `text` holds or names. Throws `InputError`. */
export function slotsOf(text: string | undefined): Record<string, unknown> {
  if (text === undefined) throw new InputError(`--slots: give the facts; for instance ${EXAMPLE}`);
  const inline = text.trimStart().startsWith('{');
  let value: unknown;
  try {
    value = JSON.parse(inline ? text : readFileSync(text, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new InputError(`--slots: ${text} is neither JSON nor a file; for instance ${EXAMPLE}`);
    }
    throw new InputError(`--slots: ${inline ? 'this' : text} is no JSON (${(error as Error).message}); for instance ${EXAMPLE}`); // prettier-ignore
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InputError(`--slots: must be an object of names and values; for instance ${EXAMPLE}`);
  }
  return value as Record<string, unknown>;
}
