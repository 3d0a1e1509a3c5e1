/** A table of any size, by DuckDB: read in blocks, in the file's order, in one thread; only one block is ever held. */
import type { DuckDBConnection, DuckDBDataChunk, DuckDBInstance } from '@duckdb/node-api';
import { parse } from 'csv-parse/sync';
import { InputError } from '../../core/errors.ts';
import { uniqueNames } from './names.ts';
import { notJson } from './not-json.ts';
import { fieldPlace, findRecord, lineOfByte } from './place.ts';
import type { SkippedRows } from './source.ts';
import { kindOf, SAMPLE } from './table.ts';
import type { Cells, CellKind, Table, TableBlock, Want } from './table.ts';

export interface DuckFile {
  form: 'csv' | 'json-lines' | 'parquet';
  /** Of a CSV. */
  delimiter: string;
}

const name = (column: string): string => `"${column.replaceAll('"', '""')}"`;
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** The table of a file. Throws `InputError` where it cannot be read. */
export async function duckTable(path: string, file: DuckFile): Promise<Table> {
  const database = await openDatabase();
  const failed = (error: unknown): InputError => damaged(path, error);
  const typed =
    file.form === 'parquet' ? await describe(database, `read_parquet(${literal(path)})`, failed) : undefined;
  const names = typed ? [...typed.keys()] : await textNames(database, path, file, failed);
  const from = scanOf(path, file, names);
  const kinds = typed ? kindsOf(typed) : await sampledKinds(database, from, names, failed);
  let torn: Torn = { lines: [], skipped: [] };
  const lineOf = (row: number): number => {
    let line = row + (file.form === 'csv' ? 2 : 1);
    for (const other of torn.lines) if (other <= line) line++;
    return line;
  };
  return {
    path,
    names,
    kinds,
    async *blocks(wants, size) {
      const connection = await connect(database);
      try {
        const columns = wants.map((want) => expression(want, typed?.get(want.name)));
        const result = await connection.stream(`SELECT ${columns.join(', ')} FROM ${from}`).catch((error: unknown) => {
          throw failed(error);
        });
        const next = (): Promise<DuckDBDataChunk | null> =>
          result.fetchChunk().catch((error: unknown) => {
            throw failed(error);
          });
        yield* rechunked(next, wants, size);
        if (file.form === 'csv') torn = await tornRows(connection, path);
      } finally {
        connection.closeSync();
      }
    },
    async numeric(wanted) {
      if (typed || wanted.length === 0) return new Set(wanted.filter((column) => kinds.get(column) === 'number'));
      const odd = (column: string): string =>
        `count(*) FILTER (trim(${name(column)}) <> '' AND isnan(${toNumber(name(column))}) AND lower(trim(${name(column)})) <> 'nan')::DOUBLE`;
      const [counts] = await rowsOf(database, `SELECT ${wanted.map(odd).join(', ')} FROM ${from}`, failed);
      return new Set(wanted.filter((_, j) => counts[j] === 0));
    },
    rejected: async () => torn.skipped,
    ...(typed && {
      async tally({ sound, names: named, most }) {
        // A blank cell makes its law NULL, which FILTER does not count: no need to turn blanks into NaN first.
        const plain = ({ name: column, as }: Want): boolean => as === 'number' && kinds.get(column) === 'number';
        const cell = (want: Want): string =>
          plain(want) ? `${name(want.name)}::DOUBLE` : expression(want, typed.get(want.name));
        const laws = sound.map(({ want, law }) => `(${law(cell(want))})`).join(' AND ') || 'true';
        const counted = `SELECT count(*)::DOUBLE, count(*) FILTER (${laws})::DOUBLE FROM ${from}`;
        const [[rows, good]] = (await rowsOf(database, counted, failed)) as [[number, number]];
        const distinct = `SELECT DISTINCT ${expression(named, typed.get(named.name))} FROM ${from} LIMIT ${most}`;
        const cells = (await rowsOf(database, distinct, failed)) as (string | number)[][];
        return { rows, sound: good === rows, names: cells.map(([value]) => value) };
      },
    }),
    where: (row) => (file.form === 'parquet' ? `${path} row ${row + 1}` : `${path}:${lineOf(row)}`),
    async cell(row, column) {
      const sql = `SELECT coalesce(${name(column)}::VARCHAR, '') FROM ${from} LIMIT 1 OFFSET ${row}`;
      const [[text]] = (await rowsOf(database, sql, failed)) as [[string]];
      if (file.form === 'parquet') {
        const plain =
          kinds.get(column) === 'number' && text !== '' ? String(Number(text.replace('inf', 'Infinity'))) : text; // 0, not 0.0
        return { place: `${path} row ${row + 1}, column ${column}`, text: plain };
      }
      if (file.form === 'csv') {
        const form = { quoted: true, delimiter: file.delimiter, fields: names.length };
        return { place: await fieldPlace(path, row + 1, names.indexOf(column), form), text };
      }
      const found = await findRecord(path, row, { quoted: false, delimiter: ',' });
      const fault = found && notJson(found.text);
      return { place: `${path}:${found?.line ?? row + 1}`, text, ...(fault !== undefined && { fault }) };
    },
  };
}

/** One thread and the file's order, so that the same file gives the same bytes; nothing is ever downloaded. */
async function openDatabase(): Promise<DuckDBInstance> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  // The same database for every log of a process: it holds nothing but settings.
  return DuckDBInstance.fromCache(':memory:', {
    threads: '1',
    preserve_insertion_order: 'true',
    memory_limit: '600MB',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
}

async function connect(database: DuckDBInstance): Promise<DuckDBConnection> {
  const connection = await database.connect();
  await connection.run("SET TimeZone = 'UTC'");
  return connection;
}

async function rowsOf(
  database: DuckDBInstance,
  sql: string,
  failed: (error: unknown) => InputError,
): Promise<unknown[][]> {
  const connection = await connect(database);
  try {
    return await (await connection.run(sql)).getRows();
  } catch (error) {
    throw failed(error);
  } finally {
    connection.closeSync();
  }
}

function damaged(path: string, error: unknown): InputError {
  const [message] = (error as Error).message.split('\n');
  return new InputError(`${path} cannot be read (${message.trim()}); check the file`);
}

/** Columns and their SQL types. */
async function describe(
  database: DuckDBInstance,
  from: string,
  failed: (error: unknown) => InputError,
): Promise<ReadonlyMap<string, string>> {
  const rows = await rowsOf(database, `DESCRIBE SELECT * FROM ${from}`, failed);
  return new Map(rows.map(([column, type]) => [String(column), String(type)]));
}

async function textNames(
  database: DuckDBInstance,
  path: string,
  { form, delimiter }: DuckFile,
  failed: (error: unknown) => InputError,
): Promise<string[]> {
  if (form === 'json-lines') {
    const scan = `read_json(${literal(path)}, format = 'newline_delimited', ignore_errors = true, sample_size = ${SAMPLE})`;
    return [...(await describe(database, scan, failed)).keys()];
  }
  const header = await findRecord(path, 0, { quoted: true, delimiter });
  const [names] = parse(header?.text ?? '', { delimiter, relax_column_count: true });
  return uniqueNames(path, names ?? []);
}

function scanOf(path: string, { form, delimiter }: DuckFile, names: readonly string[]): string {
  const columns = `columns = {${names.map((column) => `${literal(column)}: 'VARCHAR'`).join(', ')}}`;
  if (form === 'parquet') return `read_parquet(${literal(path)})`;
  if (form === 'json-lines') {
    return `read_json(${literal(path)}, format = 'newline_delimited', ignore_errors = true, ${columns})`;
  }
  return (
    `read_csv(${literal(path)}, header = true, auto_detect = false, delim = ${literal(delimiter)}, quote = '"', ` +
    `escape = '"', ${columns}, ignore_errors = true, store_rejects = true, rejects_limit = ${MOST_TORN})`
  );
}

function kindsOf(types: ReadonlyMap<string, string>): Map<string, CellKind> {
  const kind = (type: string): CellKind => {
    if (/^(?:U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?|FLOAT|DOUBLE|DECIMAL.*|BOOLEAN)$/u.test(type)) return 'number';
    return /^(?:TIMESTAMP|DATE)/u.test(type) ? 'hour' : 'text';
  };
  return new Map([...types].map(([column, type]) => [column, kind(type)]));
}

async function sampledKinds(
  database: DuckDBInstance,
  from: string,
  names: readonly string[],
  failed: (error: unknown) => InputError,
): Promise<Map<string, CellKind>> {
  const texts = names.map((column) => `coalesce(${name(column)}, '')`);
  const rows = (await rowsOf(
    database,
    `SELECT ${texts.join(', ')} FROM ${from} LIMIT ${SAMPLE}`,
    failed,
  )) as string[][];
  return new Map(names.map((column, j) => [column, kindOf(rows.map((row) => row[j]))]));
}

const toNumber = (text: string): string =>
  `coalesce(try_cast(trim(${text}) AS DOUBLE), CASE lower(trim(${text})) WHEN 'true' THEN 1.0 WHEN 'false' THEN 0.0 END, 'nan'::DOUBLE)`;

/** A column in the words of SQL: numbers and hours as DOUBLE, NaN where there is none. */
function expression({ name: column, as }: Want, type: string | undefined): string {
  const cell = name(column);
  const text = type === undefined || type === 'VARCHAR' || type.startsWith('ENUM') || type === 'JSON';
  if (as === 'text') return `coalesce(${cell}::VARCHAR, '')`;
  if (as === 'number')
    return text ? toNumber(`${cell}::VARCHAR`) : `coalesce(try_cast(${cell} AS DOUBLE), 'nan'::DOUBLE)`;
  const hours = (time: string): string => `epoch_ms(${time}) / 3600000`;
  if (!text && !/^(?:TIMESTAMP|DATE)/u.test(type)) return `coalesce(try_cast(${cell} AS DOUBLE), 'nan'::DOUBLE)`;
  if (!text) return `coalesce(${hours(`${cell}::TIMESTAMPTZ`)}, 'nan'::DOUBLE)`;
  const number = toNumber(`${cell}::VARCHAR`);
  return `CASE WHEN isnan(${number}) THEN coalesce(${hours(`try_cast(${cell} AS TIMESTAMPTZ)`)}, 'nan'::DOUBLE) ELSE ${number} END`;
}

/** Blocks of `size` rows from chunks of DuckDB's own. */
async function* rechunked(
  next: () => Promise<DuckDBDataChunk | null>,
  wants: readonly Want[],
  size: number,
): AsyncGenerator<TableBlock> {
  const fresh = (): (Float64Array | string[])[] => wants.map(({ as }) => (as === 'text' ? [] : new Float64Array(size)));
  let [first, filled, cells] = [0, 0, fresh()];
  const block = (): TableBlock => ({
    first,
    size: filled,
    cells: cells.map((column): Cells => (column instanceof Float64Array ? column.subarray(0, filled) : column)),
  });
  for (let chunk = await next(); chunk !== null && chunk.rowCount > 0; chunk = await next()) {
    for (let from = 0; from < chunk.rowCount;) {
      const count = Math.min(chunk.rowCount - from, size - filled);
      for (const [c, column] of cells.entries()) copy(chunk, c, column, { from, count, at: filled });
      from += count;
      filled += count;
      if (filled < size) continue;
      yield block();
      [first, filled, cells] = [first + filled, 0, fresh()];
    }
  }
  if (filled > 0) yield block();
}

function copy(
  chunk: DuckDBDataChunk,
  c: number,
  to: Float64Array | string[],
  { from, count, at }: { from: number; count: number; at: number },
): void {
  const vector = chunk.getColumnVector(c);
  if (to instanceof Float64Array)
    to.set((vector as unknown as { items: Float64Array }).items.subarray(from, from + count), at);
  else for (let i = from; i < from + count; i++) to.push(vector.getItem(i) as string);
}

interface Torn {
  /** Lines of torn rows, ascending. */
  lines: readonly number[];
  skipped: readonly SkippedRows[];
}

/** So many torn rows are told apart; a file of more is refused all the same, or skipped and counted up to here. */
const MOST_TORN = 100_000;

async function tornRows(connection: DuckDBConnection, path: string): Promise<Torn> {
  const sql = 'SELECT line::DOUBLE, byte_position::DOUBLE, error_message FROM reject_errors ORDER BY line, column_idx';
  const rows = (await (await connection.run(sql)).getRows()) as [number, number, string][];
  if (rows.length === 0) return { lines: [], skipped: [] };
  const lines = [...new Set(rows.map(([line]) => line))];
  const [, byte, message] = rows[0];
  const counts = /Expected Number of Columns: (\d+) Found: (\d+)/u.exec(message);
  const text = counts ? `the row has ${counts[2]} fields, the header ${counts[1]}` : message.split('\n')[0];
  const first = `${path}:${await lineOfByte(path, byte)}: ${text}`;
  return { lines, skipped: [{ reason: 'torn row', count: lines.length, first }] };
}
