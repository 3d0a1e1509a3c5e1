/** Sweeps: what is tried, on which seeds, and that only the best goes on. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomFrom } from '../../src/core/random.ts';
import { experimentSchema, resolveExperiment } from '../../src/runner/config.ts';
import { runExperiment } from '../../src/runner/experiment.ts';
import { roundsOf, settingsOf, sweepSchema } from '../../src/runner/sweep.ts';

const random = randomFrom('sweep');
const sweep = (over: object[], rest: object = {}) => sweepSchema.parse({ over, ...rest });

describe('settings', () => {
  it('of a grid are all combinations', () => {
    const grid = sweep([
      { agent: 'a', key: 'x', values: [1, 2] },
      { agent: 'a', key: 'y', values: ['u', 'v', 'w'] },
    ]);
    expect(settingsOf(grid, grid.over, random)).toHaveLength(6);
    expect(settingsOf(grid, grid.over, random)[5]).toEqual({ x: 2, y: 'w' });
  });

  it('that are drawn lie in their ranges, spread as asked, and none stands twice', () => {
    const drawn = sweep(
      [
        { agent: 'a', key: 'log', between: [0.001, 1000], scale: 'log' },
        { agent: 'a', key: 'whole', between: [2, 4], scale: 'integer' },
        { agent: 'a', key: 'choice', values: [true, false] },
      ],
      { method: 'random', trials: 400 },
    );
    const all = settingsOf(drawn, drawn.over, random);
    expect(new Set(all.map(({ whole }) => whole))).toEqual(new Set([2, 3, 4]));
    const below = all.filter(({ log }) => Number(log) < 1).length / all.length;
    expect(Math.abs(below - 0.5)).toBeLessThan(4.5 * Math.sqrt(0.25 / all.length));
    const few = sweep([{ agent: 'a', key: 'x', values: [1, 2] }], { method: 'random', trials: 50 });
    expect(settingsOf(few, few.over, random)).toHaveLength(2);
  });
});

it('halving keeps the better third on three times the requests, until one is left', () => {
  expect(roundsOf('halving', 9, 9000)).toEqual([
    { requests: 3000, keep: 3 },
    { requests: 9000, keep: 1 },
  ]);
  expect(roundsOf('halving', 10, 900).map(({ keep }) => keep)).toEqual([4, 2, 1]);
  expect(roundsOf('grid', 10, 900)).toEqual([{ requests: 900, keep: 1 }]);
});

const experiment = (
  over: object[],
  rest: object = {},
  agents: object[] = [{ kind: 'epsilon-greedy' }, { kind: 'uniform' }],
) =>
  experimentSchema.parse({
    name: 'swept',
    seeds: 2,
    world: { preset: 'quiet', users: 500, lanes: 32 },
    creatives: { generator: 'synthetic' },
    requests: 2000,
    logRequests: 500,
    referenceRequests: 500,
    agents,
    offPolicy: { coverage: false },
    sweep: { over, requests: 1500, seeds: 3, ...rest },
  });

describe('a sweep', () => {
  let scratch: string;
  beforeAll(() => {
    scratch = mkdtempSync(join(tmpdir(), 'adsim-sweep-'));
  });
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));
  const run = (folder: string, workers: number, over: object[], rest: object = {}) =>
    runExperiment(experiment(over, rest), {
      directory: join(scratch, folder),
      workers,
      command: 'test',
      now: () => new Date(0),
    });
  // Exploring always is worst by far.
  const over = [{ agent: 'epsilon-greedy', key: 'epsilon', values: [1, 0.9, 0.05] }];

  it('plays with what was best on the tuning seeds, which are not the reported ones', async () => {
    const { results } = await run('grid', 0, over);
    const [{ agent, seeds, candidates, chosen }] = results.tuning;
    expect([agent, seeds]).toEqual(['epsilon-greedy', ['tune-1', 'tune-2', 'tune-3']]);
    expect(candidates[chosen].settings).toEqual({ epsilon: 0.05 });
    expect(candidates.map(({ score }) => score.count)).toEqual([3, 3, 3]);
    expect(results.seeds.some((seed) => seeds.includes(seed))).toBe(false);
    const [tuned, uniform] = results.agents;
    expect(tuned.value.mean).toBeGreaterThan(1.2 * uniform.value.mean);
  });

  it('gives the same bytes in workers, and with halving', async () => {
    const inline = await run('inline', 0, over, { method: 'halving', trials: 3 });
    const workers = await run('workers', 2, over, { method: 'halving', trials: 3 });
    expect(workers.manifest.digest).toBe(inline.manifest.digest);
  });
});

describe('a sweep is refused', () => {
  const range = { agent: 'epsilon-greedy', key: 'epsilon' };
  it.each([
    [
      'an agent that is not there',
      [{ ...range, agent: 'epsilon-greed', values: [0.1] }],
      {},
      /sweep\.over\.0\.agent: no agent is called "epsilon-greed".*epsilon-greedy/,
    ],
    [
      'a value out of range',
      [{ ...range, values: [0.1, 2] }],
      {},
      /sweep\.over\.0: epsilon-greedy with epsilon 2: epsilon/,
    ],
    [
      'a key that the agent lacks',
      [{ ...range, key: 'alpha', values: [1] }],
      {},
      /sweep\.over\.0: epsilon-greedy with alpha 1.*alpha/,
    ],
    ['nothing to try', [range], {}, /sweep\.over\.0\.values: give either values or between/],
    ['a grid without values', [{ ...range, between: [0, 1] }], {}, /a grid wants values/],
    [
      'bounds that do not ascend',
      [{ ...range, between: [0.5, 0.1] }],
      { method: 'random' },
      /\[0\.5, 0\.1\] does not ascend/,
    ],
    ['a logarithm of 0', [{ ...range, between: [0, 1], scale: 'log' }], { method: 'random' }, /from above 0/],
  ])('%s', (_what, over, rest, message) => {
    expect(() => resolveExperiment(experiment(over, rest))).toThrow(message);
  });

  it('an agent that learns from a log, and a seed with a tuning seed’s name', () => {
    const agents = [{ kind: 'cql' }];
    const over = [{ agent: 'cql', key: 'conservatism', values: [1] }];
    expect(() => resolveExperiment(experiment(over, {}, agents))).toThrow(/cql needs a log/);
    const clash = { ...experiment([{ ...range, values: [0.1] }]), seeds: ['tune-1'] };
    expect(() => resolveExperiment(clash)).toThrow(/seeds: "tune-1" is the name of a tuning seed/);
  });
});
