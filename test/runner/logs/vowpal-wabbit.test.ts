/** Vowpal Wabbit's text and dsjson: real files against what VW itself said of them, and every way in which a line is bad. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LogBlock } from '../../../src/runner/logs/source.ts';
import { dataFolder } from '../../folders.ts';
import { logFolder, read, refusal } from './files.ts';

const data = dataFolder();
const { write } = logFolder();
const train = (name: string): string => join(data as string, 'vw/train-sets', name);
/** VW's own `--extra_metrics` on a file. */
const metrics = (name: string): Record<string, never> & { cb_explore_adf_greedy: Record<string, number> } =>
  JSON.parse(readFileSync(join(data as string, 'vw/ref', name), 'utf8'));
const sum = (values: Iterable<number>): number => [...values].reduce((a, b) => a + b, 0);
const costs = ({ log }: LogBlock): number[] => Array.from(log.outcomes.reward, (reward) => 0 - reward);

describe.skipIf(data === undefined)('files of VW’s own tests', () => {
  it('rcv1_cb_eval: the policy to be valued stands in front', async () => {
    const { source, block } = await read(train('rcv1_cb_eval'));
    expect(source).toMatchObject({ layout: 'vw', rows: 1000, columns: ['evaluated'], skipped: [] });
    expect(source.spec.actions).toEqual(['1', '2']);
    const { action, propensity } = block.log.decisions;
    const evaluated = block.columns.get('evaluated') as Float64Array;
    const weight = Array.from(action, (a, i) => (a === evaluated[i] ? 1 / propensity[i] : 0));
    const weighted = sum(weight.map((w, i) => w * costs(block)[i]));
    expect(weight.filter((w) => w > 0)).toHaveLength(496);
    expect(weighted / 1000).toBeCloseTo(0.506, 12);
    expect(weighted / sum(weight)).toBeCloseTo(0.510081, 6);
    expect(sum(costs(block)) / 1000).toBeCloseTo(0.477, 12);
  });

  it('dsjson: events, actions, costs and the first action’s are VW’s', async () => {
    const { source, block } = await read(train('dsjson_cb.json'));
    const vw = metrics('test-sets__ref__metrics_time.json');
    const greedy = vw.cb_explore_adf_greedy;
    expect(source).toMatchObject({ layout: 'dsjson', rows: greedy['cbea_labeled_ex'], propensities: true });
    expect(source.spec.actions).toEqual(['Cappucino', 'Cold brew', 'Iced mocha', 'Latte']);
    expect(source.spec.actions).toHaveLength(greedy['cbea_max_actions']);
    expect(sum(costs(block))).toBe(vw['dsjson_sum_cost_original']);
    const { action, propensity, distribution } = block.log.decisions;
    expect(sum(costs(block).filter((_, i) => action[i] === 0))).toBe(vw['dsjson_sum_cost_original_baseline']);
    expect(action.filter((a) => a === 0)).toHaveLength(greedy['cbea_label_first_action']);
    expect(costs(block).filter((cost) => cost !== 0)).toHaveLength(greedy['cbea_non_zero_cost']);
    expect(new Set(Array.from(propensity, (p) => p.toFixed(6)))).toEqual(new Set(['0.050000', '0.850000']));
    for (const [i, p] of propensity.entries()) expect(distribution?.data[i * 4 + action[i]]).toBeCloseTo(p, 6);
  });

  it.each([
    ['decisionservice.json', 'test-sets__ref__metrics.json'],
    ['las_100_actions.txt', 'test-sets__ref__metrics_las_e.json'],
  ])('%s: VW’s counts', async (name, reference) => {
    const { block } = await read(train(name));
    const greedy = metrics(reference).cb_explore_adf_greedy;
    const { action } = block.log.decisions;
    expect(block.log.size).toBe(greedy['cbea_labeled_ex']);
    expect(block.log.spec.actions).toHaveLength(greedy['cbea_max_actions']);
    expect(sum(costs(block))).toBe(greedy['cbea_sum_cost']);
    expect(action.filter((a) => a !== 0)).toHaveLength(greedy['cbea_label_not_first']);
  });

  it('ccb: the first slot’s decisions, and what the whole page brought', async () => {
    const { source, block } = await read(train('ccb_data.json'));
    const vw = metrics('test-sets__ref__metrics_ccb.json');
    expect(source.rows).toBe(59);
    expect(sum(costs(block))).toBeCloseTo(vw['dsjson_sum_cost_original_first_slot'], 5);
    expect(-sum(block.columns.get('page reward') as Float64Array)).toBeCloseTo(vw['dsjson_sum_cost_original'], 5);
    // What would have been shown without VW stands in the file.
    const lines = readFileSync(train('ccb_data.json'), 'utf8').trim().split('\n');
    const usual = lines.map((line) => (JSON.parse(line) as { _ba: number[] })._ba[0]);
    const first = Array.from(block.log.decisions.action, (a, i) => a === usual[i]);
    expect(first.filter(Boolean)).toHaveLength(vw['dsjson_number_label_equal_baseline_first_slot']);
    const baseline = sum(costs(block).filter((_, i) => first[i]));
    expect(baseline).toBeCloseTo(vw['dsjson_sum_cost_original_label_equal_baseline_first_slot'], 5);
    const second = await read(train('ccb_data.json'), { slot: 1 });
    expect(source.rows + second.source.rows).toBe(vw.cb_explore_adf_greedy['cbea_labeled_ex']);
    // What stands in the first slot cannot stand in the second.
    const { eligible } = second.block.log.requests;
    expect(eligible.length - sum(eligible)).toBe(second.source.rows);
  });

  it('cb_test.ldf: paragraphs, shared features, unlabelled examples', async () => {
    const { source, block } = await read(train('cb_test.ldf'));
    expect(source).toMatchObject({ rows: 2, skipped: [{ reason: 'no outcome', count: 1 }] });
    expect(source.spec).toMatchObject({ actions: ['0', '1', '2'], contextNames: ['s_1', 's_2'] });
    expect([...block.log.decisions.action]).toEqual([0, 1]);
    expect(costs(block)).toEqual([1, 0]);
    expect([...block.log.requests.eligible]).toEqual([1, 1, 1, 1, 1, 0]);
    expect([...block.log.requests.context.data]).toEqual([1, 1, 0, 0]);
  });

  it('several costs a line: the action with a probability was taken', async () => {
    const { block } = await read(train('cb_multi_cost.dat'));
    expect([...block.log.decisions.action]).toEqual([0, 1, 2, 3, 1]);
    expect(costs(block)).toEqual([1, 2, 3, 4, 2]);
    expect(block.log.decisions.propensity[4]).toBe(0.7);
  });

  it.each([
    'cats.acpx',
    'cats_train.json',
    'ccb_losses.txt',
    'slates_simple.txt',
    'ml100k_small_train',
    'slates_simple_unlabeled.dsjson',
    'b1848_dsjson_parser_regression.txt',
  ])('%s is refused in a sentence', async (name) => {
    expect(await refusal(train(name))).toMatch(/holds (?:continuous|ccb|slates)|has no decision with an outcome/u);
  });
});

it('lines that the decision service wrote for itself are no events', async () => {
  const event = '{"_label_cost":0,"_label_probability":1,"_labelIndex":0,"c":{"_multi":[{}]}}';
  const { source } = await read(write('checkpoint.json', `${event}\n[CHECKPOINT]\n`));
  expect(source).toMatchObject({ rows: 1, skipped: [{ reason: 'no outcome', count: 1 }] });
});

it('slates: one slot’s decisions with the page’s cost, the other slots as they were', async () => {
  const multi = [0, 0, 0, 1, 1].map((slot, i) => ({ _slot_id: slot, f: `a${i}` }));
  const line = (cost: number, a0: number[], a1: number[]): string =>
    JSON.stringify({
      _label_cost: cost,
      c: { u: 1, _multi: multi, _slots: [{}, {}] },
      _outcomes: [
        { _a: a0, _p: [0.8, 0.1, 0.1] },
        { _a: a1, _p: [0.6, 0.4] },
      ],
    });
  const path = write('slates.dsjson', `${line(0.5, [1, 0, 2], [0, 1])}\n${line(-2, [2, 0, 1], [1, 0])}\n`);
  const first = await read(path);
  expect([...first.block.log.decisions.action]).toEqual([1, 2]);
  expect([...(first.block.behaviour?.data ?? [])]).toEqual([0.1, 0.8, 0.1, 0.1, 0.1, 0.8]);
  const second = await read(path, { slot: 1 });
  expect(second.source.spec.actions).toEqual(['f=a3', 'f=a4']);
  expect([...second.block.log.decisions.action]).toEqual([0, 1]);
  expect([...second.block.log.decisions.propensity]).toEqual([0.6, 0.6]);
  expect([...second.block.log.outcomes.reward]).toEqual([-0.5, 2]);
});

it('features: namespaces, values, weights; many are hashed, and the sum of each row stays what it was but for signs', async () => {
  const { source, block } = await read(
    write('ns.vw', "1:0:0.5 'tag |user:2 age:1.5 male |b x x\n2:1:1 tag2|user age:3\n"),
  );
  expect(source.spec.contextNames).toEqual(['b^x', 'user^age', 'user^male']);
  expect([...block.log.requests.context.data]).toEqual([2, 3, 2, 0, 3, 0]);
  const words = Array.from({ length: 300 }, (_, i) => `w${i}`);
  const hashed = await read(write('many.vw', words.map((word) => `1:0:0.5 | ${word}`).join('\n')));
  expect(hashed.source.spec.contextNames).toHaveLength(128);
  for (let i = 0; i < 300; i++) {
    const row = hashed.block.log.requests.context.data.subarray(i * 128, i * 128 + 128);
    expect(sum(row.map(Math.abs))).toBe(1);
  }
});

describe('bad lines', () => {
  it.each<[string, string, RegExp]>([
    ['zero.vw', '1:0:0.5 | a\n2:1:0 | a\n', /zero\.vw:2: probability 0 is not in \(0, 1\]; correct the row, or leave/u],
    ['above.vw', '1:0:1.5 | a\n', /:1: probability 1\.5 is not in/u],
    ['negative.vw', '1:0:-0.1 | a\n', /:1: probability -0\.1 is not in/u],
    ['nan.vw', '1:0:0.5 | a\n1:nan:0.5 | a\n', /:2: cost NaN is not a finite number/u],
    ['missing.vw', '1:0 | a\n', /:1: the probability of the action taken is missing/u],
    ['twice.vw', '1:0:0.5 2:0:0.5 | a\n', /:1: 2 actions have a probability; one was taken/u],
    ['zeroth.vw', '0:0:0.5 | a\n', /:1: action 0 is not one of 1, 2, …/u],
    ['torn.vw', '1:0:0.5 | a\n2:1:0.', /:2: the line has no features/u],
    ['value.vw', '1:0:0.5 | a:x\n', /:1: feature a:x has no number/u],
    ['both.ldf', 'shared | s\n0:1:0.5 | a\n0:1:0.5 | b\n', /:1: several actions have an outcome/u],
    ['zero.ldf', 'shared | s\n| a\n0:1:0 | b\n', /:3: probability 0 is not in/u],
    [
      'torn.json',
      '{"_label_cost":0,"_label_probability":0.5,"_labelIndex":0,"c":{"_multi":[{}]}}\n{"_label_co',
      /:2: the line is no whole JSON/u,
    ],
    ['none.json', '{"_label_cost":0,"_labelIndex":0,"c":{"_multi":[{}]}}\n', /:1: probability NaN is not in/u],
    [
      'action.json',
      '{"_label_cost":0,"_label_probability":1,"_labelIndex":2,"c":{"_multi":[{},{}]}}\n',
      /:1: action 2 is not one of the 2 offered/u,
    ],
    [
      'drop.json',
      '{"_label_cost":0,"_label_probability":1,"_labelIndex":0,"pdrop":0.5,"c":{"_multi":[{}]}}\n',
      /dropped at random/u,
    ],
  ])('%s', async (name, text, says) => {
    const message = await refusal(write(name, text));
    expect(message).toMatch(says);
    expect(message).not.toContain('\n');
  });

  it('are counted with skipBad', async () => {
    const path = write('skip.vw', '1:0:0.5 | a\n1:0:0 | a\n1:x:0.5 | a\n2:1:0 | b\n2:1:0.25 | b');
    const { source, block } = await read(path, { skipBad: true });
    expect(source.skipped).toEqual([
      { reason: 'probability not in (0, 1]', count: 2, first: `${path}:2: probability 0 is not in (0, 1]` },
      { reason: 'cost no number', count: 1, first: `${path}:3: cost NaN is not a finite number` },
    ]);
    expect([block.where(0), block.where(1)]).toEqual([`${path}:1`, `${path}:5`]);
  });
});
