/** ARFF, Weka's format: a header of attributes, then comma-separated rows. */
import { parse } from 'csv-parse/sync';
import { InputError } from '../../core/errors.ts';
import { heldTable } from './held-table.ts';
import { uniqueNames } from './names.ts';
import type { Table } from './table.ts';

export interface Attribute {
  name: string;
  /** Its values; undefined for numbers, and for free text. */
  values: string[] | undefined;
}

const QUOTED = /^(?:'([^']*)'|"([^"]*)"|(\S+))\s+(.*)$/su;

/** What an ARFF file holds. Throws `InputError` for an attribute that cannot be read. */
export function arffRows(
  file: string,
  text: string,
): { attributes: Attribute[]; rows: string[][]; lines: readonly number[] } {
  const [header, data = ''] = text.split(/^@data.*$/imu);
  const attributes = [...header.matchAll(/^@attribute\s+(.*)$/gimu)].map((line) => attributeOf(file, line[1]));
  const before = header.split('\n').length - 1;
  const records = parse(data, {
    comment: '%',
    trim: true,
    quote: "'",
    relax_column_count: true,
    skip_empty_lines: true,
    info: true,
  }) as unknown as { record: string[]; info: { lines: number } }[];
  return {
    attributes,
    rows: records.map(({ record }) => record),
    lines: records.map(({ info }) => before + info.lines),
  };
}

/** The table of an ARFF file; its nominal attributes are names, also where they look like numbers. Throws `InputError`. */
export function arffTable(path: string, text: string): Table {
  const { attributes, rows, lines } = arffRows(path, text);
  if (rows.length === 0) throw new InputError(`${path} has no rows after @data; give a file with rows`);
  const odd = rows.findIndex((row) => row.length !== attributes.length);
  if (odd >= 0) {
    throw new InputError(
      `${path}:${lines[odd]}: the row has ${rows[odd].length} values for ${attributes.length} attributes; correct it`,
    );
  }
  const names = uniqueNames(
    path,
    attributes.map(({ name }) => name),
  );
  const nominal = new Set(names.filter((_, c) => attributes[c].values !== undefined));
  const place = (row: number): Promise<string> => Promise.resolve(`${path}:${lines[row]}`);
  return { ...heldTable({ path, names, records: rows, lines, torn: [], place }), nominal };
}

function attributeOf(file: string, line: string): Attribute {
  const [, single, double, bare, type] = QUOTED.exec(line.trim()) ?? [];
  const name = single ?? double ?? bare;
  if (name === undefined) throw new InputError(`${file}: cannot read the attribute "${line.trim()}"`);
  const list = /^\{(.*)\}/su.exec(type);
  const values = list?.[1].split(',').map((value) => value.trim().replace(/^'(.*)'$/u, '$1'));
  return { name, values };
}
