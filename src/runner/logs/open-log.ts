/** Opens a log that somebody brought: recognises its layout, looks at every row once and reads it in blocks. */
import { readFileSync, statSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { InputError } from '../../core/errors.ts';
import { columnLog } from './column-log.ts';
import { guessedMap } from './column-map.ts';
import type { ColumnMap } from './column-map.ts';
import { csvTable } from './csv-table.ts';
import { isOpenBandit, openBanditFile, openBanditMap } from './open-bandit.ts';
import { sniff } from './sniff.ts';
import type { Sniffed } from './sniff.ts';
import type { LogSource } from './source.ts';
import type { Table } from './table.ts';

export { wholeLog } from './whole-log.ts';

export interface OpenOptions {
  /** Which column holds what; default: as the layout says, or standard names suggest. */
  columns?: ColumnMap;
  /** Leave bad rows out and count them, where else the first one throws. */
  skipBad?: boolean;
  /** Columns to carry beside those that the map names; default: all others. Fewer are faster. */
  carry?: readonly string[];
}

/** [bytes] Files up to this size are held in memory: quicker than a database that must be loaded first. */
const HELD = 8 << 20;
const HELD_GZIP = 1 << 20;

/**
 * Opens a log: adsim's own, the Open Bandit Dataset's (a file or its folder), Vowpal Wabbit's text or dsjson, or columns
 * of a CSV, TSV, JSONL, Parquet or Arrow file. Throws `InputError`, one sentence, for what cannot be read.
 */
export async function openLog(path: string, options: OpenOptions = {}): Promise<LogSource> {
  const file = fileOf(path);
  const sniffed = await sniff(file);
  return tableLog(await openTable(file, sniffed), options);
}

async function openTable(path: string, { delimiter, gzip }: Sniffed): Promise<Table> {
  const { size } = statSync(path);
  if (size <= (gzip ? HELD_GZIP : HELD)) {
    const bytes = readFileSync(path);
    return csvTable(path, gzip ? gunzipSync(bytes) : bytes, delimiter);
  }
  throw new InputError(`${path}: too large for now`);
}

function tableLog(table: Table, { columns, skipBad = false, carry }: OpenOptions): Promise<LogSource> {
  const { path, names } = table;
  const openBandit = columns === undefined && isOpenBandit(names);
  const map = columns ?? (openBandit ? openBanditMap(path, names) : guessedMap(path, names));
  return columnLog(table, map, { layout: openBandit ? 'obd' : 'columns', skipBad, ...(carry && { carry }) });
}

/** The file that a path means: itself, or the one log of a folder. Throws `InputError`. */
function fileOf(path: string): string {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return path;
  const file = openBanditFile(path);
  if (file !== undefined) return file;
  throw new InputError(`${path} is a folder without a log; give a file`);
}
