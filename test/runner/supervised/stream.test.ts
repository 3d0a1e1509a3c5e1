/** Learning from a table that is read once: the numbers are those of the same rows held together. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { matrix } from '../../../src/core/matrix.ts';
import { randomFrom } from '../../../src/core/random.ts';
import { ftrl } from '../../../src/models/supervised/online/ftrl.ts';
import type { FtrlSettings } from '../../../src/models/supervised/online/ftrl.ts';
import { prepareLabelled } from '../../../src/models/supervised/preparation/preparation.ts';
import { metricOf } from '../../../src/models/supervised/validation/cross-validate.ts';
import { explainModel } from '../../../src/runner/explain/whole-model.ts';
import { evaluateModel } from '../../../src/runner/supervised/evaluate.ts';
import { writeModel } from '../../../src/runner/supervised/model-folder.ts';
import { openTrainingRows } from '../../../src/runner/supervised/open-rows.ts';
import { trainConfig } from '../../../src/runner/supervised/train-config.ts';
import type { TrainConfig } from '../../../src/runner/supervised/train-config.ts';
import { trainModels } from '../../../src/runner/supervised/train.ts';
import type { TrainOptions, Trained } from '../../../src/runner/supervised/train.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'adsim-stream-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FTRL: FtrlSettings = {
  kind: 'ftrl',
  alpha: 0.1,
  beta: 1,
  l1: 0,
  l2: 1,
  bits: 14,
  pairs: false,
  ngrams: 1,
  passes: 1,
};

interface Row {
  user: string;
  city: string;
  price: string;
  weight: string;
  label: string;
}

/** A city's clicks are its own, and fewer where the price is high; some prices and labels are missing. */
function made(m: number, { classes = ['no', 'yes'], unlabelled = 0 } = {}): Row[] {
  const draw = randomFrom('stream').sequence();
  return Array.from({ length: m }, (_, i) => {
    const city = draw.integer(60);
    const price = draw.normal();
    const odds = classes.map((_, c) => Math.exp(c * (((city * 7) % 5) - 2 - price)));
    let left = draw.uniform() * odds.reduce((a, b) => a + b);
    const label = classes[odds.findIndex((one) => (left -= one) < 0)];
    return {
      user: `u${Math.floor(i / 3)}`,
      city: `c${city}`,
      price: draw.uniform() < 0.05 ? '' : price.toFixed(3),
      weight: String(1 + draw.integer(3)),
      label: i < unlabelled ? '' : label,
    };
  });
}

function file(name: string, rows: readonly Row[]): string {
  const path = join(folder, name);
  const lines = rows.map(({ user, city, price, weight, label }) => [user, city, price, weight, label].join(','));
  writeFileSync(path, ['user,city,price,weight,label', ...lines, ''].join('\n'));
  return path;
}

const config = (more: Record<string, unknown> = {}, columns: Record<string, unknown> = {}): TrainConfig =>
  trainConfig.parse({ split: 'stream', models: [FTRL], columns: { label: 'label', ...columns }, ...more });
const train = (path: string, given = config(), options: TrainOptions = {}): Promise<Trained> =>
  trainModels(path, given, options);

/** The same learned from rows held together, each predicted before. */
async function held(
  path: string,
  { preparation, columns }: { preparation: Trained['model']['file']['preparation']; columns: object },
) {
  const { rows } = await openTrainingRows(path, { label: 'label', ...columns });
  const { examples } = prepareLabelled(preparation, rows);
  const model = ftrl(FTRL);
  const before = matrix(examples.size, examples.classes === 2 ? 1 : examples.classes);
  const loss = model.learn(examples, before);
  return { model, loss, examples, before };
}

describe('a stream', () => {
  it('of several blocks gives what the same rows give together: model, losses, facts', async () => {
    const rows = made(70_000, { unlabelled: 100 });
    const path = file('blocks.csv', rows);
    const columns = { group: 'user', weight: 'weight' };
    const seen: number[] = [];
    const { results, model } = await train(path, config({}, columns), {
      onProgress: ({ done, total }) => seen.push(done, total),
    });
    expect(seen).toEqual([65_436, Infinity, 69_900, Infinity, 69_900, 69_900]);
    const { preparation } = model.file;
    const together = await held(path, { preparation, columns });
    const saved = together.model.save();
    expect(model.file.weights.arrays.map(({ name }) => name)).toEqual(Object.keys(saved.arrays));
    writeModel(join(folder, 'blocks'), model);
    const { predictions } = await evaluateModel(join(folder, 'blocks'), path);
    const odds = matrix(together.examples.size, 1);
    together.model.predict(together.examples, odds);
    expect(predictions.predicted.subarray(100)).toEqual(odds.data);
    // Every doubling's mean, put together, is the loss of the whole; and so is the metric, as no row was left out.
    const { weight } = together.examples as { weight: Float64Array };
    const total = weight.reduce((a, b) => a + b);
    const stream = results.stream ?? [];
    expect(stream.map((one) => one.rows)).toEqual([1024, 2048, 4096, 8192, 16_384, 32_768, 65_536, 69_900]);
    let sum = 0;
    stream.forEach(({ rows: to, logLoss }, s) => {
      sum += logLoss[0] * weight.subarray(stream[s - 1]?.rows ?? 0, to).reduce((a, b) => a + b, 0);
    });
    expect(sum / total).toBeCloseTo(together.loss, 10);
    expect(metricOf(results.validation.models[0], 'logLoss').value).toBeCloseTo(together.loss, 10);
    expect(stream.at(-1)?.logLoss[0]).toBeLessThan(stream[0].logLoss[0] - 0.01);
    expect(results.data).toMatchObject({ read: 70_000, rows: 69_900, duplicates: null, sampled: null });
    expect(results).toMatchObject({ unlabelled: 100, groups: Math.ceil(70_000 / 3) - 33 });
    // What is told of columns is of all rows.
    const labelled = rows.slice(100);
    const prices = labelled.filter(({ price }) => price !== '').map(({ price }) => Number(price));
    const mean = prices.reduce((a, b) => a + b) / prices.length;
    const [number] = preparation.numbers;
    expect(number).toMatchObject({ count: prices.length, missing: labelled.length - prices.length });
    expect(number.mean).toBeCloseTo(mean, 10);
    expect([number.least, number.largest]).toEqual([Math.min(...prices), Math.max(...prices)]);
    expect(preparation.fields).toMatchObject([{ name: 'city', open: true, rows: [0, 69_900] }]);
  });

  it('longer than what is held is measured on rows drawn evenly, whole groups, and learned from all the same', async () => {
    const path = file('long.csv', made(6000));
    const [all, some] = [await train(path), await train(path, config({}, { group: 'user' }), { most: 1000 })];
    const { rows, models } = some.results.validation;
    expect(rows).toBeLessThanOrEqual(1000);
    expect(rows).toBeGreaterThan(500);
    expect(rows % 3).toBe(0);
    expect(some.results.warnings.map(({ kind }) => kind)).toContain('measured-on-some');
    expect(all.results.warnings.map(({ kind }) => kind)).not.toContain('measured-on-some');
    // The user's name is no feature once it is the group.
    const users = await train(path, config({}, { drop: ['user'] }));
    expect(some.results.stream).toEqual(users.results.stream);
    const [low, high] = metricOf(models[0], 'logLoss').interval ?? [0, 0];
    const whole = metricOf(users.results.validation.models[0], 'logLoss').value;
    expect(low).toBeLessThan(whole);
    expect(high).toBeGreaterThan(whole);
  });

  it('of three classes, two models side by side: the better one is kept', async () => {
    const path = file('three.csv', made(3000, { classes: ['a', 'b', 'c'] }));
    const models = [
      { ...FTRL, name: 'timid', alpha: 0.0001 },
      { ...FTRL, name: 'bold' },
    ];
    const { results } = await train(path, config({ models }, { drop: ['user'] }));
    expect(results.kept).toMatchObject({ name: 'bold', why: 'the least log loss in progressive validation' });
    expect(results.curves.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(results.validation.comparisons).toHaveLength(1);
    expect(results.stream?.[0].logLoss).toHaveLength(2);
  });

  it('gives a model that evaluates rows with new levels, and that can be explained', async () => {
    const path = file('known.csv', made(4000));
    const { model } = await train(path, config({}, { drop: ['user', 'weight'] }));
    writeModel(join(folder, 'known'), model);
    const other = file(
      'new.csv',
      made(400).map((row) => ({ ...row, city: row.city === 'c1' ? '' : `${row.city}x` })),
    );
    const { results } = await evaluateModel(join(folder, 'known'), other);
    const city = results.drift.find(({ name }) => name === 'city');
    expect(city?.missing[0]).toBe(0);
    expect(city?.missing[1]).toBeGreaterThan(0);
    const { importances } = await explainModel(join(folder, 'known'));
    expect(importances.map(({ name }) => name).sort()).toEqual(['city', 'price']);
  });

  it('of texts learns their words, also those that the first rows lack', async () => {
    const draw = randomFrom('texts').sequence();
    const rows = Array.from({ length: 66_000 }, (_, i) => {
      const good = draw.uniform() < 0.5;
      // What says it changes after the first block.
      const word = `${i < 65_536 ? 'early' : 'late'}${good ? 'yes' : 'no'}`;
      return `word${draw.integer(5000)} ${word} word${draw.integer(5000)} number${i},${good ? 1 : 0}`;
    });
    const path = join(folder, 'texts.csv');
    writeFileSync(path, ['text,label', ...rows, ''].join('\n'));
    const { results, model } = await train(path);
    expect(results.features).toMatchObject([
      { name: 'text', kind: 'text', summary: expect.stringContaining('hashed') },
    ]);
    expect(results.stream?.at(-1)?.logLoss[0]).toBeLessThan(0.4);
    writeModel(join(folder, 'texts'), model);
    const late = join(folder, 'late-texts.csv');
    writeFileSync(late, ['text,label', ...rows.slice(-300), ''].join('\n'));
    const { results: again } = await evaluateModel(join(folder, 'texts'), late);
    expect(again.metrics?.find(({ name }) => name === 'auc')?.value).toBeGreaterThan(0.99);
  });

  it('says where rows are not in order', async () => {
    const kinds = async (rows: Row[]): Promise<string[]> => {
      const path = file('times.csv', rows);
      return (await train(path, config({}, { time: 'weight' }))).results.warnings.map(({ kind }) => kind);
    };
    const ordered = made(200).map((row, i) => ({ ...row, weight: String(i) }));
    expect(await kinds(ordered)).not.toContain('not-in-order');
    const untold = ordered.map((row, i) => (i === 50 ? { ...row, weight: '' } : row));
    expect(await kinds(untold)).not.toContain('not-in-order');
    expect(await kinds([...untold.slice(0, 60), ...ordered.slice(0, 20)])).toContain('not-in-order');
    expect(await kinds(ordered.toReversed())).toContain('not-in-order');
  });
});

describe('a stream refuses', () => {
  it.each([
    [{ models: [{ kind: 'gbdt' }] }, {}, 'models.0: "gbdt" learns from rows held together'],
    [{ models: [{ ...FTRL, passes: 2 }] }, {}, 'models.0.passes: a stream is read once'],
    [{ precision: 'float16' }, {}, 'precision: has no meaning for a stream'],
    [{ encoder: 'models/x' }, {}, 'encoder: has no meaning'],
    [{}, { deduplicate: true }, 'deduplicate: has no meaning'],
  ])('what needs all rows at once: %j %j', async (more, columns, sentence) => {
    const path = file('some.csv', made(50));
    await expect(train(path, config(more, columns))).rejects.toThrow(sentence);
  });

  it('weights of nothing', async () => {
    const path = file(
      'weightless.csv',
      made(50).map((row) => ({ ...row, weight: '0' })),
    );
    await expect(train(path, config({}, { weight: 'weight' }))).rejects.toThrow('weight "weight": every row says 0');
  });

  it('labels that tell nothing apart', async () => {
    const rows = made(50).map((row) => ({ ...row, label: 'no' }));
    await expect(train(file('one.csv', rows))).rejects.toThrow('the first 50 rows all say "no"');
    await expect(train(file('one.csv', rows), config({}, { positive: 'yes' }))).rejects.toThrow(
      'all 50 labels are "not yes", nothing to tell apart',
    );
  });

  it('an infinite number and a label that comes too late, naming the row', async () => {
    const rows = made(65_600, { unlabelled: 7 });
    rows[65_580] = { ...rows[65_580], price: '1e999' };
    await expect(train(file('infinite.csv', rows))).rejects.toThrow('row 65581: "price" is Infinity');
    rows[65_580] = { ...rows[65_580], price: '1', label: 'perhaps' };
    await expect(train(file('late.csv', rows))).rejects.toThrow('row 65581 says "perhaps"');
  });
});
