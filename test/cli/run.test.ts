/** `adsim run` around a runner that costs nothing. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../src/cli/commands/run.ts';
import type { Services } from '../../src/cli/commands/run.ts';
import { failureOf } from '../../src/cli/failure.ts';
import { InputError } from '../../src/core/errors.ts';
import { summarise } from '../../src/core/statistics.ts';
import { loadConfig } from '../../src/runner/config-file.ts';
import { experimentSchema } from '../../src/runner/config.ts';
import type { Experiment } from '../../src/runner/config.ts';
import type { FinishedRun, RunOptions } from '../../src/runner/experiment.ts';
import { fakeTerminal } from './fake-terminal.ts';

let folder: string;
let config: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'adsim-run-'));
  config = join(folder, 'my config.yaml');
  writeFileSync(config, 'name: try\ncreatives: {images: pictures}\nagents: [{kind: uniform}, {kind: oracle}]\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Clicks per request over three seeds: mean 0.02, t(2, 0.975) · 0.001 / √3 = 0.0024841. */
const rate = summarise([0.019, 0.02, 0.021]);
const band = { mean: [0], low: [null], high: [null] };
const doubts = ['a', 'b', 'c'].map((of) => ({ kind: 'few', message: `few rows of ${of}`, advice: 'collect more' }));

function finished(directory: string, options: RunOptions, seeds: number): FinishedRun {
  const many = (summary: typeof rate): typeof rate => (seeds > 1 ? summary : { ...summary, interval: null, count: 1 });
  const agent = (name: string) => ({
    name,
    kind: name,
    episodes: [],
    ctr: many(rate),
    cvr: many(rate),
    roi: many(rate),
    costUsd: many(rate),
    revenueUsd: many(rate),
    value: many(rate),
    valuePerSession: many(rate),
    regret: many(summarise([90, 100, 110])),
    regretAgainstObservable: many(rate),
    auction: null,
    breakdowns: [],
    curve: { requests: [1], reward: band, regret: band },
  });
  const names = Array.from({ length: seeds }, (_, i) => String(i + 1));
  const world = { name: 'quiet', users: 9, lanes: 3, requests: 5000, rewardUnit: 'click', sequential: false };
  const offPolicy = { behaviour: 'uniform', rows: 9, level: 0.95, policies: [], coverage: [] };
  return {
    directory,
    notices: [{ kind: 'cache', message: 'the cache was damaged', advice: 'nothing is to be done' }],
    results: {
      schemaVersion: 3,
      tuning: [],
      name: 'try',
      question: 'Why?',
      signature: 'world:quiet',
      seeds: names,
      creatives: null,
      world: {
        ...world,
        contextNames: [],
        slots: 1,
        auction: null,
        players: 1,
        limited: false,
        conversionWindowHours: null,
      },
      agents: [agent('uniform'), agent('oracle')],
      models: [],
      offPolicy,
      warnings: doubts,
    },
    manifest: {
      schemaVersion: 1,
      name: 'try',
      command: options.command,
      config: {},
      digest: 'abc',
      files: {},
      versions: { adsim: '0', node: '0', v8: '0' },
      backend: { id: 'wasm', device: 'wasm-simd' },
      wall: { startedAt: '', seconds: 12.3, workers: 2, stages: {} },
    },
  };
}

/** Services that note what they were asked. */
function fakes(more: Partial<Services> = {}): Services & { asked: { experiment: Experiment; options: RunOptions }[] } {
  const asked: { experiment: Experiment; options: RunOptions }[] = [];
  return {
    asked,
    load: (path, set) => loadConfig<Experiment>(path, experimentSchema, { set }),
    run: async (experiment, options) => {
      asked.push({ experiment, options });
      const directory = options.directory ?? join(folder, 'results');
      mkdirSync(directory, { recursive: true });
      options.onProgress?.({ stage: 'episodes', done: 10, total: 10, unit: 'requests' });
      const run = finished(directory, options, Number(experiment.seeds));
      writeFileSync(join(directory, 'report.html'), (await options.render?.(run.results, run.manifest)) ?? '');
      return run;
    },
    render: async () => '<html>',
    ...more,
  };
}

describe('run', () => {
  it('prints a table with doubts, writes the report, and tells the next command on stderr', async () => {
    const terminal = fakeTerminal();
    const out = join(folder, 'one');
    expect(await run({ config, seeds: '3', out }, terminal, fakes())).toBe(0);
    const said = terminal.said();
    const text = said.out.replaceAll('\u202f', ' ');
    expect(text).toMatch(/^try: world quiet, 5,000 requests per agent and seed, 3 seeds\nWhy\?\n/);
    expect(text).toMatch(/^uniform +2\.00 % ± 0\.25 +0\.0200 ± 0\.0025 +100 ± 25$/m);
    expect(text).toContain('doubt: few rows of a (and 2 more like it, see the report); collect more');
    expect(text).toContain(`report     ${join(out, 'report.html')}`);
    expect(text).toContain('digest     abc');
    expect(said.err).toContain('episodes   100 %  10 requests in ');
    expect(said.err).toContain(`adsim verify ${out}`);
    expect(said.err).toContain('note: the cache was damaged; nothing is to be done\n');
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toBe('<html>');
    expect(readdirSync(out)).toEqual(['report.html']);
  });

  it('says that one seed leaves a number without its doubt', async () => {
    const terminal = fakeTerminal();
    await run({ config, seeds: '1', out: join(folder, 'single') }, terminal, fakes());
    expect(terminal.said().out.replaceAll('\u202f', ' ')).toMatch(/^uniform +2\.00 % ± \? /m);
    expect(terminal.said().out).toContain('one seed: nothing can be said of the spread; --seeds 8 gives intervals');
  });

  it('prints one JSON object with --json, and nothing else on stdout', async () => {
    const terminal = fakeTerminal();
    await run({ config, seeds: '3', out: join(folder, 'json'), json: true }, terminal, fakes());
    const value = JSON.parse(terminal.said().out) as Record<string, unknown>;
    expect(value).toMatchObject({ name: 'try', digest: 'abc', report: join(folder, 'json', 'report.html') });
    expect(value['agents']).toMatchObject([
      { name: 'uniform', value: 0.02, interval: rate.interval },
      { name: 'oracle' },
    ]);
  });

  it('hands on the options, the environment and a command that can be pasted into a shell', async () => {
    const services = fakes();
    const given = { config, seeds: '4', workers: '2', set: ['name=other', "question=Who's there?"] };
    const terminal = fakeTerminal({ ADSIM_BACKEND: 'wasm, cpu', ADSIM_CACHE: '/cache' });
    await run(given, terminal, services);
    const { experiment, options } = services.asked[0];
    expect([experiment.name, experiment.seeds]).toEqual(['other', 4]);
    expect(options).toMatchObject({ workers: 2, backendOrder: ['wasm', 'cpu'], cacheFolder: '/cache' });
    expect(options.command).toBe(
      `adsim run '${config}' --set name=other --set 'question=Who'\\''s there?' --set seeds=4`,
    );
  });

  it('refuses a back end that does not exist, whether or not the run would use it', async () => {
    await expect(run({ config }, fakeTerminal({ ADSIM_BACKEND: 'node,wsam' }), fakes())).rejects.toThrow(
      new InputError('ADSIM_BACKEND: unknown back end "wsam" - did you mean "wasm"?'),
    );
  });

  it('takes a path from where it is written: the folder of the config, or here for a --set', async () => {
    const services = fakes();
    await run({ config }, fakeTerminal(), services);
    await run({ config, set: ['creatives.images=here'] }, fakeTerminal(), services);
    await run({ config, set: ['creatives.images=silhouettes'] }, fakeTerminal(), services);
    const images = services.asked.map(({ experiment }) => experiment.creatives.images);
    expect(images).toEqual([join(folder, 'pictures'), 'here', 'silhouettes']);
  });

  it('points at the line where the runner objects to a key, and leaves other errors alone', async () => {
    const objection = (message: string): Services => fakes({ run: () => Promise.reject(new InputError(message)) });
    await expect(run({ config }, fakeTerminal(), objection('agents.1: is bad; mend it'))).rejects.toThrow(
      /my config\.yaml:3:27 {2}agents\.1: is bad; mend it\n/,
    );
    await expect(run({ config }, fakeTerminal(), objection('results: is full'))).rejects.toThrow(/^results: is full$/);
  });

  it('asks for a config where the path is empty', async () => {
    await expect(run({ config: '' }, fakeTerminal(), fakes())).rejects.toThrow(/^adsim run: CONFIG is empty; /);
  });
});

describe('exit codes', () => {
  const refused = Object.assign(new Error('EACCES: x'), { code: 'EACCES', path: '/x' });
  it.each([
    [new InputError('bad; mend it'), 2, 'bad; mend it'],
    [refused, 2, '/x: permission denied; choose another place, or ask for access'],
    [
      Object.assign(new Error('x'), { code: 'ENOSPC', path: 'out/report.html' }),
      2,
      'out/report.html: no space is left on the disk; free some and run the same command again',
    ],
    [
      Object.assign(new Error('x'), { name: 'Interrupted' }),
      130,
      'stopped; what is finished is kept: the same command goes on from there',
    ],
    [
      new TypeError('x is not a function'),
      1,
      "adsim failed, which is not your input's fault: x is not a function\nADSIM_DEBUG=1 shows where",
    ],
    ['text', 1, "adsim failed, which is not your input's fault: text\nADSIM_DEBUG=1 shows where"],
  ])('%s', (error, code, text) => {
    expect(failureOf(error, false)).toEqual({ code, text });
  });

  it('ADSIM_DEBUG adds the stack', () => {
    expect(failureOf(new TypeError('x'), true).text).toMatch(/fault: x\nTypeError: x\n +at /);
  });
});
