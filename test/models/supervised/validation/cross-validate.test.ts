/** Cross-validation measures what new rows would show, and no model is told what it is asked. */
import { describe, expect, it } from 'vitest';
import { matrix } from '../../../../src/core/matrix.ts';
import { randomFrom } from '../../../../src/core/random.ts';
import type { Classifier } from '../../../../src/models/supervised/classifier.ts';
import type { LabelledExamples } from '../../../../src/models/supervised/examples.ts';
import { createClassifier } from '../../../../src/models/supervised/registry.ts';
import { crossValidate, metricOf } from '../../../../src/models/supervised/validation/cross-validate.ts';
import { kFolds, timeFolds } from '../../../../src/models/supervised/validation/folds.ts';
import { examplesSource } from '../../../../src/models/supervised/validation/row-source.ts';
import { assess } from '../../../../src/models/metrics/metrics.ts';
import { madeUp } from '../made-up.ts';

const random = randomFrom('cv');
const logistic = (l2: number) => ({
  name: `l2 = ${l2}`,
  kind: 'logistic',
  create: () => createClassifier({ kind: 'logistic', l2 }),
});

/** Remembers the labels of the numbers it saw: perfect on rows it learned from, knows nothing of others. */
const memory = (seen: LabelledExamples[]): Classifier => {
  const known = new Map<number, number>();
  return {
    name: 'memory',
    fit(train) {
      seen.push(train);
      for (let i = 0; i < train.size; i++) known.set(train.numeric.data[i * train.numeric.columns], train.label[i]);
      return Promise.resolve({
        model: 'memory',
        rows: train.size,
        steps: 0,
        loss: [],
        validationLoss: [],
        warnings: [],
      });
    },
    predict(rows, out) {
      for (let i = 0; i < rows.size; i++) out.data[i] = known.get(rows.numeric.data[i * rows.numeric.columns]) ?? 0.5;
    },
    save: () => ({ kind: 'memory', settings: {}, arrays: {} }),
  };
};

describe('crossValidate', () => {
  const rows = madeUp(500, 2, 'rows');
  const { group: _, ...single } = rows;

  it('a model that learns by heart knows nothing', async () => {
    const seen: LabelledExamples[] = [];
    const source = examplesSource(single);
    const folds = kFolds(source, 4, random);
    const { result } = await crossValidate(
      [{ name: 'memory', kind: 'memory', create: () => memory(seen) }],
      source,
      folds,
      { random },
    );
    expect(metricOf(result.models[0], 'auc').value).toBe(0.5);
    expect(seen.map(({ size }) => size)).toEqual([375, 375, 375, 375]);
    // Planted: were it tested on what it learned, it would know all.
    const leaky = { ...folds, folds: folds.folds.map(({ test }) => ({ train: test, test })) };
    const leaked = await crossValidate([{ name: 'm', kind: 'm', create: () => memory(seen) }], source, leaky, {
      random,
    });
    expect(metricOf(leaked.result.models[0], 'auc').value).toBe(1);
  });

  it('covers what fresh rows show, and says how much better than the base rate', async () => {
    const source = examplesSource(rows);
    const folds = kFolds(source, 5, random);
    const { result, outOfFold } = await crossValidate([logistic(1), logistic(1000)], source, folds, { random });
    const model = createClassifier({ kind: 'logistic', l2: 1 });
    await model.fit(rows, random);
    const fresh = madeUp(20_000, 2, 'fresh');
    const out = matrix(fresh.size, 1);
    model.predict(fresh, out);
    const truth = assess({ predicted: out.data, label: fresh.label, classes: 2 });
    for (const name of ['auc', 'logLoss', 'averagePrecision']) {
      const [low, high] = metricOf(result.models[0], name).interval as [number, number];
      const value = truth.values.find((one) => one.name === name)?.value as number;
      expect(value).toBeGreaterThan(low);
      expect(value).toBeLessThan(high);
    }
    const gain = result.models[0].overBaseRate.find(({ metric }) => metric === 'logLoss');
    expect(gain?.interval?.[1]).toBeLessThan(0);
    expect(metricOf({ metrics: result.baseRate }, 'auc').value).toBe(0.5);
    expect(result.comparisons).toHaveLength(1);
    expect([result.comparisons[0].a, result.comparisons[0].b]).toEqual(['l2 = 1', 'l2 = 1000']);
    expect(result.comparisons[0].differences.find(({ metric }) => metric === 'logLoss')?.interval?.[1]).toBeLessThan(0);
    expect(result.models[0].metrics.map(({ name }) => name)).toContain('groupedAuc');
    expect(outOfFold.rows.length).toBe(500);
  });

  it('three classes, and by time: what comes first is not tested', async () => {
    const three = { ...madeUp(300, 3, 'three'), time: Float64Array.from({ length: 300 }, (_, i) => i) };
    const source = examplesSource(three);
    const { result, outOfFold } = await crossValidate([logistic(1)], source, timeFolds(source, 3), { random });
    expect([result.rows, outOfFold.rows[0]]).toEqual([225, 75]);
    expect(metricOf(result.models[0], 'auc').perFold).toHaveLength(3);
    expect(metricOf(result.models[0], 'logLoss').value).toBeLessThan(
      metricOf({ metrics: result.baseRate }, 'logLoss').value,
    );
  });

  it('the same arguments give the same result, whatever stands beside', async () => {
    const source = examplesSource(single);
    const run = async (...candidates: ReturnType<typeof logistic>[]) =>
      (await crossValidate(candidates, source, kFolds(source, 3, random), { random })).result.models[0];
    expect(await run(logistic(1), logistic(5))).toEqual(await run(logistic(1)));
  });
});
