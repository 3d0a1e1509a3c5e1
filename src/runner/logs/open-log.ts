/** Opens a log that somebody brought: recognises its layout, looks at every row once and reads it in blocks. */
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, gunzipSync } from 'node:zlib';
import { InputError } from '../../core/errors.ts';
import { columnLog } from './column-log.ts';
import { guessedMap } from './column-map.ts';
import type { ColumnMap } from './column-map.ts';
import { csvTable } from './csv-table.ts';
import { dsjsonRows } from './dsjson.ts';
import { eventLog } from './event-log.ts';
import { jsonLinesTable } from './json-lines.ts';
import { isOpenBandit, openBanditFile, openBanditMap } from './open-bandit.ts';
import { ownFile, ownLog, ownSpec } from './own-log.ts';
import { sniff } from './sniff.ts';
import type { Sniffed } from './sniff.ts';
import type { LogSource } from './source.ts';
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
  /** Of a page of several slots (ccb, slates): the one whose decisions are the rows, from 0; default: the first. */
  slot?: number;
  /** [bytes] Text files up to this size are held in memory, an eighth of it where they are packed; default: 8 MiB. */
  held?: number;
}

/** [bytes] Up to this size, memory is quicker than a database that must be loaded first. */
const HELD = 8 << 20;

/**
 * Opens a log: adsim's own, the Open Bandit Dataset's (a file or its folder), Vowpal Wabbit's text or dsjson, or columns
 * of a CSV, TSV, JSONL, Parquet or Arrow file. Throws `InputError`, one sentence, for what cannot be read.
 */
export async function openLog(path: string, options: OpenOptions = {}): Promise<LogSource> {
  const file = fileOf(path);
  const sniffed = await sniff(file);
  const { skipBad = false, slot = 0 } = options;
  if (sniffed.form === 'vw') return eventLog(file, () => vwRows(file), { layout: 'vw', skipBad });
  if (sniffed.form === 'dsjson' && !options.columns) {
    return eventLog(file, () => dsjsonRows(file, slot), { layout: 'dsjson', skipBad });
  }
  const table = await openTable(file, sniffed, options.held ?? HELD);
  const own = sniffed.form === 'parquet' && !options.columns ? await ownSpec(file) : undefined;
  return own ? ownLog(table, own, skipBad) : tableLog(table, options);
}

async function openTable(path: string, { form, delimiter, gzip }: Sniffed, held: number): Promise<Table> {
  if (form === 'parquet') return (await import('./duck-table.ts')).duckTable(path, { form, delimiter });
  if (form === 'arrow') return (await import('./arrow-table.ts')).arrowTable(path);
  const text = form === 'csv' ? form : 'json-lines';
  const bytes = statSync(path).size > (gzip ? held / 8 : held) ? undefined : readWhole(path, gzip);
  if (!bytes && gzip) await checkGzip(path);
  if (!bytes) return (await import('./duck-table.ts')).duckTable(path, { form: text, delimiter });
  return text === 'csv' ? csvTable(path, bytes, delimiter) : jsonLinesTable(path, bytes.toString('utf8'));
}

/** The bytes of a small file, unpacked; undefined where they unpack to too many. Throws `InputError` for a torn gzip. */
function readWhole(path: string, gzip: boolean): Buffer | undefined {
  const bytes = readFileSync(path);
  if (!gzip) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: 8 * HELD });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return undefined;
    throw new InputError(`${path} cannot be unpacked (${(error as Error).message}); check the file`);
  }
}

/** Unpacks a file to nowhere: DuckDB takes the end of a torn one for its end. Throws `InputError`. */
async function checkGzip(path: string): Promise<void> {
  const nowhere = new Writable({ write: (_piece, _encoding, done) => done() });
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), createGunzip(), nowhere).catch((error: Error) => {
    throw new InputError(`${path} cannot be unpacked (${error.message}); check the file`);
  });
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
  const file = openBanditFile(path) ?? ownFile(path);
  if (file !== undefined) return file;
  throw new InputError(
    `${path} is a folder without a log; give a file, or a folder of the Open Bandit Dataset or of adsim run`,
  );
}
