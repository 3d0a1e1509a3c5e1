/** Whole trainings in one process: logs as tables, splits by time, settings chosen apart, classes beyond two. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomFrom } from '../../../src/core/random.ts';
import { metricOf } from '../../../src/models/supervised/validation/cross-validate.ts';
import { encodeLog } from '../../../src/runner/log-file.ts';
import { evaluateModel } from '../../../src/runner/supervised/evaluate.ts';
import { writeModel } from '../../../src/runner/supervised/model-folder.ts';
import { trainConfig } from '../../../src/runner/supervised/train-config.ts';
import { trainModels } from '../../../src/runner/supervised/train.ts';
import { dataFolder } from '../../folders.ts';
import { toyLog } from '../../support/toy-log.ts';

const data = dataFolder();
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'adsim-training-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

describe("adsim's own log", () => {
  it('is a table of clicks: rows shown, the action a category, users kept together, nothing of what came after', async () => {
    const { log } = toyLog({ rows: 1500, actions: 4 });
    for (let i = 0; i < 100; i++) log.outcomes.won[i] = 0;
    const path = file('log.parquet', encodeLog(log, { truth: true }));
    const { results, model } = await trainModels(path, trainConfig.parse({ folds: 3, columns: { rare: 1 } }));
    expect(results.data).toMatchObject({ read: 1500, notShown: 100, rows: 1400 });
    expect(results.groups).toBe(Math.ceil(1500 / 6) - Math.floor(100 / 6));
    const names = results.features.map((one) => one.name);
    expect(names).toContain('action');
    expect(names.every((name) => name === 'action' || name.startsWith('context:'))).toBe(true);
    expect(metricOf(results.validation.models[0], 'auc').interval?.[0]).toBeGreaterThan(0.55);
    expect(results.validation.models[0].metrics.map(({ name }) => name)).toContain('groupedAuc');
    writeModel(join(folder, 'clicks'), model);
    const { results: again } = await evaluateModel(join(folder, 'clicks'), path);
    expect([again.rows, again.labelled]).toEqual([1400, 1400]);
  });

  it('of pages: the first slot, said so', async () => {
    const { log } = toyLog({ rows: 600, actions: 3 });
    const twice = <T extends Int32Array | Uint8Array | Float64Array>(values: T): T =>
      (values.constructor as unknown as { from(all: ArrayLike<number>): T }).from(
        Array.from({ length: 2 * values.length }, (_, i) => values[i >> 1]),
      );
    const { decisions: d, outcomes: o } = log;
    const pages = {
      ...log,
      spec: { ...log.spec, slots: 2 },
      decisions: { ...d, action: twice(d.action), propensity: twice(d.propensity) },
      outcomes: { ...o, click: twice(o.click), conversion: twice(o.conversion), revenue: twice(o.revenue) },
    };
    const path = file('pages.parquet', encodeLog(pages, { truth: false }));
    const { results } = await trainModels(path, trainConfig.parse({ folds: 2 }));
    expect(results.label.name).toBe('click:0');
    expect(results.features.some(({ name }) => name === 'action:1' || name === 'click:1')).toBe(false);
    expect(results.warnings.map(({ kind }) => kind)).toContain('first-slot');
  });
});

/** Rows whose law turns over half-way. */
function turning(m: number): string {
  const draw = randomFrom('turning').sequence();
  const lines = ['at,x,y'];
  for (let i = 0; i < m; i++) {
    const x = draw.normal();
    const y = draw.uniform() < 1 / (1 + Math.exp(i < m / 2 ? -2 * x : 2 * x)) ? 1 : 0;
    lines.push(
      `2024-01-${String(1 + Math.floor((28 * i) / m)).padStart(2, '0')} ${String(i % 24).padStart(2, '0')}:00:00,${x.toFixed(4)},${y}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

describe('splits', () => {
  it('by time shows that the past misleads, where folds at random do not', async () => {
    const path = file('turning.csv', turning(900));
    const columns = { label: 'y', time: 'at' };
    const [timed, mixed] = await Promise.all(
      (['time', 'folds'] as const).map(async (split) => {
        const { results } = await trainModels(path, trainConfig.parse({ columns, split, folds: 3 }));
        return results.validation;
      }),
    );
    // The second test begins where the law turns: its model is worse than none.
    expect(metricOf(timed.models[0], 'auc').perFold?.[1]).toBeLessThan(0.2);
    expect(timed.rows).toBeLessThan(900);
    expect(mixed.rows).toBe(900);
    expect(metricOf(mixed.models[0], 'auc').value).toBeGreaterThan(0.4);
  });

  it('with a part to choose settings on', async () => {
    const path = file('turning.csv', turning(300));
    const config = trainConfig.parse({ columns: { label: 'y', drop: ['at'] }, validation: 0.25, folds: 3 });
    const { results } = await trainModels(path, config);
    expect(results.validation.rule).toBe(
      '3 folds, classes spread evenly (stratified); a quarter of each training side chooses settings',
    );
  });
});

describe.skipIf(data === undefined)('real tables (ADSIM_DATA)', () => {
  it('several classes, out of ARFF: macro AUC, a curve for each class', async () => {
    const path = join(data as string, 'uci_multiclass', 'iris.arff');
    const { results, model } = await trainModels(path, trainConfig.parse({ columns: { label: 'class' } }));
    expect(results.curves.map(({ name }) => name)).toEqual(['Iris-setosa', 'Iris-versicolor', 'Iris-virginica']);
    expect(metricOf(results.validation.models[0], 'auc').interval?.[0]).toBeGreaterThan(0.98);
    expect(model.file.preparation.label.classes).toHaveLength(3);
  });

  it('one class against the rest', async () => {
    const path = join(data as string, 'uci_multiclass', 'iris.arff');
    const config = trainConfig.parse({ columns: { label: 'class', positive: 'Iris-setosa' } });
    const { results } = await trainModels(path, config);
    expect(results.label.classes).toEqual(['not Iris-setosa', 'Iris-setosa']);
    expect(results.warnings.map(({ kind }) => kind)).toContain('too-good');
  });

  it('Open Bandit Dataset: few clicks, and said so', async () => {
    const path = join(data as string, 'obd', 'random', 'men');
    const config = trainConfig.parse({ columns: { rare: 50 }, folds: 2, models: [{ kind: 'logistic', l2: 1000 }] });
    const { results } = await trainModels(path, config);
    expect(results.label).toMatchObject({ name: 'click', classes: ['0', '1'] });
    expect(results.warnings.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['few-rows', 'no-better-than-the-base-rate']),
    );
  });
});
