/** Actions and columns by name, with what was probably meant where there is none of that name. */
import { InputError } from '../../core/errors.ts';
import { suggestion } from '../did-you-mean.ts';
import type { LogBlock, LogSource } from '../logs/source.ts';

/** Place of an action among the log's. Throws `InputError` where the log has none of that name. */
export function actionAt(source: LogSource, name: string): number {
  const a = source.spec.actions.indexOf(name);
  if (a < 0) throw new InputError(`the log has no action "${name}"${suggestion(name, source.spec.actions)}`);
  return a;
}

/**
 * One value for each action (k) from a map by action. Throws `InputError` for an action that the log has not, and for one
 * that the map leaves out.
 */
export function perAction<T>(source: LogSource, map: Readonly<Record<string, T>>, what: string): T[] {
  for (const name of Object.keys(map)) actionAt(source, name);
  return source.spec.actions.map((name) => {
    if (!Object.hasOwn(map, name)) throw new InputError(`action "${name}" has no ${what}; give one for every action`);
    return map[name];
  });
}

/** True where blocks of the log carry a column or context feature of that name. */
export function hasColumn(source: LogSource, name: string): boolean {
  return source.columns.includes(name) || source.spec.contextNames.includes(name);
}

/** Throws `InputError` where the log has neither a column nor a context feature of that name. */
export function requireColumn(source: LogSource, name: string): void {
  if (hasColumn(source, name)) return;
  const known = [...source.columns, ...source.spec.contextNames];
  if (known.some((one) => one.startsWith(`${name}=`) || one.startsWith(`${name}#`))) {
    throw new InputError(
      `column "${name}" is context, coded as numbers; name it under \`segments\` in the columns file too`,
    );
  }
  const end = known.length === 0 ? ', and no others either; map it in the columns file' : suggestion(name, known);
  throw new InputError(`the log has no column "${name}"${end}`);
}

/** How to read a column or context feature: the value in row i. Columns go first where both have the name. */
export function columnOf(block: LogBlock, name: string): (i: number) => number | string {
  const column = block.columns.get(name);
  if (column) return (i) => column[i];
  const { columns: d, data } = block.log.requests.context;
  const j = block.log.spec.contextNames.indexOf(name);
  if (j < 0) throw new InputError(`${block.where(0)}: the log has no column "${name}"`);
  return (i) => data[i * d + j];
}

/** The same for a column of numbers. Throws `InputError` naming the row at a text. */
export function numbersOf(block: LogBlock, name: string): (i: number) => number {
  const value = columnOf(block, name);
  return (i) => {
    const found = value(i);
    // An empty cell is no number, though Number('') is 0.
    const number = typeof found === 'number' ? found : found.trim() === '' ? Number.NaN : Number(found);
    if (Number.isFinite(number)) return number;
    const what =
      Number.isNaN(found) || found === ''
        ? 'is empty or no number'
        : `holds ${JSON.stringify(found)}, which is no number`;
    throw new InputError(`${block.where(i)}: column "${name}" ${what}; correct the row`);
  };
}
