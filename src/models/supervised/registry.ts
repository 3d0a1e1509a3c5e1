/** The supervised models by kind: what they are, what they may be told, how one is made and made again from what was saved. */
import { z } from 'zod';
import { InputError } from '../../core/errors.ts';
import type { Classifier, SavedModel } from './classifier.ts';
import { logisticClassifier } from './logistic.ts';

const name = z.string().min(1).optional().describe('What reports call the model; default: its kind');

/** One kind of model. */
export interface ClassifierEntry {
  kind: string;
  summary: string;
  reference: string;
  /** What a config may say, `kind` and `name` among it. */
  schema: z.ZodObject;
  /** `settings` have passed `schema`; `saved`, where given, is what the made model is restored from. */
  make: (settings: never, saved?: SavedModel) => Classifier;
}

/** Every kind, simplest first. */
export const CLASSIFIERS: readonly ClassifierEntry[] = [
  {
    kind: 'logistic',
    summary: 'L2-regularised logistic regression on standardised numbers and one column per level',
    reference: 'Chapelle, Manavoglu & Rosales 2015, Simple and scalable response prediction for display advertising',
    schema: z.strictObject({
      kind: z.literal('logistic'),
      name,
      l2: z.number().positive().default(1).describe("Precision of each weight's normal prior; scikit-learn's 1/C"),
    }),
    make: logisticClassifier,
  },
];

/** A model as a config describes it, untrained. Throws `InputError` on an unknown kind, ZodError on a bad setting. */
export function createClassifier(config: { kind: string } & Record<string, unknown>): Classifier {
  const { schema, make } = entryOf(config.kind);
  return make(schema.parse(config) as never);
}

/** The model that was saved. Throws `InputError` on an unknown kind. */
export function restoreClassifier(saved: SavedModel): Classifier {
  return entryOf(saved.kind).make(saved.settings as never, saved);
}

function entryOf(kind: string): ClassifierEntry {
  const entry = CLASSIFIERS.find((one) => one.kind === kind);
  if (entry) return entry;
  throw new InputError(`model "${kind}" is unknown; use one of ${CLASSIFIERS.map((one) => one.kind).join(', ')}`);
}
