/** The Open Bandit Dataset as it is published, against its known counts and the uniform policy's known value. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dataFolder } from '../../folders.ts';
import { logFolder, read, refusal } from './files.ts';

const data = dataFolder();
const { write } = logFolder();

describe.skipIf(data === undefined)('bts/men', () => {
  it('has its 10,000 rows, its clicks by position and its propensities', async () => {
    const { source, block } = await read(join(data as string, 'obd/bts/men'));
    expect(source).toMatchObject({ layout: 'obd', rows: 10_000, propensities: true, skipped: [] });
    expect(source.spec.actions).toEqual(Array.from({ length: 34 }, (_, a) => String(a)));
    expect(source.spec).toMatchObject({ rewardUnit: 'click', rewardRange: [0, 1] });
    const { click } = block.log.outcomes;
    const position = block.columns.get('position') as Float64Array;
    const clicks = [1, 2, 3].map((place) => click.filter((x, i) => x === 1 && position[i] === place).length);
    expect(clicks).toEqual([30, 21, 18]);
    const { propensity } = block.log.decisions;
    expect([Math.min(...propensity), Math.max(...propensity)]).toEqual([0.000165, 0.72529]);
    // 3 + 5 + 9 + 9 levels of the user's four features, and 34 affinities
    expect(source.spec.contextNames).toHaveLength(26 + 34);
    expect(block.log.requests.hour[0]).toBeCloseTo(1 / 60 + 3.979 / 3600, 9);
  });

  it('values the uniform policy as is known', async () => {
    const { block } = await read(join(data as string, 'obd/bts/men/men.csv.gz'));
    const { propensity } = block.log.decisions;
    const weight = propensity.map((p) => 1 / 34 / p);
    const sum = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);
    const total = sum(weight);
    const gained = sum(weight.map((w, i) => w * block.log.outcomes.reward[i]));
    expect(total / 10_000).toBeCloseTo(0.94331, 5);
    expect(Math.max(...weight)).toBeCloseTo(178.25, 2);
    expect(total ** 2 / sum(weight.map((w) => w ** 2))).toBeCloseTo(655.71, 2);
    expect(gained / 10_000).toBeCloseTo(0.0030086263, 10);
    expect(gained / total).toBeCloseTo(0.0031894232, 10);
  });

  it('random/men is uniform', async () => {
    const { source, block } = await read(join(data as string, 'obd/random/men'));
    expect(source.rows).toBe(10_000);
    expect(block.log.outcomes.click.filter((x) => x === 1)).toHaveLength(46);
    for (const p of block.log.decisions.propensity) expect(p).toBeCloseTo(1 / 34, 5);
  });
});

it('the dataset’s own README calls the propensity action_prob', async () => {
  const path = write(
    'other.csv',
    ',timestamp,item_id,position,click,action_prob\n0,2019-11-24 00:00:00+00:00,1,3,0,0.5\n',
  );
  const { source, block } = await read(path);
  expect(source).toMatchObject({ layout: 'obd', rows: 1 });
  expect(block.columns.get('position')).toEqual(Float64Array.of(3));
  expect(await refusal(write('bad.csv', ',item_id,position,click,action_prob\n0,1,3,0,0\n'))).toMatch(
    /bad\.csv:2:9: action_prob 0 is not in \(0, 1\]/u,
  );
});
