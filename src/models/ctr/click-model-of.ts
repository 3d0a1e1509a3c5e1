/** Any supervised model as a click model. */
import type { ImpressionLog } from '../../core/contracts.ts';
import type { Classifier } from '../supervised/classifier.ts';
import type { LabelledExamples } from '../supervised/examples.ts';
import { actionExamples, answersAt, holdInside } from './action-examples.ts';
import type { ClickModel } from './click-model.ts';
import { standardisationOf } from './features.ts';
import type { Standardisation } from './features.ts';
import { impressionsOf, refuseOneClass } from './labels.ts';
import type { ModelSetup } from './labels.ts';

/** Learns from the impressions of a log and predicts every action; what it holds out, it holds out by session. */
export function clickModelOf(classifier: Classifier, setup: ModelSetup, name: string = classifier.name): ClickModel {
  const table = actionExamples(setup);
  let range: Standardisation | undefined;
  return {
    name,
    async fit(log, random, validation) {
      const train = labelled(log);
      refuseOneClass(train.clicks, train.rows.size, 'training log');
      const held = validation && labelled(validation);
      const usable = held && held.clicks > 0 && held.clicks < held.rows.size;
      const report = await classifier.fit(train.rows, random, usable ? held.rows : undefined);
      range = standardisationOf(train.rows.numeric);
      return { ...report, model: name };
    },
    predict(requests, out) {
      if (!range) throw new Error(`${name}: predict before fit`);
      table.each(requests, (rows, from) => classifier.predict(rows, answersAt(out, from, rows.size)), range);
    },
    inside: {
      save: () => classifier.save(),
      rowsOf(requests, action) {
        const rows = Int32Array.from({ length: requests.size }, (_, i) => i);
        const examples = table.rowsOf(requests, rows, new Int32Array(requests.size).fill(action));
        if (range) holdInside(range, examples.numeric);
        return examples;
      },
    },
  };

  function labelled(log: ImpressionLog): { rows: LabelledExamples; clicks: number } {
    const { rows, action, click, clicks } = impressionsOf(log, setup);
    const examples = table.rowsOf(log.requests, rows, action);
    const label = Int32Array.from(click);
    return { rows: { ...examples, label, classes: 2, classNames: ['no click', 'click'] }, clicks };
  }
}
