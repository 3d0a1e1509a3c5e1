/** `adsim ope-benchmark` from end to end: files, any number of workers, resumed runs, data that is missing. */
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ESTIMATORS } from '../../../src/ope/registry.ts';
import { buildOpeBenchmarkReport } from '../../../src/report/ope-benchmark.ts';
import { loadConfig } from '../../../src/runner/config-file.ts';
import { runBenchmark } from '../../../src/runner/ope-benchmark/benchmark.ts';
import type { BenchmarkResults } from '../../../src/runner/ope-benchmark/benchmark.ts';
import { benchmarkSchema } from '../../../src/runner/ope-benchmark/config.ts';
import { scheduler } from '../../../src/runner/scheduler.ts';
import { adsim } from '../../cli/spawned.ts';

const SHIPPED = fileURLToPath(new URL('../../../experiments/estimators/ope-benchmark.yaml', import.meta.url));
const CONFIG = `
name: small
seeds: 6
estimators: [ips, snips, dm, dr]
worlds:
  - { kind: obp-synthetic, name: synthetic, actions: 4, context: 2, rows: 300 }
  - kind: market
    name: market
    world: { preset: quiet, users: 100, lanes: 20, categories: 3, baseCtr: 0.3 }
    requests: 200
  - { kind: classified, name: iris, file: toy.arff }
`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'adsim-benchmark-'));
  writeFileSync(join(folder, 'small.yaml'), CONFIG);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(
  workers: number,
  options: Partial<Parameters<typeof runBenchmark>[1]> = {},
): Promise<BenchmarkResults> {
  const { config } = loadConfig(join(folder, 'small.yaml'), benchmarkSchema);
  const schedule = scheduler(workers, undefined);
  return runBenchmark(config, { schedule, dataFolder: folder, ...options }).finally(() => schedule.close());
}

describe('a benchmark', () => {
  it('has measures of every estimator in every world, and says what it left out', async () => {
    const { worlds, leftOut } = await run(0);
    expect(worlds.map(({ name, estimators }) => [name, estimators.length])).toEqual([
      ['synthetic', 4],
      ['market', 4],
    ]);
    expect(leftOut).toEqual([{ name: 'iris', file: 'toy.arff' }]);
    for (const { relativeError, coverage } of worlds.flatMap(({ estimators }) => estimators)) {
      expect(relativeError.mean).toBeGreaterThan(0);
      expect(relativeError.count).toBe(6);
      expect(coverage).toBeLessThanOrEqual(1);
    }
  });

  it('finds what is so by design: the direct method trusts a wrong model, its intervals do not hold', async () => {
    const [{ estimators }] = (await run(0)).worlds;
    const [, snips, dm] = estimators;
    expect(dm.coverage).toBeLessThan(snips.coverage - 0.3);
    expect(dm.coverageInterval[1]).toBeLessThan(0.95);
  });

  it('is the same in worker processes, and from parts that were kept', async () => {
    const kept = new Map<string, unknown>();
    const whole = await run(2, { keep: (name, value) => void kept.set(name, value) });
    expect(whole).toEqual(await run(0));
    let played = 0;
    const again = await run(0, {
      recall: (name) => kept.get(name),
      keep: () => void played++,
    });
    // Only the world without data is asked for again: the file may have come.
    expect([again, played]).toEqual([whole, 6]);
  });

  it('progress counts every log', async () => {
    const told: [number, number][] = [];
    await run(0, { onProgress: ({ done, total }) => told.push([done, total]) });
    expect(told.at(-1)).toEqual([18, 18]);
  });

  it('is reported: a section for each world, what was left out, no number that is none', async () => {
    const report = buildOpeBenchmarkReport(await run(0));
    expect(report.sections.map(({ title }) => title)).toEqual([
      'Left out',
      'All worlds at a glance',
      'synthetic',
      'market',
      'Method',
    ]);
    expect(report.answer).toMatch(/nearest/);
    expect(/NaN|"undefined|Infinity/u.test(JSON.stringify(report))).toBe(false);
  });
});

it('the shipped benchmark judges every estimator in at least one world of each kind', () => {
  const { config } = loadConfig(SHIPPED, benchmarkSchema);
  expect(config.estimators).toEqual(ESTIMATORS.map(({ name }) => name));
  expect(new Set(config.worlds.map(({ kind }) => kind))).toEqual(new Set(['market', 'obp-synthetic', 'classified']));
});

describe('adsim ope-benchmark', () => {
  it('prints tables and writes results.json and report.html; the same bytes at any number of workers', () => {
    const one = adsim(['ope-benchmark', 'small.yaml', '--out', 'one', '--workers', '0'], { cwd: folder });
    const two = adsim(['ope-benchmark', 'small.yaml', '--out', 'two', '--workers', '2'], { cwd: folder });
    expect([one.code, two.code]).toEqual([0, 0]);
    expect(one.out).toMatch(
      /estimator +relative error +RMSE +area +coverage of 95\s% +rank corr\. +regret@1 +regret@3/,
    );
    expect(one.out).toMatch(/iris: left out, toy\.arff is not at hand/);
    for (const file of ['results.json', 'report.html']) {
      expect(readFileSync(join(folder, 'one', file))).toEqual(readFileSync(join(folder, 'two', file)));
    }
    expect(existsSync(join(folder, 'one', '.partial'))).toBe(false);
    expect(readdirSync(join(folder, 'one')).sort()).toEqual(['report.html', 'results.json']);
  });

  it.each([
    [['nowhere.yaml'], '', /adsim ope-benchmark: nowhere\.yaml does not exist/],
    [['bad.yaml'], CONFIG.replace('name: market', 'name: synthetic'), /worlds\.1\.name.*there is another "synthetic"/],
    [['bad.yaml'], CONFIG.replace('[ips,', '[ipz,'), /estimators/],
    [['bad.yaml'], CONFIG.replace('kind: market', 'kind: bazaar'), /worlds\.1\.kind/],
    [['small.yaml', '--seeds', '1'], '', /--seeds: must be a whole number from 2/],
  ])('%j is refused', (words, text, message) => {
    if (text) writeFileSync(join(folder, 'bad.yaml'), text);
    const { code, err } = adsim(['ope-benchmark', ...words], { cwd: folder });
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });
});
