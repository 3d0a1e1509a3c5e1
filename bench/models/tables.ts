/** Two real tables as labelled rows: words are fields, numbers numbers. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { matrix } from '../../src/core/matrix.ts';
import type { LabelledExamples } from '../../src/models/supervised/examples.ts';

export interface Table {
  name: string;
  /** Below the data folder. */
  file: string;
  label: string;
  yes: string;
  /** Columns whose numbers are names. */
  codes: readonly string[];
}

export const TABLES: readonly Table[] = [
  {
    name: 'coupon',
    file: 'coupon/in-vehicle-coupon-recommendation.csv.gz',
    label: 'Y',
    yes: '1',
    codes: [],
  },
  {
    name: 'online_shoppers',
    file: 'online_shoppers/online_shoppers_intention.csv',
    label: 'Revenue',
    yes: 'TRUE',
    codes: ['OperatingSystems', 'Browser', 'Region', 'TrafficType'],
  },
];

/** Reads a table. A column is a field where it is named so or holds anything but numbers; an empty word is code 0. */
export function readTable({ name, file, label, yes, codes }: Table, folder: string): LabelledExamples {
  const bytes = readFileSync(`${folder}/${file}`);
  const text = file.endsWith('.gz') ? gunzipSync(bytes) : bytes;
  const rows = parse(text, { columns: true }) as Record<string, string>[];
  const names = Object.keys(rows[0]).filter((column) => column !== label);
  const isField = (column: string): boolean =>
    codes.includes(column) || rows.some((row) => !Number.isFinite(Number(row[column] === '' ? 'x' : row[column])));
  const fieldNames = names.filter(isField);
  const numericNames = names.filter((column) => !isField(column));
  const numeric = matrix(rows.length, numericNames.length);
  rows.forEach((row, i) =>
    numericNames.forEach((column, j) => (numeric.data[i * numericNames.length + j] = Number(row[column]))),
  );
  const fields = fieldNames.map((column) => {
    const labels = ['', ...[...new Set(rows.map((row) => row[column]))].filter((word) => word !== '').sort()];
    const codeOf = new Map(labels.map((word, code) => [word, code]));
    return {
      name: column,
      levels: labels.length,
      labels,
      codes: Int32Array.from(rows, (row) => codeOf.get(row[column]) ?? 0),
    };
  });
  return {
    size: rows.length,
    numeric,
    numericNames,
    fields,
    sequences: [],
    label: Int32Array.from(rows, (row) => Number(row[label] === yes)),
    classes: 2,
    classNames: [`not ${name}`, name],
  };
}
