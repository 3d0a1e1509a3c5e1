/** Models of conversions in a run: trained on the log as it stands at its end, held against the truth. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { matrix } from '../../src/core/matrix.ts';
import { market } from '../../src/env/market.ts';
import { resolveWorld } from '../../src/env/config.ts';
import { syntheticCreatives } from '../../src/env/synthetic-creatives.ts';
import { randomFrom } from '../../src/core/random.ts';
import { createAgent } from '../../src/agents/registry.ts';
import { aggregateConversions, conversionDoubts } from '../../src/runner/conversion-results.ts';
import type { ConversionStudy } from '../../src/runner/conversion-study.ts';
import { experimentSchema, resolveExperiment } from '../../src/runner/config.ts';
import { playEpisode } from '../../src/runner/episode.ts';
import { runExperiment } from '../../src/runner/experiment.ts';
import type { FinishedRun } from '../../src/runner/experiment.ts';
import { buildReport } from '../../src/report/report.ts';
import { conversionsInWords } from '../../src/report/sections/conversions.ts';

const NETWORK = { kind: 'separate', hidden: [12], embedding: 3, batch: 256, epochs: 12, learningRate: 0.01 };
const CONFIG = {
  name: 'late',
  seeds: 2,
  world: { preset: 'delayed', users: 1000, lanes: 64, requestsPerHour: 100, baseCtr: 0.3, categories: 5 },
  creatives: { generator: 'synthetic', perCategory: 1 },
  requests: 300,
  logRequests: 4000,
  referenceRequests: 300,
  conversionModels: [
    ...['seen', 'weighted', 'closed'].map((feedback) => ({ ...NETWORK, name: feedback, feedback })),
    { ...NETWORK, kind: 'esmm' },
  ],
  agents: [{ kind: 'uniform' }],
  offPolicy: { estimators: ['ips'], coverage: false },
};

const scratch = mkdtempSync(join(tmpdir(), 'adsim-conversions-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const play = (name: string, config: object, workers = 0): Promise<FinishedRun> =>
  runExperiment(experimentSchema.parse(config), {
    directory: join(scratch, name),
    workers,
    command: 'adsim run late.yaml',
    now: () => new Date(0),
  });

describe('a run with models of conversions', () => {
  let run: FinishedRun;
  beforeAll(async () => {
    run = await play('inline', CONFIG);
  });

  it('finds what counting only the conversions seen leaves out, and what weighting brings back', () => {
    const { conversions } = run.results;
    const [seen, weighted, closed, esmm] = conversions?.models ?? [];
    // The log covers a day, in which half of what will come within a week has not.
    expect(conversions?.seen.mean).toBeLessThan(0.5);
    expect(conversions?.seen.mean).toBeGreaterThan(0.15);
    expect(seen.scores?.bias.mean).toBeLessThan(-0.4);
    expect(Math.abs(weighted.scores?.bias.mean ?? 1)).toBeLessThan(0.3);
    expect(weighted.scores?.lessBias?.mean).toBeLessThan(-0.1);
    // It knows nothing of delays either.
    expect(esmm.scores?.bias.mean).toBeLessThan(-0.3);
    expect(closed).toMatchObject({ scores: null, seeds: 0 });
    expect(closed.untaught).toContain('0 clicks whose feedback is in');
    expect(run.results.warnings.map(({ kind }) => kind)).toContain('untaught');
    expect(run.manifest.backend.id).not.toBe('none');
  });

  it('gives the same bytes by two workers, a table, and a section that says so', async () => {
    const { manifest } = await play('two', CONFIG, 2);
    expect(manifest.digest).toBe(run.manifest.digest);
    const csv = readFileSync(join(run.directory, 'tables', 'conversion-models.csv'), 'utf8').split('\n');
    expect(csv.map((line) => line.split(',')[0])).toEqual(['model', 'seen', 'weighted', 'closed', 'esmm', '']);
    const report = buildReport(run.results, run.manifest);
    const section = report.sections.find(({ id }) => id === 'conversions');
    expect(JSON.stringify(section)).toMatch(
      /up to 168 hours after the click.*seen is (?:not told from right \(−|\d+\u202f% too low)/u,
    );
    expect(report.grounds[0]).toContain('had come by its end');
  });

  it('moves no other number', async () => {
    const { conversionModels: _, ...without } = CONFIG;
    const { results } = await play('without', without);
    expect(results.agents).toEqual(run.results.agents);
    expect(results.offPolicy).toEqual(run.results.offPolicy);
    expect(results).not.toHaveProperty('conversions');
  });
});

describe('the true odds of responses', () => {
  it('multiply to what a world is worth in which only conversions pay', () => {
    const paid = { name: 'all', valuePerClickUsd: 0, valuePerConversionUsd: 1 };
    const world = resolveWorld({ ...CONFIG.world, preset: 'delayed', costPerImpressionUsd: 0, campaigns: [paid] });
    const random = randomFrom('odds');
    const environment = market(world, syntheticCreatives({ categories: 5, perCategory: 1 }, random));
    const { spec, actions } = environment;
    const [click, conversion] = [matrix(spec.lanes, 5), matrix(spec.lanes, 5)];
    let cells = 0;
    playEpisode({
      environment,
      agent: createAgent({ kind: 'uniform' }, { spec, actions, random, models: new Map(), requests: 200 }),
      seed: 'odds',
      requests: 200,
      random,
      needsTruth: true,
      onTick({ requests, truth, responses }) {
        responses?.(click, conversion);
        for (let c = 0; c < requests.size * 5; c++, cells++) {
          expect(click.data[c] * conversion.data[c]).toBeCloseTo(truth?.data[c] ?? Number.NaN, 12);
        }
      },
    });
    expect(cells).toBeGreaterThan(999);
  });
});

describe('over seeds', () => {
  it('who comes first is held against nothing where it learned nothing', () => {
    const lost = (name: string) => ({ name, untaught: 'log: nothing' });
    const learned = (bias: number) => ({ name: 'b', scores: { bias, error: 0.1, shownError: 0.01 } });
    const of = (models: ConversionStudy['models']): ConversionStudy => ({ ...study(60, 0), models });
    const some = aggregateConversions([of([lost('a'), learned(0.1)]), of([lost('a'), learned(0.2)])]);
    expect(some.reference).toBe('b');
    expect(some.models[1].scores?.lessBias).toBeNull();
    const none = aggregateConversions([of([lost('a')])]);
    expect(none.reference).toBeNull();
    expect(conversionsInWords(none, 24)).toMatch(/had come by its end\. No model could learn from it\.$/u);
  });

  const study = (seen: number, bias: number): ConversionStudy => ({
    clicks: 100,
    seen,
    expected: 80,
    rate: 0.1,
    models: [
      { name: 'a', scores: { bias: -0.5, error: 0.1, shownError: 0.01 } },
      bias > 9
        ? { name: 'b', untaught: 'log: nothing' }
        : { name: 'b', scores: { bias, error: 0.1, shownError: 0.01 } },
    ],
  });

  it('pairs are compared where both learned, and who did not is told', () => {
    const studies = [study(40, 0.1), study(60, -0.2), study(20, 99)];
    const { seen, models } = aggregateConversions(studies);
    expect(seen.mean).toBeCloseTo(0.5, 12);
    expect(models[0].scores?.lessBias).toBeNull();
    expect(models[1]).toMatchObject({ seeds: 2, untaught: 'log: nothing' });
    expect(models[1].scores?.lessBias?.mean).toBeCloseTo(-0.35, 12);
    expect(conversionDoubts(studies)).toMatchObject([
      {
        kind: 'few-conversions',
        message: expect.stringContaining('2 of 3 seeds hold fewer than 50 conversions, the least 20'),
      },
      { kind: 'untaught', message: 'the conversion model b could not learn in 1 of 3 seeds: log: nothing' },
    ]);
  });
});

it.each([
  [{ conversionModels: [NETWORK, NETWORK] }, 'conversionModels.1: "separate, seen" stands twice'],
  [
    { conversionModels: [NETWORK], headlineTests: { file: 'x.csv' } },
    'conversionModels: nothing is known of conversions in headline tests',
  ],
])('refuses %j', (more, sentence) => {
  expect(() => resolveExperiment(experimentSchema.parse({ ...CONFIG, ...more }))).toThrow(sentence);
});
