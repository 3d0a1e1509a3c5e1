/** `--weight`: a row that counts nine times is learned from, and judged, as nine rows. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { randomFrom } from '../../src/core/random.ts';
import { adsim } from './fake-terminal.ts';

const cwd = mkdtempSync(join(tmpdir(), 'adsim-weights-'));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

/** Rows of a made-up table: heavy ones follow another law than light ones. */
function lines(count: number): { text: string; times: number }[] {
  const draw = randomFrom('weights').sequence();
  return Array.from({ length: count }, () => {
    const [x, times] = [draw.normal(), [0, 1, 9][draw.integer(3)]];
    const score = times === 9 ? -2 * x : 2 * x;
    return { text: `${x.toFixed(3)},${draw.uniform() < 1 / (1 + Math.exp(-score)) ? 'yes' : 'no'}`, times };
  });
}

interface Measures {
  metrics: { name: string; value: number; interval: [number, number] }[];
  shares: { predicted: number[]; observed: number[] };
}
interface Curve {
  roc: { falsePositiveRate: number[]; truePositiveRate: number[] };
}

describe('adsim train --weight', () => {
  const rows = lines(600);
  const write = (name: string, made: readonly string[]): string => {
    writeFileSync(join(cwd, name), `x,bought,count\n${made.join('\n')}\n`);
    return join(cwd, name);
  };
  const weighted = write(
    'weighted.csv',
    rows.map(({ text, times }) => `${text},${times}`),
  );
  const copies = rows.flatMap(({ text, times }) => Array.from({ length: times }, () => `${text},1`));

  it('learns and measures as from so many copies; without, otherwise', async () => {
    const folder = join(cwd, 'model');
    const train = ['train', weighted, '--label', 'bought', '--weight', 'count', '--out', folder, '--json'];
    const trained = JSON.parse((await adsim(...train)).out) as {
      validation: { models: Measures[] };
      curves: Curve[];
    };
    const evaluated = async (table: string): Promise<Measures> =>
      JSON.parse((await adsim('evaluate', folder, table, '--json')).out) as Measures;
    const [a, b] = [await evaluated(weighted), await evaluated(write('copies.csv', copies))];
    a.metrics.forEach(({ name, value }, v) =>
      expect({ name, value }).toEqual({ name, value: expect.closeTo(b.metrics[v].value, 10) as number }),
    );
    for (const side of ['predicted', 'observed'] as const) {
      expect(a.shares[side][1]).toBeCloseTo(b.shares[side][1], 10);
    }
    const alike = await evaluated(
      write(
        'alike.csv',
        rows.map(({ text }) => `${text},1`),
      ),
    );
    const auc = ({ metrics }: Measures): number => metrics.find(({ name }) => name === 'auc')?.value ?? Number.NaN;
    // What holds for the heavy half of the weight is wrong for most rows.
    expect(auc(a) - auc(alike)).toBeGreaterThan(0.2);
    const [low, high] = trained.validation.models[0].metrics[0].interval;
    expect(auc(a)).toBeGreaterThan(low);
    expect(auc(a)).toBeLessThan(high);
    // The chart's curve is of the weighted rows as well: folds pooled, so only about the AUC of the table.
    const [{ roc }] = trained.curves;
    const area = roc.falsePositiveRate.reduce(
      (sum, x, i) =>
        i === 0
          ? 0
          : sum + ((x - roc.falsePositiveRate[i - 1]) * (roc.truePositiveRate[i] + roc.truePositiveRate[i - 1])) / 2,
      0,
    );
    expect(area).toBeGreaterThan(low);
    expect(area).toBeLessThan(high);
  });

  it('says where no row counts, or one counts less than nothing', async () => {
    const train = (table: string) =>
      adsim('train', table, '--label', 'bought', '--weight', 'count', '--out', join(cwd, 'no'));
    const none = await train(
      write(
        'none.csv',
        rows.map(({ text }) => `${text},0`),
      ),
    );
    expect([none.code, none.err]).toEqual([
      2,
      expect.stringContaining('weight "count": every row says 0, so none counts'),
    ]);
    const less = await train(
      write(
        'less.csv',
        rows.map(({ text }, i) => `${text},${i === 4 ? -1 : 1}`),
      ),
    );
    expect([less.code, less.err]).toEqual([2, expect.stringContaining('row 5 says -1')]);
  });
});
