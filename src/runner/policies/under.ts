/** Mistakes in a rule carry the key they stand under, so that the loader can point at the line. */
import { InputError } from '../../core/errors.ts';

const KEYED = /^\w+(?:\.\w+)*: /u;

/** What `make` returns; an `InputError` of it is thrown on with `key` before its own path. */
export async function under<T>(key: string, make: () => T | Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const joint = KEYED.test(error.message) ? '.' : ': ';
    throw new InputError(`${key}${joint}${error.message}`, { cause: error });
  }
}
