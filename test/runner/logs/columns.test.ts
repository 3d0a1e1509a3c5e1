/** Logs of mapped columns: what is read, what is guessed, and each bad row in one sentence. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { logFolder, read, refusal } from './files.ts';

const { write } = logFolder();
const HEADER = 'action,propensity,reward';

describe('columns of a CSV', () => {
  it('standard names need no map', async () => {
    const path = write(
      'plain.csv',
      `${HEADER},segment\nb,0.25,1.5\r,x\n`.replace('1.5\r', '1.5') + 'a,0.5,-2,y\nb,1,0,x\n',
    );
    const { source, block } = await read(path);
    expect(source).toMatchObject({ layout: 'columns', rows: 3, propensities: true, columns: ['segment'], skipped: [] });
    expect(source.spec).toMatchObject({ actions: ['a', 'b'], slots: 1, rewardUnit: 'reward', contextNames: [] });
    expect(source.spec.rewardRange).toBeUndefined();
    expect([...block.log.decisions.action]).toEqual([1, 0, 1]);
    expect([...block.log.decisions.propensity]).toEqual([0.25, 0.5, 1]);
    expect([...block.log.outcomes.reward]).toEqual([1.5, -2, 0]);
    expect(block.columns.get('segment')).toEqual(['x', 'y', 'x']);
    expect(block.where(2)).toBe(`${path}:4`);
  });

  it('numbers are sorted as numbers, and 3.0 is 3', async () => {
    const { source, block } = await read(write('numbers.csv', `${HEADER}\n10,0.5,1\n2,0.5,0\n3.0,0.5,0\n`));
    expect(source.spec.actions).toEqual(['2', '3', '10']);
    expect([...block.log.decisions.action]).toEqual([2, 0, 1]);
  });

  it('clicks are rewards between 0 and 1, costs are rewards turned round', async () => {
    const click = await read(write('click.csv', 'action,pscore,click\na,0.5,1\nb,0.5,0\n'));
    expect(click.source.spec).toMatchObject({ rewardUnit: 'click', rewardRange: [0, 1] });
    expect([...click.block.log.outcomes.click]).toEqual([1, 0]);
    const cost = await read(write('cost.csv', 'action,pscore,cost\na,0.5,1\nb,0.5,0\n'));
    expect([...cost.block.log.outcomes.reward]).toEqual([-1, 0]);
  });

  it('BOM, CRLF, quotes, blank lines, tabs and gzip change nothing', async () => {
    const text = `\uFEFF${HEADER},note\r\n"a",0.5,1,"x, ""y""\nz"\r\n\r\nb,0.5,0,\r\n`;
    const path = write('odd.csv', text);
    const plain = await read(path);
    expect(plain.block.columns.get('note')).toEqual(['x, "y"\nz', '']);
    expect([plain.block.where(0), plain.block.where(1)]).toEqual([`${path}:2`, `${path}:5`]);
    const zipped = await read(write('odd.csv.gz', gzipSync(text)));
    expect(zipped.block.log).toEqual(plain.block.log);
    const tabs = await read(write('odd.tsv', `${HEADER}\na\tb\n`.replaceAll(',', '\t').replace('a\tb', 'a\t0.5\t1')));
    expect(tabs.source.rows).toBe(1);
  });

  it('where nothing is quoted lines are read alike: BOM, CRLF, old line ends, blank lines, torn rows', async () => {
    const text = `${HEADER},note\na,0.5,1,x\n\nb,0.5,0,\nc,0.5\nb,0.25,1, y\n`;
    const quoted = await read(write('quoted.csv', text.replace(',x', ',"x"')), { skipBad: true });
    expect(quoted.source.skipped).toMatchObject([{ reason: 'torn row', count: 1 }]);
    const forms = {
      plain: text,
      bom: `\uFEFF${text.replaceAll('\n', '\r\n')}`,
      old: text.replaceAll('\n', '\r'),
    };
    for (const [name, form] of Object.entries(forms)) {
      const { source, block } = await read(write(`${name}.csv`, form), { skipBad: true });
      expect(block.log).toEqual(quoted.block.log);
      expect(block.columns.get('note')).toEqual(['x', '', ' y']);
      expect([0, 1, 2].map((row) => block.where(row))).toEqual([2, 4, 6].map((line) => `${source.path}:${line}`));
      expect(source.skipped[0].first).toContain(':5: the row has 2 fields, the header 4');
    }
  });

  it('context: amounts, categories and hashes; users and hours', async () => {
    const cities = Array.from({ length: 40 }, (_, i) => `c${i}`);
    const rows = cities.map(
      (city, i) => `a,0.5,1,${i / 2},${i % 2 ? 'phone' : 'tv'},${city},u${i % 3},2024-05-01T0${i % 10}:30:00`,
    );
    const path = write('context.csv', `action,propensity,reward,age,device,city,who,at\n${rows.sort().join('\n')}\n`);
    const columns = {
      action: 'action',
      propensity: 'propensity',
      reward: 'reward',
      context: ['age', 'device', 'city'],
      user: 'who',
      time: 'at',
    };
    const { source, block } = await read(path, { columns });
    expect(source.spec.contextNames).toHaveLength(1 + 2 + 32);
    expect(source.spec.contextNames.slice(0, 4)).toEqual(['age', 'device=phone', 'device=tv', 'city#0']);
    const { requests } = block.log;
    for (let i = 0; i < 40; i++) {
      const cells = requests.context.data.subarray(i * 35, i * 35 + 35);
      expect(cells[1] + cells[2]).toBe(1);
      expect(cells.subarray(3).reduce((sum, x) => sum + x, 0)).toBe(1);
    }
    expect(new Set(requests.user)).toEqual(new Set([0, 1, 2]));
    expect(requests.hour[0]).toBe(0.5);
  });

  it('π_b, π_e and q̂ come as columns; π_b alone gives the propensity', async () => {
    const path = write(
      'wide.csv',
      'action,reward,b0,b1,e0,e1,q0,q1\n1,1,0.25,0.75,0.5,0.5,0.1,0.2\n0,0,0.25,0.75,0.5,0.5,0.3,0.4\n',
    );
    const columns = {
      action: 'action',
      reward: 'reward',
      behaviour: ['b0', 'b1'],
      evaluation: { 0: 'e0', 1: 'e1' },
      predicted: ['q0', 'q1'],
    };
    const { source, block } = await read(path, { columns });
    expect([...block.log.decisions.propensity]).toEqual([0.75, 0.25]);
    expect([...(block.behaviour?.data ?? [])]).toEqual([0.25, 0.75, 0.25, 0.75]);
    expect([...(block.predicted?.data ?? [])]).toEqual([0.1, 0.2, 0.3, 0.4]);
    expect(source.columns).toEqual(['e0', 'e1']);
    expect(block.columns.get('e1')).toEqual(Float64Array.of(0.5, 0.5));
  });

  it('without propensities the column is NaN, and the source says so', async () => {
    const { source, block } = await read(write('none.csv', 'action,reward\na,1\nb,0\n'));
    expect(source.propensities).toBe(false);
    expect([...block.log.decisions.propensity]).toEqual([NaN, NaN]);
  });
});

describe('bad input', () => {
  const cases: [name: string, text: string, says: RegExp][] = [
    [
      'propensity 0',
      `${HEADER}\na,0.5,1\nb,0,1\n`,
      /:3:3: propensity 0 is not in \(0, 1\]; correct the row, or leave/u,
    ],
    ['propensity negative', `${HEADER}\na,-0.5,1\n`, /:2:3: propensity -0\.5 is not in/u],
    ['propensity above 1', `${HEADER}\na,1.5,1\n`, /:2:3: propensity 1\.5 is not in/u],
    ['propensity missing', `${HEADER}\na,,1\n`, /:2:3: propensity is missing/u],
    ['propensity NaN', `${HEADER}\n"long, name",NaN,1\n`, /:2:14: propensity NaN is not in/u],
    ['reward NaN', `${HEADER}\na,0.5,nan\n`, /:2:7: reward nan is not a finite number/u],
    ['reward missing', `${HEADER}\na,0.5,\n`, /:2:7: reward is missing/u],
    ['reward a word', `${HEADER}\na,0.5,1\na,0.5,much\n`, /:3:7: reward much is not a finite number/u],
    ['action missing', `${HEADER}\n,0.5,1\n`, /:2:1: action is missing/u],
    ['no rows', `${HEADER}\n`, /has no rows; give a log with rows/u],
    ['empty', '', /is empty; give a log/u],
    ['torn last line', `${HEADER}\na,0.5,1\na,0.`, /:3: the row has 2 fields, the header 3; correct the row/u],
    ['too many fields', `${HEADER}\na,0.5,1,7\n`, /:2: the row has 4 fields, the header 3/u],
    [
      'renamed columns',
      'acton,propensity,reward\na,0.5,1\n',
      /no column named action.* did you mean "acton"\?; it has acton, propensity, reward; say/u,
    ],
    [
      'no reward',
      'action,propensity,outcome\na,0.5,1\n',
      /no column named reward, click, clicked, cost; it has action, propensity, outcome/u,
    ],
    ['two of a name', `${HEADER},reward\na,0.5,1,1\n`, /two columns are named reward/u],
    ['open quotes', `${HEADER}\n"a,0.5,1\n`, /no CSV from here on/u],
    ['click of 2', 'action,propensity,click\na,0.5,2\n', /click 2 is neither 0 nor 1/u],
  ];
  it.each(cases)('%s', async (name, text, says) => {
    const message = await refusal(write(`${name}.csv`, text));
    expect(message).toMatch(says);
    expect(message).not.toContain('\n');
  });

  it('one row is a log', async () => {
    expect((await read(write('one.csv', `${HEADER}\na,0.5,1`))).source.rows).toBe(1);
  });

  it('an action that is not declared', async () => {
    const columns = { action: 'action', propensity: 'propensity', reward: 'reward', actions: ['a', 'b'] };
    const message = await refusal(write('unknown.csv', `${HEADER}\na,0.5,1\nc,0.5,1\n`), { columns });
    expect(message).toMatch(/:3:1: action c is not one of the 2 actions/u);
  });

  it('a map of columns that are not there', async () => {
    const message = await refusal(write('map.csv', `${HEADER}\na,0.5,1\n`), {
      columns: { action: 'action', reward: 'rewards' },
    });
    expect(message).toMatch(
      /no column "rewards" \(reward\) - did you mean "reward"\?; it has action, propensity, reward$/u,
    );
  });

  it('bad rows are left out and counted by reason, with the first of each', async () => {
    const path = write('skip.csv', `${HEADER}\na,0,1\nb,0.5,1\nc\nb,2,0\nb,0.5,x\na,0.25,0\n`);
    const { source, block } = await read(path, { skipBad: true });
    expect(source.rows).toBe(2);
    expect(source.skipped).toEqual([
      { reason: 'torn row', count: 1, first: `${path}:4: the row has 1 field, the header 3` },
      { reason: 'propensity not in (0, 1]', count: 2, first: `${path}:2:3: propensity 0 is not in (0, 1]` },
      { reason: 'reward no number', count: 1, first: `${path}:6:7: reward x is not a finite number` },
    ]);
    expect([...block.log.decisions.propensity]).toEqual([0.5, 0.25]);
    expect([block.where(0), block.where(1)]).toEqual([`${path}:3`, `${path}:7`]);
    expect(await refusal(write('all.csv', `${HEADER}\na,0,1\n`), { skipBad: true })).toMatch(
      /every row is bad, the first/u,
    );
  });
});
