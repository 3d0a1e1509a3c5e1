/** Reads classified rows: ARFF (Weka's format, a header of attributes and comma-separated rows), or plain columns. */
import { readFileSync } from 'node:fs';
import { InputError } from '../../core/errors.ts';
import type { Classified } from '../../env/classic/classification.ts';
import { arffRows } from '../logs/arff-table.ts';
import type { Attribute } from '../logs/arff-table.ts';

/**
 * A table of classified rows: ARFF, or columns parted by spaces under a line of names. The attribute called "class", else
 * the last one, is the class; numbers are scaled to mean 0 and standard deviation 1 (unless `scaled` is false), words become a column each (words that
 * tell most rows apart, none); a missing value is its column's mean. Throws `InputError` with the file and what is wrong.
 */
export function readClassified(file: string, { scaled = true }: { scaled?: boolean } = {}): Classified {
  const text = readFileSync(file, 'utf8');
  const { attributes, rows } = /^@data/imu.test(text) ? arffRows(file, text) : spaced(text);
  const odd = rows.findIndex((row) => row.length !== attributes.length);
  if (odd >= 0) {
    const said = `row ${odd + 1} has ${rows[odd].length} values for ${attributes.length} attributes`;
    throw new InputError(`${file}: ${said}; correct it`);
  }
  const named = attributes.findIndex(({ name }) => /^class$/iu.test(name));
  const target = named >= 0 ? named : attributes.length - 1;
  const classes = attributes[target]?.values;
  if (!classes) throw new InputError(`${file}: has no list of classes; name one attribute class`);
  const columns = attributes.flatMap((attribute, c) => {
    const cells = rows.map((row) => row[c]);
    return c === target || (attribute.values?.length ?? 0) > rows.length / 2 ? [] : columnsOf(attribute, cells);
  });
  const d = columns.length;
  const features = new Float64Array(rows.length * d);
  columns.forEach(({ values }, j) => {
    (scaled ? standardised(values) : filled(values)).forEach((value, i) => (features[i * d + j] = value));
  });
  return {
    name: file.replace(/^.*[\\/]|\.\w+$/gu, ''),
    featureNames: columns.map(({ name }) => name),
    classes,
    features,
    label: Int32Array.from(rows, (row, i) => {
      const label = classes.indexOf(row[target]);
      if (label >= 0) return label;
      throw new InputError(
        `${file}: row ${i + 1} has the class "${row[target]}", which is not in its header; correct it`,
      );
    }),
  };
}

interface Table {
  attributes: Attribute[];
  rows: string[][];
}

function spaced(text: string): Table {
  const [names, ...rows] = text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/u));
  const attributes = names.map((name, c) => {
    const cells = rows.map((row) => row[c]);
    const numbers = cells.every((cell) => Number.isFinite(Number(cell)));
    return { name, values: numbers ? undefined : [...new Set(cells)].sort() };
  });
  return { attributes, rows };
}

function columnsOf({ name, values }: Attribute, cells: readonly string[]): { name: string; values: number[] }[] {
  if (!values) return [{ name, values: cells.map((cell) => (cell === '?' ? Number.NaN : Number(cell))) }];
  return values.map((value) => ({ name: `${name}=${value}`, values: cells.map((cell) => (cell === value ? 1 : 0)) }));
}

/** Missing values become the mean. */
function filled(values: readonly number[]): number[] {
  const known = values.filter((value) => !Number.isNaN(value));
  const mean = known.length === 0 ? 0 : known.reduce((sum, value) => sum + value, 0) / known.length;
  return values.map((value) => (Number.isNaN(value) ? mean : value));
}

function standardised(values: readonly number[]): number[] {
  const known = values.filter((value) => !Number.isNaN(value));
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  const sd = Math.sqrt(known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / known.length);
  return values.map((value) => (Number.isNaN(value) || sd === 0 ? 0 : (value - mean) / sd));
}
