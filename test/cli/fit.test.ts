/** From a behaviour log to a market of its users, and from headline tests to a world, as a user does it. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomFrom } from '../../src/core/random.ts';
import { adsim } from './spawned.ts';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'adsim-fit-cli-'));
  writeFileSync(join(cwd, 'log.csv'), behaviour());
  writeFileSync(join(cwd, 'map.yaml'), 'user: who\ntime: at\ncategory: what\n');
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

/** 120 users over ten weeks; half of them want lamps. */
function behaviour(): string {
  const luck = randomFrom('log').sequence();
  const rows = ['who,at,what'];
  for (let day = 0; day < 70; day++) {
    for (let user = 0; user < 120; user++) {
      if (luck.uniform() > 0.15) continue;
      const wants = luck.uniform() < 0.8 ? user % 2 : luck.integer(3);
      const at = new Date(Date.UTC(2024, 0, 1 + day, 8 + luck.integer(12), luck.integer(60)));
      rows.push(`u${user},${at.toISOString().slice(0, 19).replace('T', ' ')},${['lamp', 'mug', 'bag'][wants]}`);
    }
  }
  return `${rows.join('\n')}\n`;
}

const config = (fitted: string): string =>
  [
    'name: theirs',
    'seeds: 1',
    `world: { preset: quiet, categories: 3, users: 500, population: { fitted: ${fitted}, noise: 0.05, latentDimensions: 4 } }`,
    'creatives: { generator: synthetic }',
    'requests: 2000',
    'logRequests: 1000',
    'agents: [{ kind: uniform }]',
    'offPolicy: { coverage: false }',
    '',
  ].join('\n');

describe('adsim fit LOG', () => {
  it('writes a population and its report, of which a world can be made; the same log gives the same bytes', () => {
    const { code, out, err } = adsim(['fit', 'log.csv', '--columns', 'map.yaml', '--out', 'population.yaml'], { cwd });
    expect([code, out]).toEqual([0, 'population.yaml\npopulation.html\n']);
    expect(err).toMatch(/a market of the days before, against the last 17 days of the log:/);
    const page = readFileSync(join(cwd, 'population.html'), 'utf8');
    for (const text of ['Population of log.csv', 'days held out', 'Wasserstein', 'Who they are', 'lamp', '</html>']) {
      expect(page).toContain(text);
    }
    adsim(['fit', 'log.csv', '--columns', 'map.yaml', '--out', 'again.yaml'], { cwd });
    for (const kind of ['yaml', 'html']) {
      expect(readFileSync(join(cwd, `again.${kind}`))).toEqual(readFileSync(join(cwd, `population.${kind}`)));
    }
    // Beside its config, wherever the command is given.
    mkdirSync(join(cwd, 'configs'));
    writeFileSync(join(cwd, 'configs', 'population.yaml'), readFileSync(join(cwd, 'population.yaml')));
    writeFileSync(join(cwd, 'configs', 'theirs.yaml'), config('population.yaml'));
    const run = adsim(['run', 'configs/theirs.yaml', '--out', 'results', '--workers', '1'], { cwd });
    expect(run.code).toBe(0);
    expect(existsSync(join(cwd, 'results', 'report.html'))).toBe(true);
  }, 120_000);

  it.each([
    ['a file that is not there', 'nowhere.yaml', undefined, /nowhere\.yaml: no such file/],
    [
      'NaN among the shares',
      'nan.yaml',
      (text: string) => text.replace(/share: [\d.]+/u, 'share: .nan'),
      /nan\.yaml:\d+:\d+ .*share/,
    ],
    [
      'a number too many',
      'long.yaml',
      (text: string) => text.replace('- lamp', '- lamp\n  - rug'),
      /long\.yaml.*one affinity for each category/s,
    ],
  ])('refuses a population with %s in a sentence, with exit code 2 and nothing written', (_, file, change, message) => {
    if (change) writeFileSync(join(cwd, file), change(readFileSync(join(cwd, 'population.yaml'), 'utf8')));
    writeFileSync(join(cwd, 'theirs.yaml'), config(file));
    const { code, out, err } = adsim(['run', 'theirs.yaml', '--out', `results-${file}`], { cwd });
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(message);
    expect(existsSync(join(cwd, `results-${file}`))).toBe(false);
  });

  it('refuses unknown columns in a sentence, with exit code 2 and nothing written', () => {
    writeFileSync(join(cwd, 'other.yaml'), 'user: whom\ntime: at\ncategory: what\n');
    const { code, out, err } = adsim(['fit', 'log.csv', '--columns', 'other.yaml', '--out', 'x.yaml'], { cwd });
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/whom/);
    expect(existsSync(join(cwd, 'x.yaml')) || existsSync(join(cwd, 'x.html'))).toBe(false);
  });
});

describe('headline tests', () => {
  const tests = (): string => {
    const rows = ['clickability_test_id,headline,eyecatcher_id,impressions,clicks,test_week'];
    for (let t = 0; t < 6; t++)
      for (let a = 0; a < 4; a++) rows.push(`t${t},Headline ${a},e,3000,${30 + 20 * a + t},201440`);
    return `${rows.join('\n')}\n`;
  };
  const world = (file: string): string =>
    [
      'name: tests',
      'seeds: 2',
      `headlineTests: { file: ${file}, arms: 4 }`,
      'creatives: { generator: synthetic }',
      'requests: 2000',
      'logRequests: 1000',
      'agents: [{ kind: uniform }, { kind: thompson }]',
      'offPolicy: { coverage: false }',
      '',
    ].join('\n');

  it('give the same digest wherever their file lies, and can be verified', () => {
    const digests = ['here', 'there'].map((folder) => {
      mkdirSync(join(cwd, folder));
      writeFileSync(join(cwd, folder, 'tests.csv'), tests());
      writeFileSync(join(cwd, folder, 'tests.yaml'), world('tests.csv'));
      expect(adsim(['run', `${folder}/tests.yaml`, '--out', `${folder}/results`, '--workers', '1'], { cwd }).code).toBe(
        0,
      );
      return (JSON.parse(readFileSync(join(cwd, folder, 'results', 'manifest.json'), 'utf8')) as { digest: string })
        .digest;
    });
    expect(digests[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(digests[1]).toBe(digests[0]);
    expect(adsim(['verify', 'here/results'], { cwd }).code).toBe(0);
  }, 120_000);

  it('that are not there are refused in a sentence', () => {
    writeFileSync(join(cwd, 'none.yaml'), world('none.csv'));
    const { code, out, err } = adsim(['run', 'none.yaml', '--out', 'none'], { cwd });
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/none\.csv does not exist/);
    expect(existsSync(join(cwd, 'none'))).toBe(false);
  });
});
