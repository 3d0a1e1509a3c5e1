import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { matrix } from '../../../src/core/matrix.ts';
import { Random } from '../../../src/core/random.ts';
import type { LogSource } from '../../../src/runner/logs/source.ts';
import { openPolicy } from '../../../src/runner/policies/open-policy.ts';
import { broughtLog, firstBlock } from './brought-log.ts';
import type { BroughtColumns } from './brought-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'adsim-agent-'));

/** m rows in which `a` pays where x = 0 and `b` where x = 1; `c` pays a little less always. */
function columnsOf(m: number, seed: string): BroughtColumns {
  const draw = new Random(seed);
  const x = Array.from({ length: m }, (_, i) => Number(draw.uniform(i, 0) < 0.5));
  const action = x.map((_, i) => Math.floor(3 * draw.uniform(i, 1)));
  const odds = (i: number): number => (action[i] === 2 ? 0.4 : action[i] === x[i] ? 0.6 : 0.1);
  return {
    actions: ['a', 'b', 'c'],
    action,
    propensity: action.map(() => 1 / 3),
    reward: action.map((_, i) => Number(draw.uniform(i, 2) < odds(i))),
    context: matrix(m, 2, Float64Array.from(x.flatMap((one) => [1, one]))),
    contextNames: ['one', 'x'],
  };
}

const logs: Record<string, LogSource> = {
  'train.csv': broughtLog({ ...columnsOf(3000, 'train'), path: join(folder, 'train.csv') }),
  'value.csv': broughtLog({ ...columnsOf(200, 'value'), path: join(folder, 'value.csv') }),
  'copy.csv': broughtLog({ ...columnsOf(200, 'value'), path: join(folder, 'copy.csv') }),
  'others.csv': broughtLog({ ...columnsOf(50, 'x'), actions: ['a', 'b', 'd'], path: join(folder, 'others.csv') }),
  'empty.csv': broughtLog({ actions: ['a', 'b', 'c'], action: [], context: matrix(0, 2), contextNames: ['one', 'x'] }),
};

let files = 0;
async function open(agent: string, trainedOn = 'train.csv', eligible?: number[]) {
  const path = join(folder, `rule-${++files}.yaml`);
  writeFileSync(path, `kind: agent\ntrainedOn: ${trainedOn}\nagent: ${agent}\n`);
  const source = eligible ? broughtLog({ ...columnsOf(200, 'value'), eligible, path: 'value.csv' }) : logs['value.csv'];
  const opened: string[] = [];
  const policy = await openPolicy(path, source, {
    random: new Random('agent'),
    openLog: async (asked) => {
      opened.push(asked);
      return logs[asked.slice(folder.length + 1)];
    },
  });
  const block = await firstBlock(source);
  return { odds: await policy.odds(block), block, opened };
}

describe('an agent as a policy', () => {
  it('follows the context that it has learnt from, and opens the log beside the rule file', async () => {
    const { odds, block, opened } = await open('{kind: lin-ucb, alpha: 0.1}');
    expect(opened).toEqual([join(folder, 'train.csv')]);
    const { data } = block.log.requests.context;
    for (let i = 0; i < odds.rows; i++) expect(odds.data[3 * i + data[2 * i + 1]]).toBe(1);
  });

  it('without context takes what is best on the whole', async () => {
    const { odds } = await open('{kind: thompson}');
    for (let i = 0; i < odds.rows; i++) expect(odds.data[3 * i + 2]).toBeGreaterThan(0.9);
  });

  it('says the same twice, keeps its floor, and chooses among the eligible', async () => {
    const agent = '{kind: epsilon-greedy, epsilon: 0.1, floor: 0.05}';
    const eligible = Array.from({ length: 600 }, (_, cell) => Number(cell % 3 !== 2 || cell % 2 === 0));
    const { odds, block } = await open(agent, 'train.csv', eligible);
    expect(odds.data).toEqual((await open(agent, 'train.csv', eligible)).odds.data);
    odds.data.forEach((p, cell) => expect(eligible[cell] === 1 ? p >= 0.05 : p === 0).toBe(true));
    expect(block.log.requests.eligible.includes(0)).toBe(true);
  });

  it.each([
    [
      '{kind: lin-ucb}',
      'value.csv',
      /:2:12 {2}trainedOn: the agent would be valued on the rows .* split the log by time/u,
    ],
    ['{kind: lin-ucb}', 'copy.csv', /trainedOn: the agent would be valued on the rows/u],
    ['{kind: lin-ucb}', 'others.csv', /trainedOn: .*others\.csv has other actions \(3\) than the log \(3\).*"c"/u],
    ['{kind: lin-ucb}', 'empty.csv', /trainedOn: .* has no rows/u],
    ['{kind: oracle}', 'train.csv', /agent\.kind: oracle needs the truth/u],
    ['{kind: greedy, model: ctr}', 'train.csv', /agent\.kind: greedy needs a trained model/u],
    ['{kind: lin-ubc}', 'train.csv', /:3:15 {2}agent\.kind: unknown "lin-ubc" - did you mean "lin-ucb"/u],
  ])('%s trained on %s is refused', async (agent, trainedOn, sentence) => {
    await expect(open(agent, trainedOn)).rejects.toThrow(sentence);
  });

  it('needs somebody to open the other log', async () => {
    const path = join(folder, 'alone.yaml');
    writeFileSync(path, 'kind: agent\ntrainedOn: train.csv\nagent: {kind: thompson}\n');
    await expect(openPolicy(path, logs['value.csv'], { random: new Random('x') })).rejects.toThrow(
      /no other log can be opened/u,
    );
  });
});
