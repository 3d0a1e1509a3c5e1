/** Any supervised model as a click model. */
import type { ImpressionLog, Matrix } from '../../core/contracts.ts';
import type { Classifier } from '../supervised/classifier.ts';
import type { LabelledExamples } from '../supervised/examples.ts';
import { actionExamples, answersAt } from './action-examples.ts';
import type { ClickModel } from './click-model.ts';
import { heldInside, standardisationOf } from './features.ts';
import type { Standardisation } from './features.ts';
import { impressionsOf, refuseOneClass } from './labels.ts';
import type { ModelSetup } from './labels.ts';

/**
 * Learns from the impressions of a log and predicts every action; what it holds out, it holds out by session. Numbers are held
 * inside the range learned from. A validation log of one class tells nothing and is not shown to the model.
 */
export function clickModelOf(classifier: Classifier, setup: ModelSetup): ClickModel {
  const table = actionExamples(setup);
  let scale: Standardisation | undefined;
  return {
    name: classifier.name,
    async fit(log, random, validation) {
      const train = labelled(log);
      refuseOneClass(train.clicks, train.rows.size, 'training log');
      const held = validation && labelled(validation);
      const usable = held && held.clicks > 0 && held.clicks < held.rows.size;
      const report = await classifier.fit(train.rows, random, usable ? held.rows : undefined);
      scale = standardisationOf(train.rows.numeric);
      return report;
    },
    predict(requests, out) {
      const range = scale;
      if (!range) throw new Error(`${classifier.name}: predict before fit`);
      table.each(requests, (rows, from) => {
        holdInside(range, rows.numeric);
        classifier.predict(rows, answersAt(out, from, rows.size));
      });
    },
  };

  function labelled(log: ImpressionLog): { rows: LabelledExamples; clicks: number } {
    const { rows, action, click, clicks } = impressionsOf(log, setup);
    const examples = table.rowsOf(log.requests, rows, action);
    const label = Int32Array.from(click);
    return { rows: { ...examples, label, classes: 2, classNames: ['no click', 'click'] }, clicks };
  }
}

/** Every row of `numeric`, in place. */
function holdInside(range: Standardisation, { rows, columns, data }: Matrix): void {
  for (let i = 0; i < rows; i++) heldInside(range, data, i * columns, data.subarray(i * columns, (i + 1) * columns));
}
