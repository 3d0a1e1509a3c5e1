/** A CSV or TSV that is small enough to be held, by csv-parse: it opens faster than a database does. */
import { parse } from 'csv-parse/sync';
import { InputError } from '../../core/errors.ts';
import { heldTable } from './held-table.ts';
import { fieldPlace } from './place.ts';
import { uniqueNames } from './names.ts';
import type { SkippedRows } from './source.ts';
import type { Table } from './table.ts';

interface Row {
  record: readonly string[];
  /** On which it begins, from 1. */
  line: number;
}

/** `bytes` of a file with a header. Rows of another number of fields are torn. Throws `InputError` for what is no CSV. */
export function csvTable(path: string, bytes: Buffer, delimiter: string): Table {
  const rows = plainRows(bytes, delimiter) ?? quotedRows(path, bytes, delimiter);
  if (rows.length === 0) throw new InputError(`${path} is empty; give a log with a header and rows`);
  const names = uniqueNames(path, rows[0].record);
  const width = names.length;
  const kept: Row[] = [];
  let torn: SkippedRows | undefined;
  for (const row of rows.slice(1)) {
    const { record, line } = row;
    if (record.length === width) {
      kept.push(row);
      continue;
    }
    torn ??= { reason: 'torn row', count: 0, first: `${path}:${line}: ${tornText(record.length, width)}` };
    torn.count++;
  }
  return heldTable({
    path,
    names,
    records: kept.map(({ record }) => record),
    lines: kept.map(({ line }) => line),
    torn: torn ? [torn] : [],
    place: (row, field) => fieldPlace(path, row + 1, field, { quoted: true, delimiter, fields: width }),
  });
}

/** Where nothing is quoted a line is a record, and to split is many times as quick as csv-parse; undefined elsewhere. */
function plainRows(bytes: Buffer, delimiter: string): Row[] | undefined {
  if (bytes.includes('"')) return undefined;
  const text = bytes.toString('utf8').replace(/^\uFEFF/u, '');
  const lines = text.split(text.includes('\r\n') ? '\r\n' : '\n');
  // A break of another kind is csv-parse's to understand.
  if (lines.some((line) => line.includes('\r') || line.includes('\n'))) return undefined;
  return lines.flatMap((line, i) => (line === '' ? [] : { record: line.split(delimiter), line: i + 1 }));
}

function quotedRows(path: string, bytes: Buffer, delimiter: string): Row[] {
  const options = { delimiter, bom: true, info: true, skip_empty_lines: true, relax_column_count: true };
  try {
    const parsed = parse(bytes, options) as unknown as { record: string[]; info: { lines: number } }[];
    // csv-parse counts the line on which a record ends; it began as many lines before as it has breaks within.
    return parsed.map(({ record, info }) => ({ record, line: info.lines - breaks(record) }));
  } catch (error) {
    const { lines, message } = error as { lines?: number; message: string };
    throw new InputError(
      `${path}${lines === undefined ? '' : `:${lines}`}: no CSV from here on (${message}); close the quotes`,
    );
  }
}

/** Why a row of `fields` fields is torn. */
export const tornText = (fields: number, width: number): string =>
  `the row has ${fields} ${fields === 1 ? 'field' : 'fields'}, the header ${width}`;

function breaks(record: readonly string[]): number {
  let count = 0;
  for (const cell of record) if (cell.includes('\n')) count += cell.split('\n').length - 1;
  return count;
}
