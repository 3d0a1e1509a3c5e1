/** What to doubt about a trained model's numbers. */
import type { Warning } from '../../core/warnings.ts';
import { metricOf } from '../../models/supervised/validation/cross-validate.ts';
import type { TrainingResults } from './training-results.ts';

/** Fewer rows than this of a class leave intervals that mean little. */
const FEW_ROWS = 50;
/** An AUC above this is rarer than a column that gives the label away. */
const TOO_GOOD = 0.99;

/** Of the model that was kept. */
export function trainingDoubts({ validation, label, data, kept, groups }: TrainingResults): Warning[] {
  const model = validation.models.find(({ name }) => name === kept.name);
  if (!model) return [];
  const doubts: Warning[] = [];
  const least = Math.min(...label.shares) * data.rows;
  if (least < FEW_ROWS) {
    const name = label.classes[label.shares.indexOf(Math.min(...label.shares))];
    doubts.push({
      kind: 'few-rows',
      message: `only ${Math.round(least)} rows have the label "${name}"`,
      advice: 'intervals of so few are rough; bring more rows',
    });
  }
  const gain = model.overBaseRate.find(({ metric }) => metric === 'logLoss');
  if (gain?.interval && gain.interval[1] >= 0) {
    doubts.push({
      kind: 'no-better-than-the-base-rate',
      message: `${kept.name} predicts no better than the share of each class does, as far as these rows tell`,
      advice: 'bring more rows or other columns before relying on it',
    });
  }
  const auc = metricOf(model, 'auc').value;
  if (auc > TOO_GOOD) {
    doubts.push({
      kind: 'too-good',
      message: `an AUC of ${auc.toFixed(4)} is too good for most questions`,
      advice: 'look for a column that is known only once the label is, and leave it out with drop',
    });
  }
  const error = metricOf(model, 'calibrationError');
  if (error.interval && error.value > 2 * model.calibrationChance && error.value > 0.01) {
    doubts.push({
      kind: 'uncalibrated',
      message: `predictions are off by ${(100 * error.value).toFixed(1)} % on average, where chance explains ${(100 * model.calibrationChance).toFixed(1)} %`,
      advice: 'calibrate the model where its odds, and not only its ranking, are used',
    });
  }
  if (groups === null) {
    doubts.push({
      kind: 'no-groups',
      message: 'no column says whose row each is, so each row counts as independent',
      advice:
        'where users have several rows, name their column with --group: folds and intervals then keep them together',
    });
  }
  return doubts;
}
