/** A classifier whose probabilities are brought to what happens, on rows that it did not learn from. */
import { InputError } from '../../../core/errors.ts';
import { matrix } from '../../../core/matrix.ts';
import { outputsOf } from '../classifier.ts';
import type { Classifier, SavedModel } from '../classifier.ts';
import { checkLabelled } from '../examples.ts';
import { heldOut } from '../held-out.ts';
import { savedAround } from '../wrapped.ts';
import { calibrationOf, learnCalibration } from './calibration.ts';
import type { CalibrationArrays } from './calibration.ts';
import type { CalibrationMethod } from './calibrators.ts';

export interface CalibratedSettings {
  kind: 'calibrated';
  name?: string | undefined;
  method: CalibrationMethod;
  /** The model inside, as a config describes it. */
  of: { kind: string } & Record<string, unknown>;
}

/**
 * `model` learns from `train`; the calibration (Platt 1999; Zadrozny & Elkan 2002; Guo et al. 2017) from `validation`, which the model
 * never sees, or from a fifth of `train` that is held out of it, whole groups together. Throws `InputError` where nothing can be.
 */
export function calibrated(settings: CalibratedSettings, model: Classifier, saved?: SavedModel): Classifier {
  const { method } = settings;
  const name = settings.name ?? `${method}(${model.name})`;
  let learned: { outputs: number; arrays: CalibrationArrays } | undefined = saved && {
    outputs: saved.settings['outputs'] as number,
    arrays: saved.arrays,
  };
  return {
    name,
    async fit(train, random, validation) {
      checkLabelled(train, 'training rows');
      const split = validation ? { train, held: validation } : heldOut(train, random.stream('calibration'));
      if (!split) {
        throw new InputError(`${name}: too few training rows to hold some out and calibrate on; bring more rows`);
      }
      learned = undefined;
      const report = await model.fit(split.train, random);
      const outputs = outputsOf(train.classes);
      const odds = matrix(split.held.size, outputs);
      model.predict(split.held, odds);
      learned = { outputs, arrays: learnCalibration(method, odds, split.held) };
      return { ...report, model: name };
    },
    predict(rows, out) {
      if (!learned) throw new Error(`${name}: predict before fit`);
      model.predict(rows, out);
      const { outputs, arrays } = learned;
      calibrationOf(method, outputs, arrays)(matrix(rows.size, outputs, out.data));
    },
    save() {
      if (!learned) throw new Error(`${name}: save before fit`);
      const { outputs, arrays } = learned;
      const own = Object.fromEntries(Object.entries(arrays).filter(([key]) => !key.startsWith('of.')));
      return savedAround({ kind: settings.kind, settings: { ...settings, outputs }, arrays: own }, model.save());
    },
  };
}
