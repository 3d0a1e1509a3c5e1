/** Reads headline tests from the Upworthy Research Archive's CSV (Matias et al. 2021, Scientific Data 8:195). */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { InputError } from '../core/errors.ts';

/** Arms of headline tests, as columns, in the file's order. */
export interface HeadlineTests {
  size: number;
  /** How many tests. */
  tests: number;
  /** (tests) the archive's id. */
  testIds: readonly string[];
  /** (arms) test of each arm, 0 … tests − 1. */
  test: Int32Array;
  /** (arms) */
  headline: readonly string[];
  /** (arms) the same number, the same image. */
  image: Int32Array;
  /** (arms) > 0 */
  impressions: Float64Array;
  /** (arms) 0 … impressions */
  clicks: Float64Array;
  /** (arms) year and week, for instance 201446. */
  week: Int32Array;
  /** Arms left out because their randomisation is doubted. */
  dropped: number;
}

const COLUMNS = ['clickability_test_id', 'headline', 'eyecatcher_id', 'impressions', 'clicks', 'test_week'] as const;

/** The archive's authors doubt the randomisation of tests of these weeks. */
const DOUBTED = [201326, 201402] as const;

/**
 * Reads a CSV, plain or gzipped. `causal` leaves out the weeks whose randomisation is doubted.
 * Throws `InputError` for a file that is missing, damaged or of other columns.
 */
export function readHeadlineTests(file: string, options: { causal: boolean }): HeadlineTests {
  const records = csvRecords(file, COLUMNS);
  const kept = records.filter((record, i) => {
    const week = whole(file, record, 'test_week', i);
    return !options.causal || week < DOUBTED[0] || week > DOUBTED[1];
  });
  const tests = new Map<string, number>();
  const images = new Map<string, number>();
  const result: HeadlineTests = {
    size: kept.length,
    tests: 0,
    testIds: [],
    test: Int32Array.from(kept, (record) => numbered(tests, record['clickability_test_id'])),
    headline: kept.map((record) => record['headline']),
    image: Int32Array.from(kept, (record) => numbered(images, record['eyecatcher_id'])),
    impressions: Float64Array.from(kept, (record, i) => whole(file, record, 'impressions', i)),
    clicks: Float64Array.from(kept, (record, i) => whole(file, record, 'clicks', i)),
    week: Int32Array.from(kept, (record, i) => whole(file, record, 'test_week', i)),
    dropped: records.length - kept.length,
  };
  result.clicks.forEach((clicks, i) => {
    if (clicks > result.impressions[i] || result.impressions[i] === 0) {
      throw new InputError(
        `${file}: an arm of test ${kept[i]['clickability_test_id']} has ${clicks} clicks in ${result.impressions[i]} impressions; correct the row`,
      );
    }
  });
  return { ...result, tests: tests.size, testIds: [...tests.keys()] };
}

/** The rows of a CSV, plain or gzipped, by column name. Throws `InputError` where it cannot be read or lacks a column. */
export function csvRecords(file: string, columns: readonly string[]): Record<string, string>[] {
  let records: Record<string, string>[];
  try {
    const bytes = readFileSync(file);
    const text = file.endsWith('.gz') ? gunzipSync(bytes) : bytes;
    records = parse(text, { columns: true, bom: true, skip_empty_lines: true });
  } catch (cause) {
    if ((cause as { code?: string }).code === 'ENOENT') {
      throw new InputError(`${file} does not exist; give the path of a CSV file`);
    }
    throw new InputError(`${file} cannot be read as CSV (${(cause as Error).message}); check the file`);
  }
  if (records.length === 0) throw new InputError(`${file} has no rows; give a CSV file with a header and rows`);
  const missing = columns.filter((name) => !(name in records[0]));
  if (missing.length > 0) {
    throw new InputError(
      `${file} has no column ${missing.join(', ')}; it has ${Object.keys(records[0]).slice(0, 12).join(', ')}`,
    );
  }
  return records;
}

function numbered(known: Map<string, number>, key: string): number {
  const found = known.get(key);
  if (found !== undefined) return found;
  known.set(key, known.size);
  return known.size - 1;
}

function whole(file: string, record: Record<string, string>, column: string, i: number): number {
  const value = Number(record[column]);
  if (record[column] !== '' && Number.isInteger(value) && value >= 0) return value;
  throw new InputError(`${file}: row ${i + 1} has ${column} '${record[column]}'; it must be a whole number`);
}
