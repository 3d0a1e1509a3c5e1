import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { trueRequestsOf } from '../../src/core/batch.ts';
import { matrix } from '../../src/core/matrix.ts';
import { randomFrom } from '../../src/core/random.ts';
import { shrunk, upworthyWorld } from '../../src/env/upworthy.ts';
import type { TestedArms } from '../../src/env/upworthy.ts';
import { readHeadlineTests } from '../../src/runner/upworthy-file.ts';
import { environmentContract } from '../contracts/environment.ts';
import { dataFolder } from '../folders.ts';

/** Made-up tests: T tests of 4 arms with rates from 0.5 % to 8 %. */
function madeUp(T: number, impressions: number): TestedArms {
  const draw = randomFrom('made-up').sequence();
  const size = 4 * T;
  return {
    tests: T,
    test: Int32Array.from({ length: size }, (_, i) => Math.floor(i / 4)),
    impressions: new Float64Array(size).fill(impressions),
    clicks: Float64Array.from({ length: size }, () => Math.round(impressions * (0.005 + 0.075 * draw.uniform()))),
  };
}

// Tests take turns and clicks convert, so that the laws on varying truths and on conversions have something to hold.
environmentContract('upworthy', () => upworthyWorld(madeUp(30, 3000), { hoursPerTest: 2, conversionRate: 0.1 }));

describe('upworthy world', () => {
  it('has the observed rates as its truth, and one test an episode', () => {
    const data = madeUp(30, 3000);
    const world = upworthyWorld(data);
    const requests = trueRequestsOf({ rows: 64, context: 2, actions: 4, slots: 1 }, 1);
    const seen = new Set<number>();
    for (let s = 0; s < 60; s++) {
      world.reset(`seed-${s}`);
      world.observe(requests);
      const out = matrix(64, 4);
      world.truth.predict(requests, out);
      const t = requests.hidden.data[0];
      seen.add(t);
      for (let a = 0; a < 4; a++) expect(out.data[a]).toBe(data.clicks[4 * t + a] / 3000);
      world.reset(`seed-${s}`, 'other luck');
      world.observe(requests);
      expect(requests.hidden.data[0]).toBe(t);
    }
    expect(seen.size).toBeGreaterThan(15);
  });

  it('shrinks what is noise and keeps what is not', () => {
    const few = shrunk(Float64Array.of(0.01, 0.02), Float64Array.of(200, 200));
    expect(few[0]).toBeCloseTo(0.015, 12); // a difference of 0.01 with a standard error of 0.012
    expect(few[1]).toBeCloseTo(0.015, 12);
    const many = shrunk(Float64Array.of(0.01, 0.02), Float64Array.of(200_000, 200_000));
    expect(many[0]).toBeGreaterThan(0.01);
    expect(many[0]).toBeLessThan(0.0101);
  });

  it('refuses tests that are too small', () => {
    expect(() => upworthyWorld(madeUp(3, 500))).toThrow(/no test has 4 arms with 1000 impressions/u);
    expect(() => upworthyWorld(madeUp(3, 3000), { arms: 1 })).toThrow(/nothing to choose/u);
  });
});

describe('upworthy file', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'adsim-upworthy-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const HEADER = 'clickability_test_id,headline,lede,eyecatcher_id,impressions,clicks,test_week';
  const written = (name: string, ...lines: string[]): string => {
    const file = path.join(folder, name);
    writeFileSync(file, lines.join('\n'));
    return file;
  };

  it('reads quoted HTML and drops doubted weeks', () => {
    const file = written(
      'good.csv',
      HEADER,
      'a,"One, two","<p class=""x"">line\nbreak</p>",i,100,3,201325',
      'a,Three,,j,100,4,201325',
      'b,Four,,i,100,5,201326',
      'b,Five,,i,100,6,201402',
      'c,Six,,i,100,7,201403',
    );
    expect(readHeadlineTests(file, { causal: false }).size).toBe(5);
    const kept = readHeadlineTests(file, { causal: true });
    expect(kept).toMatchObject({ size: 3, tests: 2, dropped: 2, testIds: ['a', 'c'] });
    expect(kept.headline).toEqual(['One, two', 'Three', 'Six']);
    expect([...kept.clicks]).toEqual([3, 4, 7]);
    expect([...kept.image]).toEqual([0, 1, 0]);
  });

  it.each([
    ['missing.csv', [], /does not exist/u],
    ['columns.csv', ['a,b', '1,2'], /has no column clickability_test_id/u],
    ['clicks.csv', [HEADER, 'a,One,,i,100,101,201403'], /101 clicks in 100 impressions/u],
    ['number.csv', [HEADER, 'a,One,,i,many,1,201403'], /impressions 'many'; it must be a whole number/u],
    ['empty.csv', [HEADER], /has no rows/u],
  ])('refuses %s in a sentence', (name, lines, message) => {
    const file = lines.length === 0 ? path.join(folder, name) : written(name, ...lines);
    expect(() => readHeadlineTests(file, { causal: true })).toThrow(message);
  });

  const data = dataFolder();
  it.skipIf(data === undefined)('has the archive’s facts', () => {
    const all = readHeadlineTests(path.join(data ?? '', 'upworthy/upworthy_exploratory_half.csv.gz'), {
      causal: false,
    });
    const sum = (of: Float64Array): number => of.reduce((a, b) => a + b, 0);
    expect([all.size, all.tests, sum(all.impressions), sum(all.clicks)]).toEqual([11_571, 2491, 41_109_316, 614_620]);
  });
});
