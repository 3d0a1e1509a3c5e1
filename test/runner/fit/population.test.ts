/** `adsim fit LOG`: the real shop's facts, and what is said of logs that cannot be used. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { InputError } from '../../../src/core/errors.ts';
import { populationSchema } from '../../../src/env/population.ts';
import { loadPopulation } from '../../../src/runner/population-file.ts';
import { populationOf } from '../../../src/runner/fit/population.ts';
import { dataFolder } from '../../folders.ts';

const scratch = mkdtempSync(join(tmpdir(), 'adsim-fit-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let logs = 0;

function csv(text: string): string {
  const path = join(scratch, `log-${logs++}.csv`);
  writeFileSync(path, text);
  return path;
}

const data = dataFolder();

describe.skipIf(data === undefined)('Online Retail (ADSIM_DATA)', () => {
  it('has the facts of its origin, and makes a population that a world can be of', async () => {
    const { log, fitted, yaml } = await populationOf(join(data as string, 'online_retail', 'online_retail.csv.gz'));
    expect(log.read).toBe(541_909);
    expect(log.dropped.cancelled).toBe(9_288);
    expect(log.size + Object.values(log.dropped).reduce((a, b) => a + b, 0)).toBe(541_909);
    expect(log.users).toBeGreaterThan(4_300);
    expect(log.users).toBeLessThanOrEqual(4_372);
    expect(log.categories).toHaveLength(10);
    expect(fitted.segments.length).toBeGreaterThan(1);
    expect(fitted.weeklyProfile[5]).toBe(0); // the shop never sold on a Saturday
    expect(fitted.dailyProfile[3]).toBe(0);
    const path = join(scratch, 'population.yaml');
    writeFileSync(path, yaml);
    expect(populationSchema.safeParse(loadPopulation(path)).success).toBe(true);
  });
});

describe('a log that cannot be used', () => {
  it.each([
    ['a,b\n1,2\n', /none is known; say which is which with --columns/],
    [
      'CustomerID,InvoiceDate,Description,Quantity,InvoiceNo\n1,yesterday,MUG,1,5\n',
      /:2: "yesterday" in InvoiceDate is no time/,
    ],
    [
      'CustomerID,InvoiceDate,Description,Quantity,InvoiceNo\n,2011-01-01 10:00:00,MUG,1,5\n',
      /no row that says who did what/,
    ],
    ['CustomerID,InvoiceDate,Description,Quantity,InvoiceNo\n1,2\n', /give a CSV file with a header/],
  ])('%j', async (text, message) => {
    const fitting = populationOf(csv(text));
    await expect(fitting).rejects.toThrow(InputError);
    await expect(fitting).rejects.toThrow(message);
  });

  it('says so where it is damaged, or a folder', async () => {
    const whole = gzipSync(
      `CustomerID,InvoiceDate,Description,Quantity,InvoiceNo\n${'1,2011-01-03 10:00:00,MUG,1,5\n'.repeat(5000)}`,
    );
    for (const [name, bytes] of [
      ['cut.csv.gz', whole.subarray(0, whole.length / 2)],
      ['plain.csv.gz', Buffer.from('no gzip')],
    ] as const) {
      writeFileSync(join(scratch, name), bytes);
      const fitting = populationOf(join(scratch, name));
      await expect(fitting).rejects.toThrow(InputError);
      await expect(fitting).rejects.toThrow(new RegExp(`${name}: .*give a CSV file`, 'u'));
    }
    await expect(populationOf(scratch)).rejects.toThrow(/give a CSV file/);
  });

  it('says so where there is none, or a column is missing', async () => {
    await expect(populationOf('nowhere.csv')).rejects.toThrow(/nowhere.csv does not exist/);
    const file = csv('who,when,kind\n1,2024-01-01 10:00:00,a\n');
    await expect(populationOf(file, { user: 'who', time: 'when', category: 'sort' })).rejects.toThrow(
      /no column sort; it has who, when, kind/,
    );
  });
});
