/** Held in memory, read by DuckDB, from JSONL, Parquet or Arrow: the same rows are the same log, and the same faults. */
import { Table, tableToIPC, vectorFromArray } from 'apache-arrow';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openLog } from '../../../src/runner/logs/open-log.ts';
import type { LogBlock } from '../../../src/runner/logs/source.ts';
import { logFolder, read, refusal } from './files.ts';

const { write } = logFolder();

interface Row {
  action: string;
  propensity: number;
  reward: number;
  age: number;
  device: string;
  segment: string;
  at: string;
}

/** Rows of every kind of cell; enough for several of DuckDB's chunks. */
const ROWS: Row[] = Array.from({ length: 5000 }, (_, i) => ({
  action: `ad ${(i * 7) % 5}`,
  propensity: ((i % 9) + 1) / 10,
  reward: (i % 4) / 8 - 0.25,
  age: (i % 60) + 0.5,
  device: ['phone', 'tv', 'a "quoted", word'][i % 3],
  segment: i % 2 === 0 ? '1' : 'two\nlines',
  at: new Date(Date.UTC(2024, 1, 28) + i * 61_001).toISOString(),
}));
const NAMES = ['action', 'propensity', 'reward', 'age', 'device', 'segment', 'at'] as const;
const columns = {
  action: 'action',
  propensity: 'propensity',
  reward: 'reward',
  context: ['age', 'device'],
  time: 'at',
};

const quoted = (cell: string | number): string =>
  /[",\n]/u.test(String(cell)) ? `"${String(cell).replaceAll('"', '""')}"` : String(cell);
const csvOf = (rows: readonly Partial<Row>[]): string =>
  [NAMES.join(','), ...rows.map((row) => NAMES.map((name) => quoted(row[name] ?? '')).join(','))].join('\n');
const jsonOf = (rows: readonly Row[]): string => `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`;
const parquetOf = (rows: readonly Row[]): Uint8Array =>
  new Uint8Array(
    parquetWriteBuffer({
      columnData: NAMES.map((name) => ({
        name,
        data: rows.map((row) => row[name]),
        type: typeof rows[0][name] === 'number' ? 'DOUBLE' : 'STRING',
      })),
      rowGroupSize: 1000,
    }),
  );
const arrowOf = (rows: readonly Row[], form: 'file' | 'stream'): Uint8Array => {
  const vectors = NAMES.map((name) => [name, vectorFromArray(rows.map((row) => row[name]))] as const);
  return tableToIPC(new Table(Object.fromEntries(vectors)), form);
};

/** Everything of a block but where its rows stand. */
const contents = ({ log, columns: carried, behaviour, predicted }: LogBlock): unknown => ({
  log,
  carried,
  behaviour,
  predicted,
});

describe('the same rows', () => {
  const held = (): Promise<{ block: LogBlock }> => read(write('held.csv', csvOf(ROWS)), { columns });

  it.each<[string, string | Uint8Array]>([
    ['duck.csv', csvOf(ROWS)],
    ['crlf.csv', `\uFEFF${csvOf(ROWS).replaceAll(/\n(?=ad)/gu, '\r\n')}\r\n`],
    ['duck.csv.gz', gzipSync(csvOf(ROWS))],
    ['duck.jsonl', jsonOf(ROWS)],
    ['log.parquet', parquetOf(ROWS)],
    ['file.arrow', arrowOf(ROWS, 'file')],
    ['stream.arrow', arrowOf(ROWS, 'stream')],
  ])('%s without memory', async (name, bytes) => {
    const { source, block } = await read(write(name, bytes), { columns, held: 0 });
    expect(source.columns).toEqual(['segment', 'device']); // a text of few values is carried as it is, too
    expect(contents(block)).toEqual(contents((await held()).block));
  });

  it('JSONL in memory', async () => {
    expect(contents((await read(write('held.jsonl', jsonOf(ROWS)), { columns })).block)).toEqual(
      contents((await held()).block),
    );
  });

  it('blocks of any size are the whole, whatever engine', async () => {
    const path = write('blocks.csv', csvOf(ROWS));
    for (const options of [{ columns }, { columns, held: 0 }]) {
      const source = await openLog(path, options);
      const sizes: number[] = [];
      const rewards: number[] = [];
      for await (const { first, log } of source.blocks(777)) {
        expect(first).toBe(rewards.length);
        sizes.push(log.size);
        rewards.push(...log.outcomes.reward);
      }
      expect(sizes).toEqual([777, 777, 777, 777, 777, 777, 338]);
      expect(rewards).toEqual(ROWS.map(({ reward }) => reward));
    }
  });
});

describe('one bad row among many is named', () => {
  const at = 4321;
  const spoiled = ROWS.map((row, i) => (i === at ? { ...row, propensity: 0 } : row));
  // Segments of odd rows have two lines: row 4321 begins on line 2 + 4321 + 2160.
  const line = 2 + at + Math.floor(at / 2);

  it.each([
    ['in memory', { columns }],
    ['by DuckDB', { columns, held: 0 }],
  ])('CSV %s', async (name, options) => {
    const path = write(`spoiled ${name}.csv`, csvOf(spoiled));
    expect(await refusal(path, options)).toBe(
      `${path}:${line}:6: propensity 0 is not in (0, 1]; correct the row, or leave such rows out with --skip-bad`,
    );
    const { source, block } = await read(path, { ...options, skipBad: true });
    expect(source).toMatchObject({
      rows: 4999,
      skipped: [{ count: 1, first: `${path}:${line}:6: propensity 0 is not in (0, 1]` }],
    });
    expect(block.log.outcomes.reward[at]).toBe(ROWS[at + 1].reward);
  });

  it.each<[string, Uint8Array]>([
    ['log.parquet', parquetOf(spoiled)],
    ['log.arrow', arrowOf(spoiled, 'file')],
  ])('%s', async (name, bytes) => {
    const path = write(`spoiled ${name}`, bytes);
    expect(await refusal(path, { columns })).toBe(
      `${path} row 4322, column propensity: propensity 0 is not in (0, 1]; correct the row, or leave such rows out with --skip-bad`,
    );
  });

  it('Parquet whose columns are all numbers, which the database looks over itself', async () => {
    const plain = { action: 'action', propensity: 'propensity', reward: 'reward', context: ['age'] };
    const sound = await read(write('sound.parquet', parquetOf(ROWS)), { columns: plain });
    expect(sound.source).toMatchObject({ rows: 5000, skipped: [] });
    expect(sound.source.spec.actions).toEqual(['ad 0', 'ad 1', 'ad 2', 'ad 3', 'ad 4']);
    for (const [cell, value] of [
      ['propensity', 0],
      ['propensity', NaN],
      ['propensity', 1.5],
      ['reward', NaN],
      ['reward', Infinity],
      ['age', NaN],
    ] as const) {
      const path = write(
        'plain.parquet',
        parquetOf(ROWS.map((row, i) => (i === at ? { ...row, [cell]: value } : row))),
      );
      expect(await refusal(path, { columns: plain })).toContain(
        `plain.parquet row 4322, column ${cell}: ${cell} ${value} `,
      );
      const { source } = await read(path, { columns: plain, skipBad: true });
      expect(source).toMatchObject({ rows: 4999, skipped: [{ count: 1 }] });
    }
    const declared = { ...plain, actions: ['ad 0', 'ad 1', 'ad 2', 'ad 3'] };
    expect(await refusal(write('declared.parquet', parquetOf(ROWS)), { columns: declared })).toContain(
      'declared.parquet row 3, column action: action ad 4 is not one of the 4 actions',
    );
  });

  it.each([{ held: 0 }, {}])('JSONL, %o', async (options) => {
    const path = write('spoiled.jsonl', jsonOf(spoiled));
    expect(await refusal(path, { columns, ...options })).toMatch(/spoiled\.jsonl:4322: propensity 0 is not in/u);
    const torn = write('torn.jsonl', jsonOf(ROWS).slice(0, -40));
    expect(await refusal(torn, { columns, ...options })).toMatch(
      /torn\.jsonl:5000: the line is no whole JSON object; correct/u,
    );
    const { source } = await read(torn, { columns, ...options, skipBad: true });
    expect(source).toMatchObject({ rows: 4999, skipped: [{ count: 1 }] });
  });

  it('a torn last line, by DuckDB as in memory', async () => {
    const path = write('torn.csv', csvOf(ROWS).split('\n').slice(0, -3).join('\n').concat('\nad 1,0.5'));
    const said = await refusal(path, { columns });
    expect(said).toMatch(/torn\.csv:\d+: the row has 2 fields, the header 7; correct the row/u);
    expect(await refusal(path, { columns, held: 0 })).toBe(said);
    const [one, two] = await Promise.all(
      [{}, { held: 0 }].map((options) => read(path, { columns, ...options, skipBad: true })),
    );
    expect(two.source.skipped).toEqual(one.source.skipped);
    expect(contents(two.block)).toEqual(contents(one.block));
  });

  it('damaged files are refused in a sentence', async () => {
    for (const [name, bytes] of [
      ['half.parquet', parquetOf(ROWS).subarray(0, 5000)],
      ['half.arrow', arrowOf(ROWS, 'file').subarray(0, 5000)],
      ['half.csv.gz', gzipSync(csvOf(ROWS)).subarray(0, 3000)],
      ['zeros.bin', new Uint8Array(100)],
    ] as const) {
      const path = write(name, bytes);
      for (const options of [{ columns }, { columns, held: 0 }]) {
        const message = await refusal(path, options);
        expect(message).toContain(path);
        expect(message).not.toContain('\n');
      }
    }
  });
});
