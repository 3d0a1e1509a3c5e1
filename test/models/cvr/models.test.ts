/** Models of clicks and conversions against the market's truth, over all impressions and actions. */
import { describe, expect, it } from 'vitest';
import { createAgent } from '../../../src/agents/registry.ts';
import type { ImpressionLog, TrueRequests } from '../../../src/core/contracts.ts';
import { impressionLog } from '../../../src/core/log.ts';
import { matrix } from '../../../src/core/matrix.ts';
import { pairedDifference } from '../../../src/core/paired.ts';
import { randomFrom } from '../../../src/core/random.ts';
import { summarise } from '../../../src/core/statistics.ts';
import { resolveWorld } from '../../../src/env/config.ts';
import type { WorldInput } from '../../../src/env/config.ts';
import { delaysOf } from '../../../src/env/delays.ts';
import { market } from '../../../src/env/market.ts';
import { syntheticCreatives } from '../../../src/env/synthetic-creatives.ts';
import { conversionsOf } from '../../../src/models/cvr/conversions.ts';
import { createConversionModel } from '../../../src/models/cvr/models.ts';
import type { ConversionInput } from '../../../src/models/cvr/models.ts';
import { playEpisode } from '../../../src/runner/episode.ts';
import { toyLog } from '../../support/toy-log.ts';

const FULL = process.env['ADSIM_FULL'] === '1';
const SMALL = { hidden: [16], embedding: 4, batch: 256, epochs: 30, learningRate: 0.005 };

/** A world in which only conversions are worth something, one dollar each: its truth is P(click and conversion). */
function conversions(world: WorldInput, rows: number, seed: string) {
  const paid = { name: 'all', valuePerClickUsd: 0, valuePerConversionUsd: 1 };
  const config = resolveWorld({ ...world, reward: 'profit', costPerImpressionUsd: 0, campaigns: [paid] });
  const creatives = syntheticCreatives({ categories: config.categories, perCategory: 1 }, randomFrom(seed));
  const environment = market(config, creatives);
  const clicks = market({ ...config, reward: 'click' }, creatives);
  clicks.reset(seed);
  const { spec, actions } = environment;
  const k = actions.size;
  const setup = { spec, actions, models: new Map(), random: randomFrom(seed), requests: rows };
  const play = (luck: string, onTick: Parameters<typeof playEpisode>[0]['onTick'] & {}): void => {
    const agent = createAgent({ kind: 'uniform' }, setup);
    const random = randomFrom(seed).stream(luck);
    playEpisode({ environment, agent, seed, luck, requests: rows, random, needsTruth: true, seesHidden: true, onTick });
  };
  const log = impressionLog(spec, { capacity: rows });
  play('log', ({ requests, decisions, outcomes }) => log.append(requests, decisions, outcomes));
  log.close();

  /** Mean square errors, in percent points, and means, of what a model says of other visits. */
  async function judge(config: ConversionInput) {
    const model = createConversionModel({ ...SMALL, ...config }, { actions, contextNames: spec.contextNames });
    await model.fit(log, randomFrom(seed).stream('fit'));
    const [p, q, trueP] = [0, 1, 2].map(() => matrix(spec.lanes, k));
    const totals = { cells: 0, q: 0, trueQ: 0, squares: 0, bothSquares: 0 };
    play('test', ({ requests, truth }) => {
      model.predict(requests, p, q);
      clicks.truth.predict(requests as TrueRequests, trueP);
      for (let c = 0; c < requests.size * k; c++) {
        const both = truth?.data[c] ?? Number.NaN;
        const rate = both / trueP.data[c];
        totals.cells++;
        totals.q += q.data[c];
        totals.trueQ += rate;
        totals.squares += (q.data[c] - rate) ** 2;
        totals.bothSquares += (p.data[c] * q.data[c] - both) ** 2;
      }
    });
    const { cells, squares, bothSquares } = totals;
    const points = (sum: number): number => 100 * Math.sqrt(sum / cells);
    return {
      bias: totals.q / totals.trueQ - 1,
      mean: totals.q / cells,
      error: points(squares),
      bothError: points(bothSquares),
    };
  }
  return { log, judge, seen: delaysOf(config)?.seen ?? 1 };
}

/** Clicks come where interest is high: conversions learned from clicks alone know little of the rest. */
const SELECTIVE: WorldInput = {
  users: 2000,
  lanes: 64,
  requestsPerHour: 500,
  baseCtr: 0.06,
  response: { interestWeight: 3.5 },
  conversion: { logit: -2.5, interestWeight: 2 },
};
/** Half of what will be seen takes two days and more; the log covers less than a window. */
const DELAYED: WorldInput = { preset: 'delayed', users: 2000, lanes: 64, requestsPerHour: 200, baseCtr: 0.2 };

const percent = (values: readonly number[]): string => {
  const { mean, interval } = summarise(values);
  return `${(100 * mean).toFixed(1)} % [${interval?.map((x) => (100 * x).toFixed(1)).join(', ') ?? '?'}]`;
};

describe('models of conversions', () => {
  it('the delayed feedback model and importance weights undo what counting only what was seen leaves out', async () => {
    const { judge } = conversions(DELAYED, 4000, 'quick');
    // The log covers 20 hours; half of the conversions take 24 and more.
    expect((await judge({ kind: 'separate', feedback: 'seen' })).bias).toBeLessThan(-0.4);
    expect(Math.abs((await judge({ kind: 'separate', feedback: 'exponential' })).bias)).toBeLessThan(0.3);
    expect(Math.abs((await judge({ kind: 'separate', feedback: 'weighted' })).bias)).toBeLessThan(0.3);
    await expect(judge({ kind: 'separate', feedback: 'closed' })).rejects.toThrow('0 clicks whose feedback is in');
  });

  it('esmm knows the conversion rate of impressions that are seldom clicked better than a model of clicks', async () => {
    const { judge } = conversions(SELECTIVE, 4000, 'quick');
    const [esmm, separate] = [await judge({ kind: 'esmm' }), await judge({ kind: 'separate' })];
    expect(Math.abs(esmm.bias)).toBeLessThan(0.3);
    expect(separate.bias).toBeGreaterThan(0.3);
    expect(esmm.error).toBeLessThan(separate.error);
  });

  it('what is still open, and for how long, is read from the log', () => {
    const { log, ...setup } = toyLog({ rows: 6 });
    const late: ImpressionLog = {
      ...log,
      spec: { ...log.spec, conversionWindowHours: 24 },
      outcomes: {
        ...log.outcomes,
        click: Uint8Array.of(1, 1, 1, 0, 1, 0),
        conversion: Uint8Array.of(2, 1, 0, 0, 0, 0),
        delayHours: Float64Array.of(0, 7, 0, 0, 0, 0),
      },
    };
    const found = conversionsOf(late, setup);
    expect([...found.open]).toEqual([0, 0, 1, 0, 1, 0]);
    expect([...found.converted]).toEqual([0, 1, 0, 0, 0, 0]);
    expect([...found.delay]).toEqual([0, 7, 0, 0, 0, 0]);
    // A row every 20 hours.
    expect([...found.age]).toEqual([100, 80, 60, 40, 20, 0]);
  });

  it('refuse logs that teach nothing of conversions', async () => {
    const { log, ...setup } = toyLog({ rows: 60 });
    const model = createConversionModel({ kind: 'esmm' }, setup);
    await expect(model.fit(log, randomFrom('fit'))).rejects.toThrow('0 conversions in 60 impressions teach nothing');
    const late: ImpressionLog = { ...log, spec: { ...log.spec, conversionWindowHours: 24 } };
    await expect(model.fit(late, randomFrom('fit'))).rejects.toThrow('how late is not said');
    expect(() => model.predict(log.requests, matrix(60, 5), matrix(60, 5))).toThrow('predict before fit');
  });

  it.runIf(FULL)('delayed: bias over seeds', { timeout: 3_600_000 }, async () => {
    const bias: Record<string, number[]> = { seen: [], weighted: [], exponential: [] };
    for (let s = 1; s <= 8; s++) {
      const { judge } = conversions(DELAYED, 8000, `delayed-${s}`);
      for (const feedback of ['seen', 'weighted', 'exponential'] as const) {
        bias[feedback].push((await judge({ kind: 'separate', feedback })).bias);
      }
    }
    console.log(Object.entries(bias).map(([name, values]) => `${name}: bias ${percent(values)}`));
    expect(summarise(bias['seen']).interval?.[1]).toBeLessThan(-0.2);
  });

  it.runIf(FULL)('selective: esmm against the model of clicks alone', { timeout: 3_600_000 }, async () => {
    const found: Record<string, { bias: number; error: number; bothError: number }[]> = { esmm: [], separate: [] };
    for (let s = 1; s <= 8; s++) {
      const { judge } = conversions(SELECTIVE, 8000, `selective-${s}`);
      for (const kind of ['esmm', 'separate'] as const) found[kind].push(await judge({ kind }));
    }
    for (const [name, all] of Object.entries(found)) {
      const of = (value: (one: (typeof all)[number]) => number): string => percent(all.map(value));
      console.log(name, 'bias', of(({ bias }) => bias), 'error', of(({ error }) => error / 100), 'of both', of(({ bothError }) => bothError / 100)); // prettier-ignore
    }
    const less = (value: (one: { bias: number; error: number }) => number) =>
      pairedDifference(found['esmm'].map(value), found['separate'].map(value));
    const [bias, error] = [less((one) => Math.abs(one.bias)), less((one) => one.error)];
    console.log('esmm less separate: |bias|', bias, 'error', error);
    expect(bias?.interval[1]).toBeLessThan(0);
    expect(error?.interval[1]).toBeLessThan(0);
  });
});
