/** One look at every row of a table before any is used: how many, which are bad, and what the columns hold. */
import { InputError } from '../../core/errors.ts';
import type { ColumnMap } from './column-map.ts';
import { LEVELS } from './context-coding.ts';
import type { ContextColumn } from './context-coding.ts';
import { nameOf } from './row-checks.ts';
import type { RowCheck } from './row-checks.ts';
import type { SkippedRows } from './source.ts';
import type { Cells, CellKind, Table, Want } from './table.ts';

/** More different actions than this are a wrong column, not actions. */
export const MOST_ACTIONS = 10_000;

/** Rows of a block where nobody says otherwise. */
export const BLOCK = 65_536;

/** What one look at every row found. */
export interface Survey {
  rows: number;
  skipped: SkippedRows[];
  /** Names of the actions seen. */
  seen: readonly string[];
  levels: ReadonlyMap<string, readonly string[] | undefined>;
  /** [h] of the first row; 0 where there is no time. */
  firstHour: number;
}

/** As which a checked column is read. */
export function wantOf(name: string, map: ColumnMap, kind: (name: string) => CellKind): Want {
  if (name === map.action || map.context?.includes(name)) {
    const as = kind(name);
    return { name, as: name === map.action && as === 'hour' ? 'text' : as };
  }
  return { name, as: name === map.time ? 'hour' : 'number' };
}

/** Looks at every row. Throws `InputError` for the first bad one, or counts them all where `skipBad` is true. */
export async function look(
  table: Table,
  map: ColumnMap,
  given: { kind: (name: string) => CellKind; checks: RowCheck[]; context: readonly ContextColumn[]; skipBad: boolean },
): Promise<Survey> {
  const { checks, context, skipBad, kind } = given;
  const quick = await tallied(table, map, given);
  if (quick) return quick;
  const checked = checks.map(({ column }) => wantOf(column, map, kind));
  const texts = context.filter(({ as }) => as === 'text');
  const wants = [...checked, ...texts.map(({ name }): Want => ({ name, as: 'text' }))];
  const timeAt = map.time === undefined ? -1 : checks.findIndex(({ column }) => column === map.time);
  const seen = new Set<string>();
  const levels = texts.map(() => new Set<string>());
  const faults = new Map<number, { row: number; count: number }>();
  let [rows, firstHour] = [0, NaN];
  const bad = new Uint8Array(BLOCK);
  for await (const { first, size, cells } of table.blocks(wants, BLOCK)) {
    bad.fill(0);
    const marks = bad.subarray(0, size);
    checks.forEach((check, c) => check.scan(cells[c], marks, c + 1));
    for (let i = 0; i < size; i++) {
      if (marks[i] === 0) {
        rows++;
        continue;
      }
      if (!skipBad) throw new InputError(`${await faultOf(table, checks[marks[i] - 1], first + i)}; ${MEND}`);
      const fault = faults.get(marks[i]);
      if (fault) fault.count++;
      else faults.set(marks[i], { row: first + i, count: 1 });
    }
    if (timeAt >= 0 && Number.isNaN(firstHour)) {
      firstHour = (cells[timeAt] as Float64Array).find((_, i) => marks[i] === 0) ?? NaN;
    }
    addNames(seen, cells[0], marks);
    if (seen.size > MOST_ACTIONS) {
      throw new InputError(
        `${table.path}: the column ${map.action} holds more than ${MOST_ACTIONS} different values; ` +
          'name the column of what was shown (action: COLUMN)',
      );
    }
    levels.forEach((known, c) => addLevels(known, cells[checks.length + c] as readonly string[], marks));
  }
  const torn = await table.rejected();
  if (torn.length > 0 && !skipBad) throw new InputError(`${torn[0].first}; ${MEND}`);
  const skipped = [...torn];
  for (const [mark, { row, count }] of faults) {
    const check = checks[mark - 1];
    skipped.push({ reason: check.reason, count, first: await faultOf(table, check, row) });
  }
  if (rows === 0) {
    throw new InputError(
      skipped.length > 0
        ? `${table.path}: every row is bad, the first: ${skipped[0].first}; correct the file`
        : `${table.path} has no rows; give a log with rows`,
    );
  }
  return {
    rows,
    skipped,
    seen: [...seen],
    firstHour: Number.isNaN(firstHour) ? 0 : firstHour,
    levels: new Map(texts.map(({ name }, c) => [name, levels[c].size > LEVELS ? undefined : [...levels[c]].sort()])),
  };
}

/** The survey of a table that can count for itself and finds every row sound; undefined where rows must be looked at. */
async function tallied(
  table: Table,
  map: ColumnMap,
  { kind, checks, context }: Parameters<typeof look>[2],
): Promise<Survey | undefined> {
  if (!table.tally || context.some(({ as }) => as === 'text')) return undefined;
  const [action, ...others] = checks;
  const sound = others.flatMap(({ column, sql }) => (sql ? [{ want: wantOf(column, map, kind), law: sql }] : []));
  if (sound.length < others.length) return undefined;
  const counted = await table.tally({ sound, names: wantOf(action.column, map, kind), most: MOST_ACTIONS + 1 });
  const names = counted.names.every((name) => typeof name === 'number')
    ? Float64Array.from(counted.names)
    : counted.names.map(String);
  const bad = new Uint8Array(names.length);
  action.scan(names, bad, 1);
  if (!counted.sound || counted.rows === 0 || bad.includes(1) || names.length > MOST_ACTIONS) return undefined;
  let firstHour = 0;
  if (map.time !== undefined) {
    for await (const { cells } of table.blocks([{ name: map.time, as: 'hour' }], 1)) {
      firstHour = cells[0][0] as number;
      break;
    }
  }
  return { rows: counted.rows, skipped: [], seen: Array.from(names, nameOf), levels: new Map(), firstHour };
}

export const MEND = 'correct the row, or leave such rows out with --skip-bad';

/** Where a row stands and which law it breaks. */
async function faultOf(table: Table, check: RowCheck, row: number): Promise<string> {
  const { place, text, fault } = await table.cell(row, check.column);
  return `${place}: ${fault ?? check.say(shown(text))}`;
}

/** A cell on one line, and of a line's length. */
function shown(text: string): string {
  const flat = text.replaceAll(/\s+/gu, ' ');
  return flat.length > 60 ? `${flat.slice(0, 60)}…` : flat;
}

function addNames(seen: Set<string>, cells: Cells, bad: Uint8Array): void {
  const known = new Set<string | number>();
  for (let i = 0; i < cells.length; i++) {
    if (bad[i] > 0 || known.has(cells[i])) continue;
    known.add(cells[i]);
    seen.add(nameOf(cells[i]));
  }
}

function addLevels(known: Set<string>, texts: readonly string[], bad: Uint8Array): void {
  for (let i = 0; i < texts.length && known.size <= LEVELS; i++) if (bad[i] === 0) known.add(texts[i]);
}
