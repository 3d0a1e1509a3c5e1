/** What is written for other programs is read again as it was: Vowpal Wabbit, Open Bandit Dataset, CSV, adsim's Parquet. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { impressionLog } from '../../../src/core/log.ts';
import type { ImpressionLog, LogSpec } from '../../../src/core/contracts.ts';
import { decisionsOf, outcomesOf, requestsOf } from '../../../src/core/batch.ts';
import { randomFrom } from '../../../src/core/random.ts';
import { encodeLog } from '../../../src/runner/log-file.ts';
import { encodeCsv } from '../../../src/runner/logs/export-csv.ts';
import { encodeOpenBandit, itemContext } from '../../../src/runner/logs/export-obd.ts';
import { encodeVw } from '../../../src/runner/logs/export-vw.ts';
import { openLog } from '../../../src/runner/logs/open-log.ts';
import { timestampOf } from '../../../src/runner/logs/timestamps.ts';
import { dataFolder } from '../../folders.ts';
import { logFolder, read, refusal } from './files.ts';

const { folder, write } = logFolder();

const SPEC: LogSpec = {
  contextNames: ['age', 'device=phone', 'device=tv'],
  actions: ['red', 'green', 'blue'],
  slots: 1,
  rewardUnit: 'click',
  rewardRange: [0, 1],
  schemaVersion: 1,
};

/** Rows of chance, with a behaviour policy and a truth. */
function madeLog(spec: LogSpec = SPEC, rows = 500): ImpressionLog {
  const luck = randomFrom('export').sequence();
  const L = spec.slots;
  const shape = { rows, context: 3, actions: 3, slots: L };
  const log = impressionLog(spec, { distribution: true, truth: true });
  const [requests, decisions, outcomes] = [requestsOf(shape), decisionsOf(shape, true), outcomesOf(shape)];
  requests.size = rows;
  requests.eligible.fill(1);
  for (let i = 0; i < rows; i++) {
    const odds = [0.2, 0.3, 0.5];
    const action = luck.integer(3);
    const click = luck.uniform() < 0.3 ? 1 : 0;
    requests.impression[i] = i * 3;
    requests.session[i] = Math.floor(i / 2);
    requests.user[i] = i % 17;
    requests.hour[i] = 30 + i / 64;
    requests.context.data.set([Math.round(luck.uniform() * 100) / 4, i % 2, 1 - (i % 2)], i * 3);
    decisions.distribution?.data.set(odds, i * 3);
    decisions.bid[i] = luck.uniform();
    outcomes.won[i] = 1;
    outcomes.reward[i] = click;
    for (let l = 0; l < L; l++) {
      decisions.action[i * L + l] = action;
      decisions.propensity[i * L + l] = odds[action];
      outcomes.slot[i * L + l] = l;
      outcomes.click[i * L + l] = click;
    }
  }
  log.append(requests, decisions, outcomes, { rows, columns: 3, data: new Float64Array(rows * 3).fill(0.25) });
  return log;
}

async function textOf(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}

/** adsim's own file of the rows. */
const own = (): string => write('own.parquet', encodeLog(madeLog(), { truth: true }));

describe('adsim’s own Parquet', () => {
  it('comes back whole: requests, decisions, outcomes, the behaviour policy and the truth', async () => {
    const made = madeLog();
    const { source, block } = await read(own());
    expect(source).toMatchObject({ layout: 'adsim', rows: 500, spec: SPEC, columns: [], propensities: true });
    for (const key of ['impression', 'session', 'user', 'hour'] as const) {
      expect(block.log.requests[key]).toEqual(made.requests[key].subarray(0, 500));
    }
    expect(block.log.requests.context.data).toEqual(made.requests.context.data.subarray(0, 1500));
    for (const key of ['action', 'propensity', 'bid'] as const) {
      expect(block.log.decisions[key]).toEqual(made.decisions[key].subarray(0, 500));
    }
    for (const key of ['won', 'cost', 'click', 'conversion', 'revenue', 'reward', 'ended', 'slot'] as const) {
      expect(block.log.outcomes[key]).toEqual(made.outcomes[key].subarray(0, 500));
    }
    expect(block.behaviour?.data).toEqual(made.decisions.distribution?.data.subarray(0, 1500));
    expect(block.log.truth?.data).toEqual(new Float64Array(1500).fill(0.25));
  });

  it('pages of several ads are refused, and so is damaged metadata', async () => {
    const pages = write('pages.parquet', encodeLog(madeLog({ ...SPEC, slots: 2 }), { truth: false }));
    expect(await refusal(pages)).toMatch(/has pages of 2 ads, and the reward is the page's/u);
    const odd = write(
      'odd.parquet',
      encodeLog(madeLog({ ...SPEC, rewardUnit: 7 as unknown as string }), { truth: false }),
    );
    expect(await refusal(odd)).toMatch(/adsim metadata is damaged/u);
  });
});

describe('Vowpal Wabbit', () => {
  it.each([
    ['vw', ['1', '2', '3'], SPEC.contextNames],
    ['vw-adf', SPEC.actions, SPEC.contextNames],
    ['dsjson', SPEC.actions, SPEC.contextNames],
  ] as const)('%s: actions, costs, probabilities and context come back', async (form, actions, context) => {
    const { source, block: before } = await read(own());
    const { source: again, block } = await read(write(`log.${form}`, await textOf(encodeVw(source, form))));
    expect(again.layout).toBe(form === 'dsjson' ? 'dsjson' : 'vw');
    expect(again.spec.actions).toEqual(actions);
    expect(again.spec.contextNames).toEqual(context);
    expect(block.log.decisions.action).toEqual(before.log.decisions.action);
    expect(block.log.decisions.propensity).toEqual(before.log.decisions.propensity);
    expect(block.log.outcomes.reward).toEqual(before.log.outcomes.reward);
    expect(block.log.requests.context).toEqual(before.log.requests.context);
    if (form !== 'dsjson') return;
    expect(block.behaviour?.data).toEqual(before.behaviour?.data);
    for (const [i, hour] of block.log.requests.hour.entries()) {
      expect(hour).toBeCloseTo(before.log.requests.hour[i] - 24, 6); // hours count from the first day's midnight
    }
  });

  it('names are made fit for the text', async () => {
    const source = await openLog(write('names.csv', 'action,propensity,reward,context:a b|c:d\nx y,0.5,1,2\n'));
    expect(await textOf(encodeVw(source, 'vw'))).toBe('1:-1:0.5 | a_b_c_d:2\n');
    expect(await textOf(encodeVw(source, 'vw-adf'))).toBe('shared | a_b_c_d:2\n0:-1:0.5 | x_y\n\n');
  });

  it('without propensities there is nothing to write', async () => {
    const source = await openLog(write('none.csv', 'action,reward\na,1\n'));
    await expect(textOf(encodeVw(source, 'vw'))).rejects.toThrow(/has no propensities/u);
    await expect(textOf(encodeOpenBandit(source))).rejects.toThrow(/has no propensities/u);
  });
});

describe('Open Bandit Dataset', () => {
  it('comes back with its items, positions, categories and hours', async () => {
    const { source, block: before } = await read(own());
    write('item_context.csv', itemContext(source.spec));
    const { source: again, block } = await read(write('obd.csv', await textOf(encodeOpenBandit(source))));
    expect(again.layout).toBe('obd');
    expect(again.spec.actions).toEqual(['0', '1', '2']);
    expect(block.log.decisions.action).toEqual(before.log.decisions.action);
    expect(block.log.decisions.propensity).toEqual(before.log.decisions.propensity);
    expect(block.log.outcomes.click).toEqual(before.log.outcomes.click);
    expect(block.columns.get('position')).toEqual(new Float64Array(500).fill(1));
    expect(again.spec.contextNames.slice(-2)).toEqual(['user_feature_1=phone', 'user_feature_1=tv']);
    expect(join(folder, 'obd.csv')).toBe(again.path);
  });

  it('rewards other than clicks are refused', async () => {
    const source = await openLog(write('money.csv', 'action,propensity,reward\na,0.5,1\na,0.5,2\n'));
    await expect(textOf(encodeOpenBandit(source))).rejects.toThrow(/money\.csv:3: reward 2 is neither 0 nor 1/u);
  });

  const data = dataFolder();
  it.skipIf(data === undefined)('the dataset itself comes back as it was', async () => {
    const { source, block: before } = await read(join(data as string, 'obd/bts/men'));
    write('item_context.csv', itemContext(source.spec));
    const { source: again, block } = await read(write('men.csv', await textOf(encodeOpenBandit(source))));
    expect(again.spec.contextNames).toEqual(source.spec.contextNames);
    expect(block.log.decisions.propensity).toEqual(before.log.decisions.propensity);
    expect(block.log.outcomes).toEqual(before.log.outcomes);
    expect(block.log.requests.context).toEqual(before.log.requests.context);
    expect(block.columns.get('position')).toEqual(before.columns.get('position'));
  });
});

it('CSV comes back as it was', async () => {
  const { source, block: before } = await read(own());
  const { source: again, block } = await read(write('again.csv', await textOf(encodeCsv(source))));
  expect(again.spec).toEqual(source.spec);
  expect(block.behaviour).toEqual(before.behaviour);
  expect(block.log.decisions.propensity).toEqual(before.log.decisions.propensity);
  expect(block.log.requests.context).toEqual(before.log.requests.context);
  expect(block.log.requests.hour).toEqual(before.log.requests.hour);
  expect(block.log.requests.user).toEqual(before.log.requests.user);
  expect(block.log.outcomes.reward).toEqual(before.log.outcomes.reward);
});

it('hours are dates from 2000-01-01 on, over leap days', () => {
  expect(timestampOf(0)).toBe('2000-01-01 00:00:00.000000+00:00');
  for (const hour of [13.5, 59 * 24, 60 * 24, 366 * 24 - 1, 366 * 24, 24 * 365.25 * 101 + 7]) {
    const said = timestampOf(hour).replace(' ', 'T');
    expect(Date.parse(said)).toBe(Date.UTC(2000, 0, 1) + hour * 3_600_000);
  }
});
