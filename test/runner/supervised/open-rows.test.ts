/** Rows to learn from, out of every format; what is wrong with a file is one sentence. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { tableFromArrays, tableToIPC } from 'apache-arrow';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labelFor } from '../../../src/models/supervised/preparation/label.ts';
import { planColumns } from '../../../src/models/supervised/preparation/plan.ts';
import { learnPreparation, prepare, textsOf } from '../../../src/models/supervised/preparation/preparation.ts';
import type { Preparation } from '../../../src/models/supervised/preparation/preparation.ts';
import type { TableRows } from '../../../src/models/supervised/preparation/rows.ts';
import { openPreparedRows, openTrainingRows } from '../../../src/runner/supervised/open-rows.ts';
import { dataFolder } from '../../folders.ts';

const data = dataFolder();

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'adsim-rows-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

const ROWS = [
  { age: 31, plan: 'basic', seen: true, bought: 'no' },
  { age: null, plan: ' plus', seen: false, bought: 'yes' },
  { age: 47.5, plan: 'NA', seen: true, bought: 'yes' },
  { age: 31, plan: 'basic', seen: true, bought: 'no' },
];
const CSV = `age,plan,seen,bought\n${ROWS.map((r) => `${r.age ?? ''},${r.plan},${String(r.seen).toUpperCase()},${r.bought}`).join('\n')}\n`;

function parquet(): Uint8Array {
  const buffer = parquetWriteBuffer({
    columnData: [
      { name: 'age', data: ROWS.map(({ age }) => age), type: 'DOUBLE' },
      { name: 'plan', data: ROWS.map(({ plan }) => plan), type: 'STRING' },
      { name: 'seen', data: ROWS.map(({ seen }) => seen), type: 'BOOLEAN' },
      { name: 'bought', data: ROWS.map(({ bought }) => bought), type: 'STRING' },
    ],
  });
  return new Uint8Array(buffer);
}

/** Cells as a person would list them. */
const listed = ({ columns }: TableRows): Record<string, (string | number)[]> =>
  Object.fromEntries(
    columns.map((column) => [
      column.name,
      column.kind === 'number' ? [...column.values] : [...column.codes].map((code) => column.texts[code]),
    ]),
  );

const EXPECTED = {
  age: [31, Number.NaN, 47.5, 31],
  plan: ['basic', 'plus', '', 'basic'],
  seen: [1, 0, 1, 1],
  bought: ['no', 'yes', 'yes', 'no'],
};

describe('openTrainingRows', () => {
  it.each([
    ['rows.csv', () => CSV],
    ['rows.csv.gz', () => gzipSync(CSV)],
    ['rows.jsonl', () => ROWS.map((row) => JSON.stringify(row)).join('\n')],
    ['rows.parquet', parquet],
    [
      'rows.arrow',
      () =>
        tableToIPC(
          tableFromArrays({
            age: ROWS.map(({ age }) => age),
            plan: ROWS.map(({ plan }) => plan),
            seen: ROWS.map(({ seen }) => seen),
            bought: ROWS.map(({ bought }) => bought),
          }),
          'file',
        ),
    ],
    [
      'rows.arff',
      () =>
        `% made up\n@relation rows\n@attribute age real\n@attribute plan {basic, plus}\n@attribute 'seen' {TRUE,FALSE}\n@attribute bought {no,yes}\n@data\n${CSV.split('\n').slice(1).join('\n').replaceAll(',NA,', ',?,').replace('\n,', '\n?,')}`,
    ],
  ])('reads %s alike', async (name, content) => {
    const { rows, data: facts } = await openTrainingRows(file(name, content()), { label: 'bought' });
    const seen = name.endsWith('arff') ? ['TRUE', 'FALSE', 'TRUE', 'TRUE'] : EXPECTED.seen; // nominal there
    expect(listed(rows)).toEqual({ ...EXPECTED, seen });
    expect(facts).toMatchObject({ read: 4, torn: 0, notShown: 0, duplicates: 1, rows: 4 });
    expect(facts.sha256).toMatch(/^[\da-f]{64}$/u);
  });

  it('leaves out columns and repeats when asked', async () => {
    const path = file('rows.csv', CSV);
    const { rows, data: facts } = await openTrainingRows(path, { label: 'bought', drop: ['seen'], deduplicate: true });
    expect(rows.columns.map(({ name }) => name)).toEqual(['age', 'plan', 'bought']);
    expect([rows.size, facts.duplicates, facts.rows]).toEqual([3, 1, 3]);
    const kept = await openTrainingRows(path, { label: 'bought' });
    expect(kept.notices.map(({ message }) => message)).toEqual([
      '1 of 4 rows are equal to an earlier one in every column',
    ]);
  });

  it('reads numbers as names where they are categories, and counts what is no number', async () => {
    const path = file('odd.csv', 'code,age,y\n1,30,0\n2,old,1\n1,50,0\n');
    const { rows, notices } = await openTrainingRows(path, { label: 'y', categorical: ['code'], numeric: ['age'] });
    expect(listed(rows)).toEqual({ code: ['1', '2', '1'], age: [30, Number.NaN, 50], y: ['0', '1', '0'] });
    expect(notices[0].message).toBe('column "age": 1 cells are no numbers, and count as missing');
  });

  it.each<[string, string, Parameters<typeof openTrainingRows>[1], string]>([
    ['no label', CSV, {}, 'which column is to be predicted? Say --label NAME; it has age, plan, seen, bought'],
    ['another label', CSV, { label: 'bougt' }, 'has no column "bougt" (label) - did you mean "bought"?'],
    ['another column', CSV, { label: 'bought', drop: ['sen'] }, 'has no column "sen" (drop) - did you mean "seen"?'],
    [
      'a column twice',
      CSV,
      { label: 'bought', numeric: ['age'], group: 'age' },
      'column "age" is named both as group and as numeric; name it once',
    ],
    [
      'a torn row',
      `${CSV}1,2\n`,
      { label: 'bought' },
      ':6: the row has 2 fields, the header 4; correct the row, or leave such rows out with --skip-bad',
    ],
    ['no rows', 'a,b\n', { label: 'a' }, 'has no rows; give a table with rows'],
    ['nothing', '', { label: 'a' }, 'is empty'],
  ])('refuses %s in one sentence', async (name, content, roles, sentence) => {
    await expect(openTrainingRows(file(`${name}.csv`, content), roles)).rejects.toThrow(sentence);
  });
});

describe('a table too long to hold', () => {
  const long = `who,x,y\n${Array.from({ length: 9000 }, (_, i) => `u${i % 700},${i},${i % 2}`).join('\n')}\n`;

  it('is drawn from evenly, to at most so many rows, and the same rows each time', async () => {
    const path = file('long.csv', long);
    const { rows, data: facts, notices } = await openTrainingRows(path, { label: 'y' }, { most: 3000 });
    expect(facts).toMatchObject({ read: 9000, sampled: rows.size });
    expect(rows.size).toBeGreaterThan(1200);
    expect(rows.size).toBeLessThanOrEqual(3000);
    expect(notices[0].message).toMatch(/^\d+ of 9000 rows were drawn by hash/u);
    const { x, y, who } = listed(rows) as { x: number[]; y: string[]; who: string[] };
    expect(x.every((value, r) => y[r] === String(value % 2) && who[r] === `u${value % 700}`)).toBe(true);
    // Halves of the file: the share is 1/2 ± 4.5 standard deviations.
    const early = x.filter((value) => value < 4500).length / rows.size;
    expect(Math.abs(early - 0.5)).toBeLessThan(2.25 / Math.sqrt(rows.size));
    const again = await openTrainingRows(path, { label: 'y' }, { most: 3000 });
    expect(listed(again.rows)).toEqual(listed(rows));
  });

  it('keeps whole groups', async () => {
    const { rows } = await openTrainingRows(file('long.csv', long), { label: 'y', group: 'who' }, { most: 3000 });
    const { who } = listed(rows) as { who: string[] };
    const counts = new Map<string, number>();
    for (const name of who) counts.set(name, (counts.get(name) ?? 0) + 1);
    for (const [name, count] of counts) expect(count).toBe(Number(name.slice(1)) < 9000 % 700 ? 13 : 12);
    expect(counts.size).toBeLessThan(300);
  });
});

describe('openPreparedRows', () => {
  const learned = async (path: string): Promise<{ preparation: Preparation; rows: TableRows }> => {
    const { rows, roles } = await openTrainingRows(path, { label: 'bought', rare: 1 });
    const label = labelFor(textsOf(rows, 'bought'));
    return { rows, preparation: learnPreparation(rows, { plan: planColumns(rows, roles), roles, label }) };
  };

  it('gives the rows that training saw, in blocks of any size, from another format too', async () => {
    const { preparation, rows } = await learned(file('train.csv', CSV));
    const whole = prepare(preparation, rows);
    for (const path of [file('again.csv', CSV), file('again.parquet', parquet())]) {
      const { blocks } = await openPreparedRows(path, preparation, { labelled: true, block: 3 });
      let at = 0;
      for await (const block of blocks) {
        const part = prepare(preparation, block);
        expect([...part.numeric.data]).toEqual([...whole.numeric.data.subarray(2 * at, 2 * (at + block.size))]);
        expect([...part.fields[0].codes]).toEqual([...whole.fields[0].codes.subarray(at, at + block.size)]);
        at += block.size;
      }
      expect(at).toBe(4);
    }
  });

  it('names the nearest column where one is missing', async () => {
    const { preparation } = await learned(file('train.csv', CSV));
    const other = file('other.csv', 'Age,plan_,seen\n1,a,0\n');
    await expect(openPreparedRows(other, preparation, { labelled: false })).rejects.toThrow(
      'has no column "age" (the model needs it) - did you mean "Age"?',
    );
  });
});

describe.skipIf(data === undefined)('real tables (ADSIM_DATA)', () => {
  it('coupon: NaN and rare levels', async () => {
    const path = join(data as string, 'coupon', 'in-vehicle-coupon-recommendation.csv.gz');
    const { rows, data: facts } = await openTrainingRows(path, { label: 'Y' });
    expect([rows.size, facts.duplicates]).toEqual([12_684, 74]);
    const roles = {
      label: 'Y',
      numeric: [],
      categorical: [],
      text: [],
      drop: [],
      hash: {},
      rare: 5,
      deduplicate: false,
    };
    const plan = planColumns(rows, roles);
    expect(plan.notices.map(({ message }) => message)).toEqual(['column "toCoupon_GEQ5min" is 1 in every row']);
    expect([plan.numbers.length, plan.fields.length, plan.texts.length]).toEqual([6, 18, 0]);
  });

  it('Open Bandit Dataset: a folder is a table of clicks', async () => {
    const { rows, roles } = await openTrainingRows(join(data as string, 'obd', 'random', 'men'), {});
    expect([rows.size, roles.label, roles.time]).toEqual([10_000, 'click', 'timestamp']);
    const item = rows.columns.find(({ name }) => name === 'item_id');
    expect(item?.kind).toBe('text');
    expect(rows.columns.some(({ name }) => /propensity|column 1/u.test(name))).toBe(false);
  });

  it('letter, in ARFF', async () => {
    const { rows } = await openTrainingRows(join(data as string, 'uci_multiclass', 'letter.arff'), { label: 'class' });
    const label = labelFor(textsOf(rows, 'class'));
    expect([rows.size, rows.columns.length, label.classes.length]).toEqual([20_000, 17, 26]);
  });
});
