/** Options and environment variables, read and checked. */
import { InputError } from '../core/errors.ts';
import { BACKENDS } from '../models/tensor/backends.ts';
import { suggestion } from '../runner/did-you-mean.ts';
import type { Arguments } from './commands.ts';

/** Values that show what an option wants, where that is not a small number. */
const EXAMPLES: Readonly<Record<string, string>> = {
  out: 'DIR',
  policy: 'uniform',
  columns: 'map.yaml',
  estimators: 'ips,snips',
  rule: 'delta-t',
  level: '0.95',
  'propensity-floor': '0.01',
  tensorflow: 'tensorflow.whl',
};

/** A text option; given twice, the last one counts. Throws InputError on an empty one. */
export function textOf(given: Arguments, name: string): string | undefined {
  const value = given[name];
  const last: unknown = Array.isArray(value) ? value.at(-1) : value;
  if (last === '') throw new InputError(`--${name}: wants a value; for instance --${name} ${EXAMPLES[name] ?? 4}`);
  return last === undefined ? undefined : String(last as string | number);
}

/** Every text of a repeatable option, in order. */
export function textsOf(given: Arguments, name: string): string[] {
  return [given[name] ?? []].flat().map(String);
}

/** A flag; given twice is given. */
export function flagOf(given: Arguments, name: string): boolean {
  const value = given[name];
  return Array.isArray(value) ? value.includes(true) : value === true;
}

/** A whole number of at least `least`. Throws InputError. */
export function countOf(given: Arguments, name: string, least: number): number | undefined {
  const text = textOf(given, name);
  if (text === undefined) return undefined;
  const count = /^\d{1,6}$/u.test(text) ? Number(text) : NaN;
  if (count >= least) return count;
  throw new InputError(`--${name}: must be a whole number from ${least} to 999999 (got "${text}"); for instance 4`);
}

/** Numeric back ends to try, from ADSIM_BACKEND (`wasm`, or `node,wasm`); undefined for the usual order. Throws InputError. */
export function backendOrderOf(environment: NodeJS.ProcessEnv): readonly string[] | undefined {
  const names = (environment['ADSIM_BACKEND'] ?? '').split(',').map((name) => name.trim());
  const order = names.filter((name) => name !== '');
  const unknown = order.find((name) => !Object.hasOwn(BACKENDS, name));
  if (unknown !== undefined) {
    throw new InputError(`ADSIM_BACKEND: unknown back end "${unknown}"${suggestion(unknown, Object.keys(BACKENDS))}`);
  }
  return order.length > 0 ? order : undefined;
}

/** A command line as a shell would read it. */
export function shellWords(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+=:,./-]+$/u.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}
