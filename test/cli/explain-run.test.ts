/** From a finished run to why an ad was shown to a user; what is wrong is one sentence. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { thompson } from '../../src/agents/context-free/thompson.ts';
import { requestsOf } from '../../src/core/batch.ts';
import { matrix } from '../../src/core/matrix.ts';
import { randomFrom } from '../../src/core/random.ts';
import { experimentSchema } from '../../src/runner/config.ts';
import { runExperiment } from '../../src/runner/experiment.ts';
import type { FinishedRun } from '../../src/runner/experiment.ts';
import type { ShownExplanation } from '../../src/runner/explain/shown-ad.ts';
import { adsim } from './fake-terminal.ts';

/** Nine context columns: few enough for kernel SHAP to ask about every coalition. */
const CONFIG = {
  name: 'small',
  seeds: 1,
  world: { preset: 'quiet', users: 200, lanes: 32, categories: 3, baseCtr: 0.2 },
  creatives: { generator: 'synthetic' },
  requests: 300,
  logRequests: 2400,
  referenceRequests: 600,
  holdOut: 0.3,
  behaviour: { kind: 'thompson' },
  models: [{ kind: 'logistic' }, { kind: 'gbdt' }, { kind: 'fm' }],
  agents: [{ kind: 'uniform' }],
  offPolicy: { coverage: false },
};
const ROW = 1501;

let folder: string;
let whole: FinishedRun;
const at = (name: string): string => join(folder, name);

const play = (name: string, config: object): Promise<FinishedRun> =>
  runExperiment(experimentSchema.parse(config), {
    directory: at(name),
    workers: 0,
    command: 'adsim run small.yaml',
    now: () => new Date(0),
  });

async function explained(name: string, ...words: string[]): Promise<ShownExplanation> {
  const { out, err } = await adsim('explain', at(name), '--row', String(ROW), '--json', ...words);
  if (out === '') throw new Error(err);
  return JSON.parse(out) as ShownExplanation;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'adsim-explain-run-'));
  whole = await play('whole', CONFIG);
  await play('pages', {
    ...CONFIG,
    seeds: ['a', 'b'],
    models: [{ kind: 'logistic', name: 'clicks' }],
    behaviour: { kind: 'uniform' },
    world: { ...CONFIG.world, page: { slots: 2 } },
  });
  await play('plain', { ...CONFIG, models: [] });
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('adsim explain --row, of a run', () => {
  it.each(['logistic', 'gbdt', 'fm'])('trains %s again to the last digit, and its shares add up', async (model) => {
    const told = await explained('whole', '--model', model);
    const kept = whole.results.models.find(({ name }) => name === model);
    expect(told.model?.logLoss).toEqual({ refitted: kept?.logLoss.mean, kept: kept?.logLoss.mean });
    const { preference, eligible, decided } = told;
    if (!preference) throw new Error('no preference');
    expect(preference.columns.reduce((sum, { phi }) => sum + phi, preference.base)).toBeCloseTo(preference.score, 8);
    const oddsOf = (name: string | null): number => {
      const p = eligible.find((one) => one.name === name)?.predicted ?? Number.NaN;
      return Math.log(p / (1 - p));
    };
    expect(preference.score).toBeCloseTo(oddsOf(preference.ad) - oddsOf(preference.against), 8);
    expect(preference.ad).toBe(decided);
    const others = eligible.filter(({ name }) => name !== decided).map(({ predicted }) => predicted ?? 0);
    expect(eligible.find(({ name }) => name === preference.against)?.predicted).toBe(Math.max(...others));
  });

  it.each(['logistic', 'gbdt'])('gives for %s what asking about every coalition of columns gives', async (model) => {
    const [exact, asked] = await Promise.all([
      explained('whole', '--model', model),
      explained('whole', '--model', model, '--method', 'kernel'),
    ]);
    expect(asked.preference?.method).toBe('kernel');
    expect(exact.preference?.method).toBe(model === 'gbdt' ? 'tree' : 'linear');
    const shares = ({ preference }: ShownExplanation): Map<string, number> =>
      new Map(preference?.columns.map(({ name, phi }) => [name, phi]));
    const other = shares(asked);
    expect(other.size).toBe(9);
    for (const [name, phi] of shares(exact)) expect(phi).toBeCloseTo(other.get(name) ?? Number.NaN, 7);
    expect(Math.max(...[...other.values()].map(Math.abs))).toBeGreaterThan(0.01);
  });

  it('says what the log says, and what the policy had seen is what its odds come from', async () => {
    const told = await explained('whole');
    const rows = (await parquetReadObjects({
      file: await asyncBufferFromFile(at('whole/log/seed-1.parquet')),
    })) as Record<string, number>[];
    const row = rows[ROW - 1];
    expect([told.user, told.session, told.hour, told.propensity]).toEqual([
      row['user'],
      row['session'],
      row['hour'],
      row['propensity'],
    ]);
    expect(told.page).toEqual([{ ad: told.decided, clicked: row['click'] === 1 }]);
    for (const { name, value } of told.context) expect(value).toBe(row[`context:${name}`]);
    const k = told.eligible.length;
    const policy = thompson(k, randomFrom('unused'));
    told.eligible.forEach(({ clicks, impressions }, a) => {
      policy.alpha[a] = 1 + clicks;
      policy.beta[a] = 1 + impressions - clicks;
    });
    const odds = matrix(1, k);
    const request = { ...requestsOf({ rows: 1, context: 0, actions: k, slots: 1 }), size: 1 };
    policy.distribution({ ...request, eligible: request.eligible.fill(1) }, odds);
    told.eligible.forEach((one, a) => expect(odds.data[a]).toBeCloseTo(one.odds, 6));
  });

  it('takes the seed and the model that are asked for, of pages too, in words and on a page', async () => {
    const both = await Promise.all(['a', 'b'].map((seed) => explained('pages', '--seed', seed, '--model', 'clicks')));
    const losses = both.map(({ model }) => model?.logLoss.refitted ?? Number.NaN);
    const { models } = JSON.parse(readFileSync(at('pages/results.json'), 'utf8')) as FinishedRun['results'];
    expect((losses[0] + losses[1]) / 2).toBeCloseTo(models[0].logLoss.mean, 15);
    expect(losses[0]).not.toBe(losses[1]);
    expect(both[0].page).toHaveLength(2);
    expect(both[0].limits.join(' ')).toMatch(/over 2 seeds and not of each.*byte for byte/u);
    const words = ['explain', at('pages'), '--row', String(ROW), '--seed', 'b'];
    const { out } = await adsim(...words);
    expect(out).toMatch(/uniform chose \S+, as it did with probability 33\.3\s%, above \S+\./u);
    expect((await adsim(...words, '--out', at('why.html'))).code).toBe(0);
    const page = readFileSync(at('why.html'), 'utf8');
    expect(page).toMatch(/^<!doctype html>/u);
    expect(page).toContain('Why this ad for this user?');
    expect(page).toContain(both[1].decided);
  });

  it('says so where the run trained no model', async () => {
    const told = await explained('plain');
    expect([told.model, told.preference]).toEqual([null, null]);
    expect(told.limits.join(' ')).toContain('The run trained no model');
    expect((await adsim('explain', at('plain'), '--row', '7')).out).toContain('thompson chose');
  });
});

describe('mistakes: one sentence, exit code 2', () => {
  it.each([
    { words: [], said: 'say which request of its log with --row N' },
    { words: ['--row', '999999'], said: 'has rows 1 to 2400' },
    { words: ['--row', '1', '--model', 'gbd'], said: 'did you mean "gbdt"?' },
    { words: ['--row', '1', '--seed', '2'], said: '--seed 2: the run has the seeds 1' },
    { words: ['--row', '1', '--data', 'x.csv'], said: 'explained by its own log' },
    { words: ['--row', '1', '--method', 'tree'], said: 'the model is of kind logistic; use linear or kernel' },
  ])('$words', async ({ words, said }) => {
    const { code, out, err } = await adsim('explain', at('whole'), ...words);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(said);
    expect(err.trim().split('\n')).toHaveLength(1);
  });

  it('a log that has changed', async () => {
    appendFileSync(at('plain/log/seed-1.parquet'), 'x');
    const { code, err } = await adsim('explain', at('plain'), '--row', '1');
    expect(code).toBe(2);
    expect(err).toMatch(/seed-1\.parquet: the run's config plays another log now \(the file has changed/u);
    rmSync(at('plain/log/seed-1.parquet'));
    expect((await adsim('explain', at('plain'), '--row', '1')).err).toContain('is not there; run the experiment again');
  });
});
