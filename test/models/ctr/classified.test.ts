import { describe, expect, it } from 'vitest';
import { slice } from '../../../src/core/log.ts';
import { matrix } from '../../../src/core/matrix.ts';
import { randomFrom } from '../../../src/core/random.ts';
import { clickModelOf } from '../../../src/models/ctr/click-model-of.ts';
import type { Classifier } from '../../../src/models/supervised/classifier.ts';
import type { Examples, LabelledExamples } from '../../../src/models/supervised/examples.ts';
import { createClassifier } from '../../../src/models/supervised/registry.ts';
import { toyLog } from '../../support/toy-log.ts';

/** Remembers what it was shown; predicts the row's number. */
function spy(): Classifier & { train: LabelledExamples[]; held: (LabelledExamples | undefined)[]; asked: Examples[] } {
  const train: LabelledExamples[] = [];
  const held: (LabelledExamples | undefined)[] = [];
  const asked: Examples[] = [];
  let next = 0;
  return {
    name: 'spy',
    train,
    held,
    asked,
    fit(rows, _, validation) {
      train.push(rows);
      held.push(validation);
      return Promise.resolve({ model: 'spy', rows: rows.size, steps: 0, loss: [], validationLoss: [], warnings: [] });
    },
    predict(rows, out) {
      asked.push({ ...rows, numeric: { ...rows.numeric, data: rows.numeric.data.slice() } });
      for (let i = 0; i < rows.size; i++) out.data[i] = next++;
    },
    save: () => ({ kind: 'spy', settings: {}, arrays: {} }),
  };
}

describe('a classifier as a click model', () => {
  const { log, actions, contextNames } = toyLog({ rows: 1000 });
  const setup = { actions, contextNames };

  it('learns impressions with their action, category, session and click; a validation log of one class is kept from it', async () => {
    const classifier = spy();
    const model = clickModelOf(classifier, setup);
    await model.fit(log, randomFrom('fit'), slice(log, 0, 200));
    const none = slice(toyLog({ rows: 1000 }).log, 0, 200);
    none.outcomes.click.fill(0);
    await model.fit(log, randomFrom('fit'), none);
    expect(classifier.held.map((rows) => rows?.size)).toEqual([200, undefined]);
    const [rows] = classifier.train;
    const [action, category] = rows.fields;
    for (let i = 0; i < 1000; i += 7) {
      const a = log.decisions.action[i];
      expect(action.labels?.[action.codes[i]]).toBe(actions.names[a]);
      expect(category.codes[i]).toBe(actions.category[a] + 1);
      expect(rows.label[i]).toBe(log.outcomes.click[i]);
      expect(rows.group?.[i]).toBe(log.requests.session[i]);
    }
  });

  it('predicts rows like those it learned, in any number of requests', async () => {
    const classifier = spy();
    const model = clickModelOf(classifier, setup);
    await model.fit(log, randomFrom('fit'));
    const out = matrix(1000, 5);
    model.predict(log.requests, out);
    expect([...out.data]).toEqual(Array.from({ length: 5000 }, (_, c) => c));
    const [learned] = classifier.train;
    const d = learned.numeric.columns;
    let first = 0;
    for (const { size, numeric, fields } of classifier.asked) {
      for (let r = 0; r < size; r++) {
        const [i, a] = [first + Math.floor(r / 5), r % 5];
        expect(fields[0].codes[r]).toBe(a + 1);
        if (log.decisions.action[i] !== a) continue;
        expect([...numeric.data.subarray(r * d, (r + 1) * d)]).toEqual([
          ...learned.numeric.data.subarray(i * d, (i + 1) * d),
        ]);
      }
      first += size / 5;
    }
    expect(first).toBe(1000);
  });

  it('holds the context inside the range learned from', async () => {
    const model = clickModelOf(createClassifier({ kind: 'logistic' }), setup);
    await model.fit(log, randomFrom('fit'));
    const far = [1e3, 1e6].map((value) => {
      const rows = toyLog({ rows: 3 }).log.requests;
      rows.context.data[0] = value;
      const out = matrix(3, 5);
      model.predict(rows, out);
      return [...out.data];
    });
    expect(far[1]).toEqual(far[0]);
  });
});
