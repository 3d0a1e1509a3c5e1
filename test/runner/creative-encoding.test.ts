/** Creatives that came after the log, and their vectors, in a run: who is told what, from which rows, the same bytes whoever works. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WritableLog } from '../../src/core/log.ts';
import { matrix } from '../../src/core/matrix.ts';
import { MEASURED_NAMES } from '../../src/core/creatives.ts';
import { crossed } from '../../src/core/elements.ts';
import { randomFrom } from '../../src/core/random.ts';
import { syntheticCreatives } from '../../src/env/synthetic-creatives.ts';
import { creativeFactors } from '../../src/models/gan/config.ts';
import { behaviourLog, worldFor } from '../../src/runner/collect-log.ts';
import { experimentSchema, resolveExperiment } from '../../src/runner/config.ts';
import { creativeEncoding } from '../../src/runner/creative-encoding.ts';
import { explainShown } from '../../src/runner/explain/shown-ad.ts';
import { Interrupted, runExperiment } from '../../src/runner/experiment.ts';
import type { FinishedRun, RunOptions } from '../../src/runner/experiment.ts';
import { logParts } from '../../src/runner/fit-models.ts';
import { newActions } from '../../src/runner/new-creatives.ts';
import { runSeed } from '../../src/runner/seed.ts';
import { drawnCreatives } from '../models/creative-encoder/views.ts';

const CREATIVES = {
  perCategory: 3,
  newPerCategory: 1,
  measured: false,
  // Bad images, quickly.
  steps: 2,
  batchSize: 8,
  width: 4,
  classifierSteps: 2,
};
const ENCODER = { dimensions: 3, without: ['plain', 'thompson'] };
const CONFIG = {
  name: 'encoded',
  seeds: 2,
  world: { preset: 'quiet', users: 400, lanes: 32, categories: 5, baseCtr: 0.3 },
  creatives: { ...CREATIVES, encoder: ENCODER },
  requests: 600,
  logRequests: 2000,
  referenceRequests: 600,
  models: [{ kind: 'logistic' }, { kind: 'logistic', name: 'plain' }],
  agents: [
    { kind: 'thompson', warmStart: true },
    { kind: 'epsilon-greedy', model: 'shared', warmStart: true },
  ],
  offPolicy: { estimators: ['ips'], coverage: false },
};
/** Of three creatives of a category the last. */
const isNew = (action: number): boolean => action % 3 === 2;

const scratch = mkdtempSync(join(tmpdir(), 'adsim-encoding-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const play = (name: string, config: object = CONFIG, options: Partial<RunOptions> = {}): Promise<FinishedRun> =>
  runExperiment(experimentSchema.parse(config), {
    directory: join(scratch, name),
    cacheFolder: join(scratch, 'cache'),
    workers: 0,
    command: 'adsim run encoded.yaml',
    now: () => new Date(0),
    ...options,
  });

describe('a run with an encoder', () => {
  let whole: FinishedRun;
  beforeAll(async () => {
    whole = await play('inline');
  });

  it('gives the same bytes after an interruption, by two workers', async () => {
    const stop = new AbortController();
    const interrupted = play('interrupted', CONFIG, {
      signal: stop.signal,
      onProgress: ({ stage, done, total }) => stage === 'episodes' && done > 0.6 * total && stop.abort(),
    });
    await expect(interrupted).rejects.toThrow(Interrupted);
    const { manifest } = await play('interrupted', CONFIG, { workers: 2 });
    expect(manifest.files).toEqual(whole.manifest.files);
    expect(manifest.digest).toBe(whole.manifest.digest);
  });

  it('shows new creatives to agents and not to the log, and judges models on them', async () => {
    const { results, directory } = whole;
    const bytes = readFileSync(join(directory, 'log/seed-1.parquet'));
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    const rows = await parquetReadObjects({ file, columns: ['action'] });
    expect(rows.length).toBeGreaterThanOrEqual(2000);
    expect(rows.some(({ action }) => isNew(action as number))).toBe(false);
    expect(results.newCreatives).toBe(5);
    results.creatives?.gallery.forEach(({ impressions }) => expect(impressions).toBeGreaterThan(0));
    for (const { onNew } of results.models) {
      expect(onNew?.logLoss.mean).toBeGreaterThan(0);
      expect(onNew?.logLoss.count).toBe(2);
    }
    expect(results.encoder).toMatchObject(ENCODER);
  });

  it('is explained with the models that it trained', async () => {
    const options = { row: 1500, method: 'auto', model: 'logistic', cacheFolder: join(scratch, 'cache') } as const;
    let loss = 0;
    for (const seed of ['1', '2']) {
      // oxlint-disable-next-line no-await-in-loop -- one heavy thing after another
      const { model, eligible } = await explainShown(whole.directory, { ...options, seed });
      loss += (model?.logLoss.refitted ?? Number.NaN) / 2;
      expect(eligible).toHaveLength(10);
    }
    expect(loss).toBe(whole.results.models[0].logLoss.mean);
  });
});

describe('an encoder beside', () => {
  const beside = (world: object, creatives: object, more: object): object => ({
    ...CONFIG,
    seeds: 1,
    world: { ...CONFIG.world, ...world },
    creatives: { ...CREATIVES, encoder: { ...ENCODER, without: ['plain'] }, ...creatives },
    agents: [{ kind: 'epsilon-greedy', model: 'shared', warmStart: true, bidUsd: 0.05 }],
    ...more,
  });

  it.each([
    ['an auction', beside({ preset: 'auction' }, {}, { behaviour: { kind: 'uniform', bidUsd: 0.05 } }), 5],
    ['a page of several ads', beside({ preset: 'slate' }, {}, {}), 5],
    ['composited creatives', beside({ categories: 3 }, { perCategory: 2, composite: {} }, {}), 162],
  ])('%s: models are judged on new creatives, and agents show them', async (name, config, known) => {
    const { results } = await play(name.replaceAll(' ', '-'), config);
    expect(results.models[0].onNew?.logLoss.mean).toBeGreaterThan(0);
    expect(results.encoder?.dimensions).toBe(3);
    expect(results.newCreatives).toBe(known);
  });

  it('an auction that the behaviour policy never wins: says so', async () => {
    const config = beside({ preset: 'auction' }, {}, { behaviour: { kind: 'uniform', bidUsd: 0 } });
    await expect(play('lost', config)).rejects.toThrow(
      /behaviour: none of \d+ requests was shown an ad; its bids win no auction: raise behaviour\.bidUsd/u,
    );
  });
});

describe('creativeEncoding', () => {
  const { views, creatives } = drawnCreatives(3, 'encoding');
  const experiment = resolveExperiment(
    experimentSchema.parse({
      ...CONFIG,
      world: { ...CONFIG.world, categories: 10, priceLevels: [1, 1.2] },
      creatives: { ...CREATIVES, encoder: ENCODER },
    }),
  );
  const environment = worldFor(experiment, creatives);
  const log = behaviourLog(experiment, environment, 's');
  const tables = (from: WritableLog = log) => {
    const parts = logParts(experiment, environment, from, 's');
    const pictured = { creatives, pixels: views.pixels };
    return creativeEncoding(experiment, environment.actions, pictured, parts, randomFrom('encoder'));
  };
  const encoding = tables();

  it('tells a vector for each creative, at every price, and what is measured only where it is asked for', () => {
    const { features, featureNames, creative } = encoding.actionsFor('logistic');
    expect(featureNames.slice(-3)).toEqual(['encoded-1', 'encoded-2', 'encoded-3']);
    expect(encoding.actionsFor('plain')).toBe(environment.actions);
    const names = new Set<string>(featureNames);
    expect(MEASURED_NAMES.some((name) => names.has(name))).toBe(false);
    expect(names.has('category-0') && names.has('price-level')).toBe(true);
    const { creatives: keys } = experiment;
    const seen = worldFor({ ...experiment, creatives: { ...keys, measured: undefined } }, creatives).actions;
    expect(seen.featureNames).toEqual(expect.arrayContaining([...MEASURED_NAMES]));
    const at = (a: number, name: string, table = { features, featureNames }): number =>
      table.features.data[a * table.features.columns + table.featureNames.indexOf(name)];
    for (let a = 0; a < 60; a++) {
      expect(at(a, 'encoded-2')).toBe(at(creative[a], 'encoded-2'));
      for (const name of ['category-4', 'price-level']) expect(at(a, name)).toBe(at(a, name, seen));
    }
    expect(new Set(Array.from({ length: 30 }, (_, c) => at(c, 'encoded-1'))).size).toBe(30);
  });

  it('learns from the rows that models are trained on alone, and never from the truth', () => {
    const { boundary, parts } = logParts(experiment, environment, log, 's');
    const learned = new Set(parts.train.requests.impression);
    const vectors = encoding.actionsFor('logistic').features;
    const { click } = log.outcomes;
    const flipped = (rows: (i: number) => boolean): WritableLog => ({
      ...log,
      truth: matrix(log.size, environment.actions.size),
      outcomes: { ...log.outcomes, click: click.map((one, i) => (rows(i) ? 1 - one : one)) },
    });
    const isTaught = (i: number): boolean => learned.has(log.requests.impression[i]);
    expect(tables(flipped((i) => i >= boundary || !isTaught(i))).actionsFor('logistic').features).toEqual(vectors);
    expect(tables(flipped((i) => isTaught(i) && i % 3 === 0)).actionsFor('logistic').features).not.toEqual(vectors);
    expect(() => tables(flipped((i) => click[i] === 1))).toThrow(/creatives.encoder: .* with 0 clicks in .* tell/u);
  });

  it('moves no number of the log, nor of who is not told', async () => {
    const played = async (encoder: typeof ENCODER | undefined) => {
      const logFile = join(scratch, `${encoder ? 'told' : 'untold'}.parquet`);
      const task = {
        ...experiment,
        world: { ...experiment.world, priceLevels: [1] },
        creatives: { ...experiment.creatives, encoder: encoder && experiment.creatives.encoder },
      };
      const { pixels } = views;
      const seed = await runSeed(
        { kind: 'seed', experiment: task, creatives, pixels, seed: 's', logFile, backends: undefined },
        () => {},
      );
      return { ...seed, log: readFileSync(logFile) };
    };
    const [told, untold] = [await played(ENCODER), await played(undefined)];
    expect(told.log.equals(untold.log)).toBe(true);
    expect(told.offPolicy[0]).toEqual(untold.offPolicy[0]);
    expect(told.agents[0]).toEqual(untold.agents[0]);
    expect(told.models[1]).toEqual(untold.models[1]);
    expect(told.agents[1]).not.toEqual(untold.agents[1]);
    expect(told.models[0]).not.toEqual(untold.models[0]);
  });
});

it('new are the last products of each category, in all their combinations and at every price', () => {
  const world = { ...CONFIG.world, categories: 2, priceLevels: [1, 1.2] };
  const creatives = { perCategory: 2, newPerCategory: 1, composite: {} };
  const experiment = resolveExperiment(experimentSchema.parse({ ...CONFIG, world, creatives }));
  const plain = syntheticCreatives({ categories: 2, perCategory: 2 }, randomFrom('new'));
  const { actions } = worldFor(experiment, crossed(plain, creativeFactors(experiment.creatives)));
  const fresh = newActions(experiment, actions);
  expect(actions.names.filter((_, a) => fresh?.[a] === 1)).toEqual(actions.names.filter((name) => /-2_/u.test(name)));
  expect(fresh?.reduce((sum, one) => sum + one, 0)).toBe(2 * 54 * 2);
});

it('what cannot be is refused in one sentence', () => {
  const resolved =
    (creatives: object, more: object = {}) =>
    () =>
      resolveExperiment(experimentSchema.parse({ ...CONFIG, ...more, creatives: { ...CREATIVES, ...creatives } }));
  expect(resolved({ newPerCategory: 3 })).toThrow(/creatives.newPerCategory: 3 of 3 leave the log nothing to show/u);
  expect(resolved({ encoder: { without: ['thomson'] } })).toThrow(
    /creatives.encoder.without.0: no model and no agent is called "thomson".*thompson/u,
  );
  expect(resolved({ encoder: {}, generator: 'synthetic' })).toThrow(/creatives.encoder: needs images to read/u);
  expect(resolved({}, { headlineTests: { file: 'x.csv' } })).toThrow(/creatives.newPerCategory: headline tests/u);
  const sweep = { over: [{ agent: 'visual-prior', key: 'strength', values: [10, 100] }] };
  const agents = [{ kind: 'visual-prior' }];
  expect(resolved({ encoder: {} }, { sweep, agents })).toThrow(/visual-prior needs a log/u);
  expect(resolved({ encoder: { without: ['visual-prior'] } }, { sweep, agents })).not.toThrow();
});
