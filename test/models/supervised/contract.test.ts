/** Every supervised model keeps the contract: it learns, states odds, and comes back from what it saved. */
import { describe, expect, it } from 'vitest';
import { matrix } from '../../../src/core/matrix.ts';
import { randomFrom } from '../../../src/core/random.ts';
import { outputsOf } from '../../../src/models/supervised/classifier.ts';
import type { Classifier } from '../../../src/models/supervised/classifier.ts';
import { selectExamples } from '../../../src/models/supervised/examples.ts';
import type { Examples, LabelledExamples } from '../../../src/models/supervised/examples.ts';
import { CLASSIFIERS, createClassifier, restoreClassifier } from '../../../src/models/supervised/registry.ts';
import { FEW_CLASSES, madeUp } from './made-up.ts';

/** Kinds that tell two classes apart and no more, and settings that keep the big ones quick. */
const SMALL_NETWORK = { hidden: [16], embedding: 4, batch: 64, epochs: 12, learningRate: 0.02 };
const BINARY_ONLY: readonly string[] = ['down-sampled', 'esmm', 'separate'];
const QUICK: Readonly<Record<string, Record<string, unknown>>> = {
  mlp: SMALL_NETWORK,
  'wide-and-deep': SMALL_NETWORK,
  deepfm: SMALL_NETWORK,
  din: SMALL_NETWORK,
  gru: SMALL_NETWORK,
  esmm: SMALL_NETWORK,
  separate: SMALL_NETWORK,
  'down-sampled': { negativeRate: 0.5 },
};

function probabilities(model: Classifier, rows: Examples, classes: number): Float64Array {
  const out = matrix(rows.size, outputsOf(classes));
  model.predict(rows, out);
  return out.data;
}

function logLossOf(model: Classifier, rows: LabelledExamples): number {
  const p = probabilities(model, rows, rows.classes);
  const outputs = outputsOf(rows.classes);
  let sum = 0;
  for (let i = 0; i < rows.size; i++) {
    sum -= Math.log(outputs === 1 ? (rows.label[i] === 1 ? p[i] : 1 - p[i]) : p[i * outputs + rows.label[i]]);
  }
  return sum / rows.size;
}

const CASES = CLASSIFIERS.flatMap(({ kind }) =>
  FEW_CLASSES.filter((classes) => classes === 2 || !BINARY_ONLY.includes(kind)).map((classes) => ({ kind, classes })),
);

describe.each(CASES)('$kind, $classes classes', ({ kind, classes }) => {
  const train = madeUp(600, classes, 'train');
  const test = madeUp(300, classes, 'test');
  const make = (): Classifier => createClassifier({ kind, ...QUICK[kind] });

  it('learns, and says the same again from the same seed', async () => {
    const [one, two] = [make(), make()];
    const report = await one.fit(train, randomFrom('fit'));
    await two.fit(train, randomFrom('fit'));
    expect(report.rows).toBeLessThanOrEqual(train.size);
    expect(logLossOf(one, test)).toBeLessThan(0.93 * Math.log(classes));
    expect(probabilities(two, test, classes)).toEqual(probabilities(one, test, classes));
  });

  it('states probabilities row by row, with missing numbers and unseen codes', async () => {
    const model = make();
    await model.fit(train, randomFrom('fit'));
    const strange = selectExamples(test, [0, 1, 2, 3]);
    strange.numeric.data.fill(Number.NaN);
    strange.fields.forEach(({ codes }) => codes.fill(0));
    strange.sequences.forEach(({ codes, length }) => (codes.fill(0), length.fill(0)));
    for (const rows of [test, strange]) {
      const p = probabilities(model, rows, classes);
      for (const value of p) expect(value >= 0 && value <= 1).toBe(true);
      const outputs = outputsOf(classes);
      if (outputs === 1) continue;
      for (let i = 0; i < rows.size; i++) {
        expect(p.subarray(i * outputs, (i + 1) * outputs).reduce((a, b) => a + b)).toBeCloseTo(1, 9);
      }
    }
    const alone = probabilities(model, selectExamples(test, [7]), classes);
    const outputs = outputsOf(classes);
    expect(alone).toEqual(probabilities(model, test, classes).slice(7 * outputs, 8 * outputs));
  });

  it('comes back from what it saved', async () => {
    const model = make();
    await model.fit(train, randomFrom('fit'));
    const saved = model.save();
    const copy = restoreClassifier({ ...saved, settings: JSON.parse(JSON.stringify(saved.settings)) });
    expect(probabilities(copy, test, classes)).toEqual(probabilities(model, test, classes));
  });

  it('refuses rows of one class, no rows and infinite numbers in one sentence', async () => {
    const none = selectExamples(train, []);
    const one = { ...train, label: new Int32Array(train.size) };
    const infinite = selectExamples(train, [0, 1, 2, 3, 4, 5, 6, 7]);
    infinite.numeric.data[2] = Infinity;
    for (const [rows, why] of [
      [none, /there are none/u],
      [one, /nothing to tell apart/u],
      [infinite, /is Infinity; use a finite number/u],
    ] as const) {
      await expect(async () => make().fit(rows, randomFrom('fit'))).rejects.toThrow(why);
    }
    expect(() => probabilities(make(), test, classes)).toThrow(/predict before fit/u);
  });
});
