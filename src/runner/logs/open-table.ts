/** Opens a file of rows as a table: in memory where it is small, through a database where it is not. */
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, gunzipSync } from 'node:zlib';
import { InputError } from '../../core/errors.ts';
import { arffTable } from './arff-table.ts';
import { csvTable } from './csv-table.ts';
import { jsonLinesTable } from './json-lines.ts';
import type { Sniffed } from './sniff.ts';
import type { Table } from './table.ts';

/** [bytes] Up to this size, memory is quicker than a database that must be loaded first. */
const HELD = 8 << 20;

/** The table of a recognised file. `held` [bytes]: text files up to this size are held in memory, an eighth of it where packed. */
export async function openTable(path: string, { form, delimiter, gzip }: Sniffed, held: number = HELD): Promise<Table> {
  if (form === 'parquet') return (await import('./duck-table.ts')).duckTable(path, { form, delimiter });
  if (form === 'arrow') return (await import('./arrow-table.ts')).arrowTable(path);
  if (form === 'arff') return arffTable(path, (readWhole(path, gzip) ?? tooLong(path)).toString('utf8'));
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

function tooLong(path: string): never {
  throw new InputError(`${path} unpacks to more than an ARFF file may; give a CSV or Parquet file`);
}
