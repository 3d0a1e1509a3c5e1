/** A log from a table and a map of its columns: one look at every row, then the rows in blocks. */
import type { LogSpec } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import { logBlocks } from './column-blocks.ts';
import type { ColumnPlan } from './column-blocks.ts';
import { actionColumns, checkMap, mappedColumns } from './column-map.ts';
import type { ColumnMap } from './column-map.ts';
import { contextNames, LEVELS } from './context-coding.ts';
import type { ContextColumn } from './context-coding.ts';
import { checkColumn, listed } from './names.ts';
import {
  actionCheck,
  bitCheck,
  dateCheck,
  finiteCheck,
  nameOf,
  oddsCheck,
  probabilityCheck,
  rangeCheck,
} from './row-checks.ts';
import type { RowCheck } from './row-checks.ts';
import type { LogLayout, LogSource, SkippedRows } from './source.ts';
import type { Cells, CellKind, Table, Want } from './table.ts';

export interface ColumnLogOptions {
  layout: LogLayout;
  skipBad: boolean;
  /** Further columns to carry; default: all that the map does not name. */
  carry?: readonly string[];
  /** The spec that came with the log; its actions are then written by number. */
  spec?: LogSpec;
}

/** More different actions than this are a wrong column, not actions. */
const MOST_ACTIONS = 10_000;

/** Rows of a block where nobody says otherwise. */
export const BLOCK = 65_536;

/** What one look at every row found. */
interface Survey {
  rows: number;
  skipped: SkippedRows[];
  /** Names of the actions seen. */
  seen: readonly string[];
  levels: ReadonlyMap<string, readonly string[] | undefined>;
  /** [h] of the first row; 0 where there is no time. */
  firstHour: number;
}

/** Looks at every row. Throws `InputError` for the first bad one, or counts them all where `skipBad` is true. */
export async function columnLog(table: Table, map: ColumnMap, options: ColumnLogOptions): Promise<LogSource> {
  const { path, names } = table;
  checkMap(path, map, names);
  for (const name of options.carry ?? []) checkColumn(path, 'a column to carry', name, names);
  const categories = new Set(map.categories);
  const kind = (name: string): CellKind => (categories.has(name) ? 'text' : (table.kinds.get(name) as CellKind));
  const declared = options.spec ? indices(options.spec.actions.length) : declaredActions(map);
  const checks = checksOf(map, declared, kind);
  const context: ContextColumn[] = (map.context ?? []).map((name) => ({ name, as: kind(name) }));
  const survey = await look(table, map, { kind, checks, context, skipBad: options.skipBad });
  for (const column of context) {
    const levels = survey.levels.get(column.name);
    if (levels) column.levels = levels;
  }
  const actions = declared ?? actionsOf(table, map, survey.seen);
  const spec = options.spec ?? specOf(map, actions, context);
  const carried = carriedColumns(table, map, options.carry);
  const numeric = await table.numeric(carried);
  const plan: ColumnPlan = {
    map,
    spec,
    codes: actions,
    kind,
    checks,
    context,
    carried: carried.map((name): Want => ({ name, as: numeric.has(name) ? 'number' : 'text' })),
    firstHour: map.time !== undefined && kind(map.time) !== 'number' ? survey.firstHour : 0,
  };
  for (const key of ['behaviour', 'evaluation', 'predicted'] as const) {
    const columns = map[key];
    if (columns) plan[key] = actionColumns(columns, actions, key);
  }
  return {
    path,
    layout: options.layout,
    rows: survey.rows,
    spec,
    propensities: map.propensity !== undefined || map.behaviour !== undefined,
    columns: carried,
    skipped: survey.skipped,
    blocks: (size = BLOCK) => logBlocks(table, plan, size),
  };
}

function specOf(map: ColumnMap, actions: readonly string[], context: readonly ContextColumn[]): LogSpec {
  const clicks = map.reward === undefined && map.cost === undefined;
  const range = map.rewardRange ?? (clicks ? ([0, 1] as const) : undefined);
  return {
    contextNames: contextNames(context),
    actions,
    slots: 1,
    rewardUnit: map.rewardUnit ?? (clicks ? 'click' : 'reward'),
    ...(range && { rewardRange: range }),
    schemaVersion: 1,
  };
}

/** (k) 0 … k − 1, as texts. */
const indices = (k: number): string[] => Array.from({ length: k }, (_, a) => String(a));

/** The actions that the map names, in its words; undefined where it does not. */
function declaredActions(map: ColumnMap): string[] | undefined {
  if (typeof map.actions === 'number') return indices(map.actions);
  if (map.actions) return map.actions.map(String);
  for (const columns of [map.behaviour, map.evaluation, map.predicted]) {
    if (columns && !Array.isArray(columns)) return Object.keys(columns);
  }
  return undefined;
}

/** The actions seen, by number where all are numbers; or 0 … K − 1 where K columns are listed and no name says otherwise. */
function actionsOf({ path }: Table, map: ColumnMap, seen: readonly string[]): string[] {
  const whole = seen.every((name) => /^-?\d+$/u.test(name));
  const list = [map.behaviour, map.evaluation, map.predicted].find((columns) => Array.isArray(columns));
  if (list) {
    const k = Object.keys(list).length;
    if (whole && seen.every((name) => Number(name) >= 0 && Number(name) < k)) {
      return Array.from({ length: k }, (_, a) => String(a));
    }
    throw new InputError(
      `${path}: ${k} columns are listed, one for each action, and the actions are ${listed([...seen].sort())}; ` +
        'say which is which with {action: column}, or name the actions in the order of the columns (actions: […])',
    );
  }
  const numeric = seen.every((name) => Number.isFinite(Number(name)));
  return [...seen].sort(numeric ? (a, b) => Number(a) - Number(b) : undefined);
}

/** In the order in which a row's faults are told. */
function checksOf(
  map: ColumnMap,
  declared: readonly string[] | undefined,
  kind: (name: string) => CellKind,
): RowCheck[] {
  const checks = [actionCheck(map.action, declared && new Set(declared))];
  if (map.propensity !== undefined) checks.push(probabilityCheck(map.propensity));
  for (const name of [map.reward, map.cost]) if (name !== undefined) checks.push(finiteCheck(name));
  if (map.click !== undefined) checks.push(bitCheck(map.click));
  const reward = map.reward ?? map.click;
  if (map.rewardRange && reward !== undefined) checks.push(rangeCheck(reward, map.rewardRange));
  if (map.rewardRange && map.cost !== undefined) {
    checks.push(rangeCheck(map.cost, [-map.rewardRange[1], -map.rewardRange[0]]));
  }
  if (map.time !== undefined) checks.push(dateCheck(map.time));
  for (const name of map.context ?? []) if (kind(name) !== 'text') checks.push(finiteCheck(name));
  for (const key of ['behaviour', 'evaluation'] as const) checks.push(...Object.values(map[key] ?? {}).map(oddsCheck));
  checks.push(...Object.values(map.predicted ?? {}).map(finiteCheck));
  return checks;
}

/** As which a checked column is read. */
export function wantOf(name: string, map: ColumnMap, kind: (name: string) => CellKind): Want {
  if (name === map.action || map.context?.includes(name)) {
    const as = kind(name);
    return { name, as: name === map.action && as === 'hour' ? 'text' : as };
  }
  return { name, as: name === map.time ? 'hour' : 'number' };
}

async function look(
  table: Table,
  map: ColumnMap,
  given: { kind: (name: string) => CellKind; checks: RowCheck[]; context: readonly ContextColumn[]; skipBad: boolean },
): Promise<Survey> {
  const { checks, context, skipBad, kind } = given;
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

function carriedColumns({ names }: Table, map: ColumnMap, carry: readonly string[] | undefined): string[] {
  const shown = [...(map.segments ?? []), ...Object.values(map.evaluation ?? {})];
  if (map.position !== undefined) shown.push(map.position);
  const mapped = new Set(mappedColumns(map).map(([, name]) => name));
  const others = carry ?? names.filter((name) => !mapped.has(name));
  return [...new Set([...shown, ...others])];
}
