import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { decisionsOf, outcomesOf, requestsOf } from '../../../src/core/batch.ts';
import { InputError } from '../../../src/core/errors.ts';
import { impressionLog } from '../../../src/core/log.ts';
import { randomFrom } from '../../../src/core/random.ts';
import type { Estimated } from '../../../src/models/response/headline-weights.ts';
import { buildResponseReport } from '../../../src/report/fit/response.ts';
import { fitResponse, responseYaml } from '../../../src/runner/fit/response.ts';
import { readResponseLog } from '../../../src/runner/fit/response-log.ts';
import { encodeLog } from '../../../src/runner/log-file.ts';
import { dataFolder } from '../../folders.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'adsim-response-'));
afterAll(() => rmSync(folder, { recursive: true }));

const COLUMNS = { action: 'ad', click: 'clicked', time: 'at', position: 'place', user: 'who', headline: 'text' };
const TEXTS = ['Is this it?', 'A calm line', 'Plain words here', 'Would you?'];

/** What is planted: position factors as odds, a daily wave, fatigue, a question's weight, item effects. */
const TRUTH = { place2: 0.6, place3: 0.35, amplitude: 0.5, peak: 20, fatigue: 0.4, question: 0.5 };

/** A CSV log of m rows over ten days, by 300 users, of eight items. */
function planted(name: string, m: number, truth = TRUTH): string {
  const draw = randomFrom('log').sequence();
  const met = new Map<string, { f: number; at: number }>();
  const lines = ['ad,clicked,at,place,who,text'];
  for (let i = 0; i < m; i++) {
    const at = (240 * i) / m;
    const [ad, place, who, t] = [draw.integer(8), 1 + draw.integer(3), draw.integer(300), draw.integer(4)];
    const known = met.get(`${who}:${ad}`);
    const f = known ? known.f * Math.exp((-Math.LN2 * (at - known.at)) / 24) : 0;
    met.set(`${who}:${ad}`, { f: f + 1, at });
    const z =
      -2 +
      0.1 * (ad - 3.5) +
      Math.log([1, truth.place2, truth.place3][place - 1]) +
      truth.amplitude * Math.cos((2 * Math.PI * (at - truth.peak)) / 24) +
      (TEXTS[t].includes('?') ? truth.question : 0) -
      truth.fatigue * Math.log1p(f);
    lines.push(`${ad},${draw.uniform() < 1 / (1 + Math.exp(-z)) ? 1 : 0},${at},${place},u${who},${TEXTS[t]}`);
  }
  const file = path.join(folder, name);
  writeFileSync(file, lines.join('\n'));
  return file;
}

const z = (found: Estimated | undefined, truth: number): number =>
  found ? Math.abs(found.value - truth) / found.standardError : Infinity;

describe('fit --response', () => {
  // Five estimates, α = 1e-4 each: |z| < 3.9.
  it('recovers what was planted, and is calibrated on the held-out quarter', async () => {
    const { fit, heldOut, warnings } = await fitResponse(planted('planted.csv', 40_000), { columns: COLUMNS });
    expect(z(fit.positionFactors?.[1], TRUTH.place2)).toBeLessThan(3.9);
    expect(z(fit.positionFactors?.[2], TRUTH.place3)).toBeLessThan(3.9);
    expect(z(fit.hour?.amplitude, TRUTH.amplitude)).toBeLessThan(3.9);
    expect(z(fit.fatigue?.weight, TRUTH.fatigue)).toBeLessThan(3.9);
    expect(z(fit.headlineWeights?.['question'], TRUTH.question)).toBeLessThan(3.9);
    expect(fit.fatigue?.weight.standardError).toBeLessThan(0.1);
    expect(Math.abs((fit.hour?.peak ?? 0) - TRUTH.peak)).toBeLessThan(1);
    expect(fit.items['7'].value - fit.items['0'].value).toBeGreaterThan(0.4);
    const [low, high] = heldOut.calibration.interval;
    expect(low < 1 && high > 1).toBe(true);
    expect(heldOut.byPosition.map(({ name }) => name)).toEqual(['1', '2', '3']);
    expect(heldOut.byDecile.reduce((sum, { rows }) => sum + rows, 0)).toBe(10_000);
    expect(warnings).toEqual([]);
  });

  it('catches a mutant: users who do not tire lie outside the interval', async () => {
    const file = planted('mutant.csv', 40_000, { ...TRUTH, fatigue: 0, place2: 0.9 });
    const { fit } = await fitResponse(file, { columns: COLUMNS });
    expect(z(fit.fatigue?.weight, TRUTH.fatigue)).toBeGreaterThan(3.9);
    expect(z(fit.positionFactors?.[1], TRUTH.place2)).toBeGreaterThan(3.9);
  });

  it('writes the same YAML and report for the same log', async () => {
    const file = planted('again.csv', 5000);
    const [a, b] = [await fitResponse(file, { columns: COLUMNS }), await fitResponse(file, { columns: COLUMNS })];
    expect(responseYaml(a)).toBe(responseYaml(b));
    expect(responseYaml(a)).toMatch(/^schemaVersion: 1\nsource: again\.csv\nsha256: [0-9a-f]{64}\nrows: 5000\n/u);
    expect(buildResponseReport(a)).toEqual(buildResponseReport(b));
    expect(JSON.stringify(buildResponseReport(a))).not.toMatch(/NaN|undefined|Infinity/u);
  });

  it('reads dates as UTC, whatever zone it runs in, and sorts by time', async () => {
    const file = path.join(folder, 'dates.csv');
    const lines = ['2024-01-02 03:00:00.123456', '2024-01-01 01:30:00+00:00', '2024-01-01T04:00:00+02:00'];
    writeFileSync(file, ['a,c,t', ...lines.map((t, i) => `${i},0,${t}`)].join('\n'));
    const rows = await readResponseLog(file, { action: 'a', click: 'c', time: 't' });
    expect(rows.items).toEqual(['1', '2', '0']);
    expect(Array.from(rows.hour ?? [], (h) => Math.round(h * 100) / 100)).toEqual([1.5, 2, 27]);
  });

  it('reads adsim’s own Parquet: a row a shown ad, in page order', async () => {
    const spec = { contextNames: [], actions: ['red', 'blue'], slots: 2, rewardUnit: 'click', schemaVersion: 1 };
    const log = impressionLog(spec);
    const shape = { rows: 2, context: 0, actions: 2, slots: 2 };
    const [requests, decisions, outcomes] = [requestsOf(shape), decisionsOf(shape), outcomesOf(shape)];
    requests.size = 2;
    requests.hour.set([25, 26]);
    requests.user.set([7, 8]);
    decisions.action.set([1, 0, 1, -1]);
    outcomes.won.fill(1);
    outcomes.slot.set([0, 1, 0, -1]);
    outcomes.click.set([0, 1, 0, 0]);
    log.append(requests, decisions, outcomes);
    const file = path.join(folder, 'own.parquet');
    writeFileSync(file, encodeLog(log, { truth: false }));
    const rows = await readResponseLog(file);
    expect(rows.items).toEqual(['blue', 'red']);
    expect([...rows.item]).toEqual([0, 1, 0]);
    expect([...rows.click]).toEqual([0, 1, 0]);
    expect([...(rows.position ?? [])]).toEqual([1, 2, 1]);
    expect([...(rows.hour ?? [])]).toEqual([1, 1, 2]);
    expect([...(rows.user ?? [])]).toEqual([0, 0, 1]);
  });

  it.each([
    ['few.csv', 'a,c\nx,1\ny,0', { action: 'a', click: 'c' }, /1 clicks in the rows to fit on are too few/u],
    ['column.csv', 'a,c\nx,1', { action: 'a', click: 'clicked' }, /has no column clicked/u],
    ['bit.csv', 'a,c\nx,2', { action: 'a', click: 'c' }, /row 1 has c '2'; it must be 0 or 1/u],
    ['place.csv', 'a,c,p\nx,1,0', { action: 'a', click: 'c', position: 'p' }, /positions count from 1/u],
    ['time.csv', 'a,c,t\nx,1,noon', { action: 'a', click: 'c', time: 't' }, /row 1 has t 'noon'/u],
    ['log.parquet', 'nothing', undefined, /cannot be read as an adsim log/u],
  ])('refuses %s in a sentence', async (name, text, columns, message) => {
    const file = path.join(folder, name);
    writeFileSync(file, text);
    const refusal = fitResponse(file, columns ? { columns } : {});
    await expect(refusal).rejects.toThrow(message);
    await expect(refusal).rejects.toBeInstanceOf(InputError);
  });

  const data = dataFolder();
  it.skipIf(data === undefined)(
    'has the facts of the Open Bandit Dataset, and says that 46 clicks are few',
    async () => {
      const file = path.join(data ?? '', 'obd/random/men/men.csv.gz');
      const rows = await readResponseLog(file);
      const clicks = [1, 2, 3].map((place) =>
        rows.click.reduce((sum, one, i) => sum + (rows.position?.[i] === place ? one : 0), 0),
      );
      expect(clicks).toEqual([10, 22, 14]);
      expect(rows.items.length).toBe(34);
      const result = await fitResponse(file);
      expect([result.rows, result.clicks]).toEqual([10_000, 46]);
      expect(result.warnings.map(({ kind }) => kind)).toContain('few-clicks');
      expect(result.fit.fatigue).toBeUndefined(); // the log names no users
    },
  );
});
