import { describe, expect, it } from 'vitest';
import { matrix } from '../../../../src/core/matrix.ts';
import { randomFrom } from '../../../../src/core/random.ts';
import { calibrationError } from '../../../../src/models/ctr/metrics.ts';
import { calibrated } from '../../../../src/models/supervised/calibration/calibrated.ts';
import { calibrationOf, learnCalibration } from '../../../../src/models/supervised/calibration/calibration.ts';
import { CALIBRATION_METHODS } from '../../../../src/models/supervised/calibration/calibrators.ts';
import { correctedOdds } from '../../../../src/models/supervised/calibration/down-sampled.ts';
import type { Classifier } from '../../../../src/models/supervised/classifier.ts';
import type { LabelledExamples } from '../../../../src/models/supervised/examples.ts';
import { CLASSIFIERS, createClassifier, restoreClassifier } from '../../../../src/models/supervised/registry.ts';
import { madeUp } from '../made-up.ts';

async function odds(model: Classifier, train: LabelledExamples, test: LabelledExamples): Promise<Float64Array> {
  await model.fit(train, randomFrom('fit'));
  const out = matrix(test.size, test.classes === 2 ? 1 : test.classes);
  model.predict(test, out);
  return out.data;
}

/** A sound model that exaggerates. */
function boastful(): Classifier {
  const model = createClassifier({ kind: 'logistic' });
  return {
    ...model,
    predict(rows, out) {
      model.predict(rows, out);
      for (let i = 0; i < rows.size; i++) {
        const odds = out.data[i] / (1 - out.data[i]);
        out.data[i] = odds ** 4 / (1 + odds ** 4);
      }
    },
  };
}

/** Views of an ad, some clicked and few of these with a conversion, and P(conversion) of each. */
function views(size: number, seed: string): { rows: LabelledExamples; truth: Float64Array } {
  const draw = randomFrom(seed).sequence();
  const numeric = matrix(size, 1);
  const [click, label] = [new Int32Array(size), new Int32Array(size)];
  const truth = Float64Array.from({ length: size }, (_, i) => {
    const x = draw.normal();
    numeric.data[i] = x;
    const [clicks, buys] = [0.5 - x, 2 - x].map((z) => 1 / (1 + Math.exp(z)));
    click[i] = draw.uniform() < clicks ? 1 : 0;
    label[i] = click[i] === 1 && draw.uniform() < buys ? 1 : 0;
    return clicks * buys;
  });
  const columns = { numeric, numericNames: ['x'], fields: [], sequences: [] };
  return { rows: { size, ...columns, label, click, classes: 2, classNames: ['no', 'yes'] }, truth };
}

describe.each(CALIBRATION_METHODS)('calibration by %s', (method) => {
  const settings = { kind: 'calibrated', method, of: { kind: 'logistic' } } as const;

  it('mends a model that exaggerates', async () => {
    const [train, test] = [madeUp(3000, 2, 'train'), madeUp(6000, 2, 'test')];
    const before = calibrationError(await odds(boastful(), train, test), test.label);
    const after = calibrationError(await odds(calibrated(settings, boastful()), train, test), test.label);
    expect(before).toBeGreaterThan(0.09);
    // What is left by chance in ten bins of 600: about 0.8 · √(0.17/600) = 0.013; the curves have 600 rows to learn from.
    expect(after).toBeLessThan(0.03);
  });

  it('mends three classes at once', () => {
    const rows = madeUp(3000, 3, 'three');
    const draw = randomFrom('three').sequence();
    const said = matrix(3000, 3);
    for (let i = 0; i < 3000; i++) {
      const truth = [draw.normal(), draw.normal(), draw.normal()].map(Math.exp);
      const whole = truth.reduce((a, b) => a + b);
      let left = draw.uniform() * whole;
      rows.label[i] = Math.max(
        0,
        truth.findIndex((one) => (left -= one) < 0),
      );
      // Twice as sure as it should be.
      const squares = truth.map((one) => one * one);
      squares.forEach((one, c) => (said.data[3 * i + c] = one / squares.reduce((a, b) => a + b)));
    }
    const loss = (): number =>
      rows.label.reduce((sum, label, i) => sum - Math.log(said.data[3 * i + label]), 0) / rows.size;
    const arrays = learnCalibration(method, said, rows);
    const before = loss();
    calibrationOf(method, 3, arrays)(said);
    expect(loss()).toBeLessThan(before - 0.05);
    for (let i = 0; i < 3000; i++) {
      expect(said.data.subarray(3 * i, 3 * i + 3).reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    }
  });

  it('calibrates on the validation rows where they are given, and shows the model none of them', async () => {
    const [train, held] = [madeUp(300, 2, 'train'), madeUp(200, 2, 'held')];
    const seen: (number | undefined)[] = [];
    const model = boastful();
    const spy: Classifier = {
      ...model,
      fit: (rows, random, validation) => (seen.push(rows.size, validation?.size), model.fit(rows, random)),
    };
    const outer = calibrated(settings, spy);
    await outer.fit(train, randomFrom('fit'), held);
    await outer.fit(train, randomFrom('fit'));
    expect(seen).toEqual([300, undefined, 240, undefined]);
    const one = { ...train, group: new Int32Array(300) };
    await expect(outer.fit(one, randomFrom('fit'))).rejects.toThrow('too few training rows to hold some out');
  });
});

describe('sampling negatives down', () => {
  it('is corrected as He et al. 2014 say: 0.0917431 of a model that saw a tenth of the negatives is 0.01', () => {
    expect(correctedOdds(0.0917431, 0.1)).toBeCloseTo(0.01, 8);
    expect(correctedOdds(0.3, 1)).toBeCloseTo(0.3, 15);
    expect([correctedOdds(0, 0.1), correctedOdds(1, 0.1)]).toEqual([0, 1]);
  });

  it('learns from few rows and still says the rate of all', async () => {
    const train = madeUp(12_000, 2, 'train');
    // One in about ten of the ones is left: 7 %.
    const draw = randomFrom('rare').sequence();
    train.label = train.label.map((label) => (label === 1 && draw.uniform() < 0.1 ? 1 : 0));
    const rate = train.label.reduce((a, b) => a + b) / train.size;
    const model = createClassifier({ kind: 'down-sampled', negativeRate: 0.2, of: { kind: 'logistic' } });
    const { rows } = await model.fit(train, randomFrom('fit'));
    const zeros = 12_000 * (1 - rate);
    expect(Math.abs(rows - 12_000 * rate - 0.2 * zeros)).toBeLessThan(4 * Math.sqrt(0.16 * zeros));
    const out = matrix(train.size, 1);
    model.predict(train, out);
    const mean = out.data.reduce((a, b) => a + b) / train.size;
    // Its standard error from 0.2 of the zeros: about 0.4 % of the rate's square root; four of them.
    expect(Math.abs(mean / rate - 1)).toBeLessThan(0.15);
    expect(mean).toBeLessThan(1.5 * rate);
  });

  it('is right around clicks and conversions too: the thinning goes by conversions, whose odds are corrected', async () => {
    const settings = { kind: 'esmm', hidden: [8], epochs: 30, batch: 64, learningRate: 0.02 };
    const model = createClassifier({ kind: 'down-sampled', negativeRate: 0.1, of: settings });
    const { rows } = views(12_000, 'views');
    const report = await model.fit(rows, randomFrom('fit'));
    expect(report.rows).toBeLessThan(0.2 * rows.size);
    const fresh = views(12_000, 'fresh');
    const copy = restoreClassifier(model.save());
    const out = matrix(fresh.rows.size, 1);
    copy.predict(fresh.rows, out);
    // The lower and the upper half by the one column that counts: true rates of about 2 % and 15 %.
    for (const side of [-1, 1]) {
      const part = [...fresh.rows.label.keys()].filter((i) => fresh.rows.numeric.data[i] * side > 0);
      const mean = (of: ArrayLike<number>): number => part.reduce((sum, i) => sum + of[i], 0) / part.length;
      // About 110 and 920 conversions to learn from: standard errors of 10 % and 3 %; uncorrected, the lower half is 9 times too high.
      expect(mean(out.data) / mean(fresh.truth)).toBeGreaterThan(side < 0 ? 0.65 : 0.85);
      expect(mean(out.data) / mean(fresh.truth)).toBeLessThan(side < 0 ? 1.35 : 1.15);
    }
  });

  it('refuses three classes', async () => {
    const model = createClassifier({ kind: 'down-sampled' });
    await expect(model.fit(madeUp(60, 3, 'three'), randomFrom('fit'))).rejects.toThrow('only two can be sampled down');
  });
});

describe('models inside models', () => {
  it('come back whole, however deep', async () => {
    const config = {
      kind: 'calibrated',
      method: 'isotonic',
      of: { kind: 'down-sampled', negativeRate: 0.5, of: { kind: 'gbdt', rounds: 5, patience: 0 } },
    };
    const model = createClassifier(config);
    const [train, test] = [madeUp(400, 2, 'train'), madeUp(100, 2, 'test')];
    const said = await odds(model, train, test);
    const saved = model.save();
    const copy = restoreClassifier({ ...saved, settings: JSON.parse(JSON.stringify(saved.settings)) });
    const out = matrix(100, 1);
    copy.predict(test, out);
    expect(out.data).toEqual(said);
    expect(copy.save().arrays).toEqual(saved.arrays);
    expect(model.name).toBe('isotonic(down-sampled(gbdt))');
  });

  it('name their mistakes with the path to them', () => {
    const { schema } = CLASSIFIERS.find(({ kind }) => kind === 'calibrated') as (typeof CLASSIFIERS)[number];
    const issues = (of: unknown): unknown => schema.safeParse({ kind: 'calibrated', of }).error?.issues;
    expect(issues({ kind: 'forest' })).toMatchObject([
      { path: ['of', 'kind'], message: /unknown; use one of logistic, .*esmm, separate$/u },
    ]);
    expect(issues({ kind: 'gbdt', l2: -1 })).toMatchObject([{ path: ['of', 'l2'] }]);
    expect(schema.parse({ kind: 'calibrated', of: { kind: 'tree' } })).toMatchObject({
      of: { kind: 'tree', maxDepth: 12 },
    });
  });
});
