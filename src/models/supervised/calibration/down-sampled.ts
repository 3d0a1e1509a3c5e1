/** A classifier that learns from few of the many rows of class 0, and says odds as if it had seen them all. */
import type { Random } from '../../../core/contracts.ts';
import { InputError } from '../../../core/errors.ts';
import type { Classifier, SavedModel } from '../classifier.ts';
import { checkLabelled, selectExamples } from '../examples.ts';
import type { LabelledExamples } from '../examples.ts';
import { savedAround } from '../wrapped.ts';

export interface DownSampledSettings {
  kind: 'down-sampled';
  name?: string | undefined;
  /** In (0, 1]: share of the rows of class 0 that are kept. */
  negativeRate: number;
  /** The model inside, as a config describes it. */
  of: { kind: string } & Record<string, unknown>;
}

/** q = p/(p + (1 − p)/w) of a model's p, where negatives were kept with rate w (He et al. 2014, § 6.3). */
export function correctedOdds(p: number, negativeRate: number): number {
  return p / (p + (1 - p) / negativeRate);
}

/**
 * Two classes alone. Which negatives are kept comes from the stream `negatives`; a validation set is thinned alike, as the model sees
 * odds of its own world there.
 */
export function downSampled(settings: DownSampledSettings, model: Classifier): Classifier {
  const { negativeRate } = settings;
  const name = settings.name ?? `down-sampled(${model.name})`;
  return {
    name,
    async fit(train, random, validation) {
      checkLabelled(train, 'training rows');
      if (train.classes !== 2) {
        throw new InputError(
          `${name}: ${train.classes} classes, but only two can be sampled down; use the model inside alone`,
        );
      }
      const draws = random.stream('negatives');
      const kept = thinned(train, negativeRate, draws.stream('train'));
      const heldKept = validation && thinned(validation, negativeRate, draws.stream('validation'));
      return { ...(await model.fit(kept, random, heldKept)), model: name };
    },
    predict(rows, out) {
      model.predict(rows, out);
      for (let i = 0; i < rows.size; i++) out.data[i] = correctedOdds(out.data[i], negativeRate);
    },
    save(): SavedModel {
      return savedAround({ kind: settings.kind, settings: { ...settings }, arrays: {} }, model.save());
    },
  };
}

/** Every row of class 1 and each other one with a chance of `rate`; the first of class 0 where chance keeps none. */
function thinned(rows: LabelledExamples, rate: number, random: Random): LabelledExamples {
  const draw = random.sequence();
  const kept = Array.from(rows.label.keys()).filter((i) => rows.label[i] === 1 || draw.uniform() < rate);
  const first = rows.label.indexOf(0);
  if (first >= 0 && kept.every((i) => rows.label[i] === 1)) kept.unshift(first);
  return selectExamples(rows, kept);
}
