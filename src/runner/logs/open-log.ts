/** Opens a log that somebody brought: recognises its layout, looks at every row once and reads it in blocks. */
import { statSync } from 'node:fs';
import { InputError } from '../../core/errors.ts';
import { columnLog } from './column-log.ts';
import { guessedMap } from './column-map.ts';
import type { ColumnMap } from './column-map.ts';
import { dsjsonRows } from './dsjson.ts';
import { eventLog } from './event-log.ts';
import { isOpenBandit, openBanditFile, openBanditMap } from './open-bandit.ts';
import { openTable } from './open-table.ts';
import { ownFile, ownLog, ownSpec } from './own-log.ts';
import { sniff } from './sniff.ts';
import type { Grouping, LogSource } from './source.ts';
import type { Table } from './table.ts';
import { vwRows } from './vw-text.ts';

export { wholeLog } from './whole-log.ts';

export interface OpenOptions {
  /** Which column holds what; default: as the layout says, or standard names suggest. */
  columns?: ColumnMap;
  /** Leave bad rows out and count them, where else the first one throws. */
  skipBad?: boolean;
  /** Columns to carry beside those that the map names; default: all others. Fewer are faster. */
  carry?: readonly string[];
  /** Rows to value together, whatever the map says. */
  group?: Pick<Grouping, 'kind' | 'column'> | undefined;
  /** Of a page of several slots (ccb, slates): the one whose decisions are the rows, from 0; default: the first. */
  slot?: number;
  /** [bytes] Text files up to this size are held in memory, an eighth of it where they are packed; default: 8 MiB. */
  held?: number;
}

/**
 * Opens a log: adsim's own, the Open Bandit Dataset's (a file or its folder), Vowpal Wabbit's text or dsjson, or columns
 * of a CSV, TSV, JSONL, Parquet or Arrow file. Throws `InputError`, one sentence, for what cannot be read.
 */
export async function openLog(path: string, options: OpenOptions = {}): Promise<LogSource> {
  const file = fileOf(path);
  const sniffed = await sniff(file);
  const { skipBad = false, slot = 0, group } = options;
  const events = sniffed.form === 'vw' || (sniffed.form === 'dsjson' && !options.columns);
  if (events && group) {
    throw new InputError(
      `--${group.kind}: Vowpal Wabbit’s logs have no columns; give the rows as columns (adsim convert)`,
    );
  }
  if (sniffed.form === 'vw') return eventLog(file, () => vwRows(file), { layout: 'vw', skipBad });
  if (events) {
    return eventLog(file, () => dsjsonRows(file, slot), { layout: 'dsjson', skipBad });
  }
  const table = await openTable(file, sniffed, options.held);
  const own = sniffed.form === 'parquet' && !options.columns ? await ownSpec(file) : undefined;
  return own ? ownLog(table, own, skipBad, group) : tableLog(table, options);
}

function tableLog(table: Table, { columns, skipBad = false, carry, group }: OpenOptions): Promise<LogSource> {
  const { path, names } = table;
  const openBandit = columns === undefined && isOpenBandit(names);
  const map = columns ?? (openBandit ? openBanditMap(path, names) : guessedMap(path, names));
  return columnLog(table, withGroup(map, group), {
    layout: openBandit ? 'obd' : 'columns',
    skipBad,
    ...(carry && { carry }),
  });
}

/** The map, with rows grouped as somebody asked. Throws `InputError` where the map says otherwise. */
export function withGroup(map: ColumnMap, group: OpenOptions['group']): ColumnMap {
  if (!group) return map;
  const other = group.kind === 'episode' ? 'slate' : 'episode';
  if (map[other] === undefined) return { ...map, [group.kind]: group.column };
  throw new InputError(`--${group.kind}: the map of columns groups rows by ${other}; leave one of both away`);
}

/** The file that a path means: itself, or the one log of a folder. Throws `InputError`. */
export function fileOf(path: string): string {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return path;
  const file = openBanditFile(path) ?? ownFile(path);
  if (file !== undefined) return file;
  throw new InputError(
    `${path} is a folder without a log; give a file, or a folder of the Open Bandit Dataset or of adsim run`,
  );
}
