/** The names of a file's columns: each one once, so that a map means one thing. */
import { InputError } from '../../core/errors.ts';
import { closest } from '../did-you-mean.ts';

/** Names trimmed, a blank one called `column N` (pandas writes its index so). Throws `InputError` for a name given twice. */
export function uniqueNames(path: string, header: readonly string[]): string[] {
  const names = header.map((name, j) => name.trim() || `column ${j + 1}`);
  const twice = names.find((name, j) => names.indexOf(name) !== j);
  if (twice !== undefined) throw new InputError(`${path}: two columns are named ${twice}; rename one`);
  return names;
}

/** Throws `InputError` where the file lacks a column, with the columns it has. */
export function checkColumn(path: string, key: string, name: string, names: readonly string[]): void {
  if (names.includes(name)) return;
  const near = closest(name, names);
  const hint = near === undefined ? '' : ` - did you mean "${near}"?`;
  throw new InputError(`${path} has no column "${name}" (${key})${hint}; it has ${listed(names)}`);
}

/** At most twenty names in a sentence. */
export function listed(names: readonly string[]): string {
  const more = names.length > 20 ? ` and ${names.length - 20} more` : '';
  return `${names.slice(0, 20).join(', ')}${more}`;
}
