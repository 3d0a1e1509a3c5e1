/** A trained model with its weights as float16 on disk, and how much that costs. */
import { InputError } from '../../core/errors.ts';
import { matrix } from '../../core/matrix.ts';
import { assess, compare } from '../../models/metrics/metrics.ts';
import type { Assessment } from '../../models/metrics/metrics.ts';
import { outputsOf } from '../../models/supervised/classifier.ts';
import type { Classifier } from '../../models/supervised/classifier.ts';
import type { LabelledExamples } from '../../models/supervised/examples.ts';
import { sealedClassifier } from './model-folder.ts';
import type { SealedModel } from './model-folder.ts';
import type { Rounding } from './training-results.ts';

/**
 * What `rounded` says otherwise than `model`, on `rows`; undefined where none of its numbers is of single precision (networks'
 * alone are). Throws `InputError` where a weight is beyond what float16 holds.
 */
export function roundingOf(
  model: Classifier,
  whole: SealedModel,
  rounded: SealedModel,
  rows: LabelledExamples,
  level: number,
): Rounding | undefined {
  if (rounded.weights.length === whole.weights.length) return undefined;
  const copy = sealedClassifier(rounded);
  const overflow = Object.values(copy.save().arrays).some(
    (array) => array.includes(Infinity) || array.includes(-Infinity),
  );
  if (overflow) {
    throw new InputError(
      `--precision float16: a weight of ${model.name} is above 65,504, the largest that float16 holds; leave it out`,
    );
  }
  const { label, classes, weight, group } = rows;
  const odds = (of: Classifier): Float64Array => {
    const out = matrix(rows.size, outputsOf(classes));
    of.predict(rows, out);
    return out.data;
  };
  const [before, after] = [odds(model), odds(copy)];
  const assessed = (predicted: Float64Array): Assessment =>
    assess({ predicted, label, classes, weight }, { group, level });
  const differences = compare(assessed(after), assessed(before), { group, level });
  const { value, interval } = differences.find(({ metric }) => metric === 'logLoss') ?? {
    value: Number.NaN,
    interval: null,
  };
  return {
    bytes: rounded.weights.length,
    before: whole.weights.length,
    logLoss: { value, interval },
    largest: after.reduce((most, p, i) => Math.max(most, Math.abs(p - before[i])), 0),
  };
}
