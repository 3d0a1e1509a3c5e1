/** A log from a table and a map of its columns: one look at every row, then the rows in blocks. */
import type { LogSpec } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import { logBlocks } from './column-blocks.ts';
import type { ColumnPlan } from './column-blocks.ts';
import { actionColumns, checkMap, mappedColumns } from './column-map.ts';
import type { ColumnMap } from './column-map.ts';
import { contextNames } from './context-coding.ts';
import type { ContextColumn } from './context-coding.ts';
import { checkColumn, listed } from './names.ts';
import {
  actionCheck,
  amountCheck,
  bitCheck,
  dateCheck,
  finiteCheck,
  oddsCheck,
  probabilityCheck,
  rangeCheck,
} from './row-checks.ts';
import type { RowCheck } from './row-checks.ts';
import type { Grouping, LogLayout, LogSource } from './source.ts';
import { BLOCK, look } from './survey.ts';
import type { CellKind, Table, Want } from './table.ts';

export interface ColumnLogOptions {
  layout: LogLayout;
  skipBad: boolean;
  /** Further columns to carry; default: all that the map does not name. */
  carry?: readonly string[];
  /** The spec that came with the log; its actions are then written by number. */
  spec?: LogSpec;
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
  // Texts of few values are coded as numbers for agents, and rules and segments ask for them as they are.
  const texts = options.carry ? [] : context.flatMap(({ name, levels }) => (levels ? [name] : []));
  const carried = [...new Set([...carriedColumns(table, map, options.carry), ...texts])];
  const numeric = await table.numeric(carried);
  const plan: ColumnPlan = {
    map,
    spec,
    codes: actions,
    kind,
    checks,
    skipBad: options.skipBad,
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
    ...groupingOf(map),
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
  for (const name of [map.reward, map.cost]) if (name !== undefined) checks.push(amountCheck(name));
  if (map.click !== undefined) checks.push(bitCheck(map.click));
  const reward = map.reward ?? map.click;
  if (map.rewardRange && reward !== undefined) checks.push(rangeCheck(reward, map.rewardRange));
  if (map.rewardRange && map.cost !== undefined) {
    checks.push(rangeCheck(map.cost, [-map.rewardRange[1], -map.rewardRange[0]]));
  }
  if (map.time !== undefined) checks.push(dateCheck(map.time));
  for (const name of map.context ?? []) if (kind(name) !== 'text') checks.push(finiteCheck(name));
  checks.push(...Object.values(map.marginal ?? {}).map(oddsCheck));
  for (const key of ['behaviour', 'evaluation'] as const) checks.push(...Object.values(map[key] ?? {}).map(oddsCheck));
  checks.push(...Object.values(map.predicted ?? {}).map(amountCheck));
  return checks;
}

function groupingOf({ episode, slate, position, marginal }: ColumnMap): { grouping?: Grouping } {
  const column = episode ?? slate;
  if (column === undefined) return {};
  return {
    grouping: {
      kind: episode === undefined ? 'slate' : 'episode',
      column,
      ...(position !== undefined && { position }),
      ...(marginal && { marginal }),
    },
  };
}

function carriedColumns({ names }: Table, map: ColumnMap, carry: readonly string[] | undefined): string[] {
  const shown = [...(map.segments ?? []), ...Object.values(map.evaluation ?? {})];
  for (const name of [map.position, map.episode, map.slate]) if (name !== undefined) shown.push(name);
  shown.push(...Object.values(map.marginal ?? {}));
  const mapped = new Set(mappedColumns(map).map(([, name]) => name));
  const others = carry ?? names.filter((name) => !mapped.has(name));
  return [...new Set([...shown, ...others])];
}
