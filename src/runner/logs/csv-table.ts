/** A CSV or TSV that is small enough to be held, by csv-parse: it opens faster than a database does. */
import { parse } from 'csv-parse/sync';
import { InputError } from '../../core/errors.ts';
import { heldTable } from './held-table.ts';
import { fieldPlace } from './place.ts';
import { uniqueNames } from './names.ts';
import type { SkippedRows } from './source.ts';
import type { Table } from './table.ts';

interface Parsed {
  record: string[];
  info: { lines: number };
}

/** `bytes` of a file with a header. Rows of another number of fields are torn. Throws `InputError` for what is no CSV. */
export function csvTable(path: string, bytes: Buffer, delimiter: string): Table {
  let parsed: Parsed[];
  try {
    parsed = parse(bytes, {
      delimiter,
      bom: true,
      info: true,
      skip_empty_lines: true,
      relax_column_count: true,
    }) as unknown as Parsed[];
  } catch (error) {
    const { lines, message } = error as { lines?: number; message: string };
    throw new InputError(
      `${path}${lines === undefined ? '' : `:${lines}`}: no CSV from here on (${message}); close the quotes`,
    );
  }
  if (parsed.length === 0) throw new InputError(`${path} is empty; give a log with a header and rows`);
  const names = uniqueNames(path, parsed[0].record);
  const width = names.length;
  const kept: { record: string[]; line: number }[] = [];
  let torn: SkippedRows | undefined;
  for (const { record, info } of parsed.slice(1)) {
    // csv-parse counts the line on which a record ends; it began as many lines before as it has breaks within.
    const line = info.lines - breaks(record);
    if (record.length === width) {
      kept.push({ record, line });
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

/** Why a row of `fields` fields is torn. */
export const tornText = (fields: number, width: number): string =>
  `the row has ${fields} ${fields === 1 ? 'field' : 'fields'}, the header ${width}`;

function breaks(record: readonly string[]): number {
  let count = 0;
  for (const cell of record) if (cell.includes('\n')) count += cell.split('\n').length - 1;
  return count;
}
