/** The supervised models by kind: what they are, what they may be told, how one is made and made again from what was saved. */
import { z } from 'zod';
import { InputError } from '../../core/errors.ts';
import { conversionClassifier } from '../cvr/classifier.ts';
import type { Classifier, ClassifierOptions, SavedModel } from './classifier.ts';
import { calibrated } from './calibration/calibrated.ts';
import type { CalibratedSettings } from './calibration/calibrated.ts';
import { CALIBRATION_METHODS } from './calibration/calibrators.ts';
import { downSampled } from './calibration/down-sampled.ts';
import type { DownSampledSettings } from './calibration/down-sampled.ts';
import { factorisationMachine } from './factorisation-machine.ts';
import { logisticClassifier } from './logistic.ts';
import { ftrl } from './online/ftrl.ts';
import { boostedTrees } from './trees/boosting.ts';
import { decisionTree } from './trees/decision-tree.ts';
import { NETWORK_KINDS } from './networks/architectures.ts';
import { NETWORK_CLASSIFIERS, networkFields } from './networks/entries.ts';
import { savedInside } from './wrapped.ts';

const name = z.string().min(1).optional().describe('What reports call the model; default: its kind');
const inside = z
  .looseObject({ kind: z.string() })
  .prefault({ kind: 'logistic' })
  .describe('The model inside, as a config describes it')
  .transform((config, context): InsideConfig => {
    // Its defaults are filled in and its mistakes named here, with the path to them.
    const parsed = CLASSIFIERS.find(({ kind }) => kind === config.kind)?.schema.safeParse(config);
    if (!parsed) context.addIssue({ code: 'custom', path: ['kind'], message: unknownKind(config.kind) });
    for (const { message, path } of parsed?.error?.issues ?? [])
      context.addIssue({ code: 'custom', path: [...path], message });
    return (parsed?.data ?? config) as InsideConfig;
  });

type InsideConfig = { kind: string } & Record<string, unknown>;

const minRowsPerLeaf = z.int().min(1).default(20);
const fraction = z.number().positive().max(1).default(1);

/** One kind of model. */
export interface ClassifierEntry {
  kind: string;
  summary: string;
  reference: string;
  /** True where it is trained through the tensor gate. */
  tensors?: boolean;
  /** True where rows have to say whether they were clicked as well: their label is a conversion. */
  clicks?: boolean;
  /** What a config may say, `kind` and `name` among it. */
  schema: z.ZodObject;
  /** `settings` have passed `schema`; `saved`, where given, is what the made model is restored from. */
  make: (settings: never, saved?: SavedModel, options?: ClassifierOptions) => Classifier;
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
  {
    kind: 'ftrl',
    summary: 'Online logistic regression (FTRL-Proximal) on hashed features: one pass, sparse weights',
    reference: 'McMahan et al. 2013, Ad click prediction: a view from the trenches',
    schema: z.strictObject({
      kind: z.literal('ftrl'),
      name,
      alpha: z.number().positive().default(0.05).describe('How far the first steps of a weight go'),
      beta: z.number().min(0).default(1).describe('Steadies the first steps of a weight'),
      l1: z.number().min(0).default(0).describe('A weight stays 0 until its gradients add up to more'),
      l2: z.number().min(0).default(1),
      bits: z.int().min(8).max(26).default(18).describe('2^bits weights'),
      pairs: z.boolean().default(false).describe('Every pair of fields is a feature as well'),
      ngrams: z
        .int()
        .min(1)
        .max(5)
        .default(1)
        .describe('So many words of a text in a row are a feature, too; default: each word alone'),
      passes: z.int().min(1).max(1000).default(1),
    }),
    make: ftrl,
  },
  {
    kind: 'fm',
    summary: 'Factorisation machine: a linear score and all products of two columns, by AdaGrad with early stopping',
    reference: 'Rendle 2010, Factorization machines',
    schema: z.strictObject({
      kind: z.literal('fm'),
      name,
      factors: z
        .int()
        .min(1)
        .max(256)
        .default(8)
        .describe('Length of the vectors whose products are the weights of pairs'),
      learningRate: z.number().positive().max(1).default(0.1),
      l2: z.number().min(0).default(1e-4).describe('Pull of every weight that a row touches towards 0'),
      epochs: z.int().min(1).max(10_000).default(30).describe('Passes over the rows, at most'),
      patience: z.int().min(1).default(3).describe('Stops after so many epochs without a better loss on held-out rows'),
    }),
    make: factorisationMachine,
  },
  {
    kind: 'tree',
    summary: 'Decision tree (CART) on numbers and sets of codes, pruned by cost-complexity on held-out rows',
    reference: 'Breiman, Friedman, Olshen & Stone 1984, Classification and regression trees',
    schema: z.strictObject({
      kind: z.literal('tree'),
      name,
      impurity: z.enum(['gini', 'entropy']).default('gini').describe('What splits lower'),
      maxDepth: z.int().min(1).max(64).default(12).describe('Splits on the way to a leaf, at most'),
      minRowsPerLeaf,
      pruning: z
        .union([z.literal('validation'), z.number().min(0)])
        .default('validation')
        .describe(
          "On held-out rows, or at this α: impurity × share of rows that a leaf must save (scikit-learn's ccp_alpha)",
        ),
      smoothing: z.number().min(0).default(1).describe("So many rows of the whole's shares are added to each leaf's"),
    }),
    make: decisionTree,
  },
  {
    kind: 'gbdt',
    summary: 'Gradient-boosted trees on histograms: second order, missing values and sets of codes, early stopping',
    reference: 'Friedman 2001, Annals of Statistics; Chen & Guestrin 2016, XGBoost; Ke et al. 2017, LightGBM',
    schema: z.strictObject({
      kind: z.literal('gbdt'),
      name,
      rounds: z
        .int()
        .min(1)
        .max(100_000)
        .default(300)
        .describe('Trees (of each class, where there are three or more), at most'),
      learningRate: z.number().positive().max(1).default(0.1).describe("Part of Newton's step that a tree takes"),
      maxLeaves: z.int().min(2).max(4096).default(31),
      maxDepth: z
        .int()
        .min(1)
        .max(64)
        .optional()
        .describe('Splits on the way to a leaf, at most; default: as many as come'),
      growth: z
        .enum(['leaf', 'depth'])
        .default('leaf')
        .describe('Splits the leaf of the largest gain next, or level by level'),
      minRowsPerLeaf,
      l2: z.number().min(0).default(1).describe('Penalty on what a leaf adds'),
      rowFraction: fraction.describe('Part of the rows that each tree sees'),
      columnFraction: fraction.describe('Part of the columns that each round sees'),
      patience: z
        .int()
        .min(0)
        .default(10)
        .describe(
          'Stops after so many rounds without a better loss on held-out rows; 0: never, and learns from all rows',
        ),
    }),
    make: boostedTrees,
  },
  ...NETWORK_CLASSIFIERS,
  {
    kind: 'calibrated',
    summary: 'Any model, its probabilities brought to what happens on rows held out: Platt, isotonic or temperature',
    reference: 'Platt 1999; Zadrozny & Elkan 2002, KDD; Guo et al. 2017, On calibration of modern neural networks',
    schema: z.strictObject({
      kind: z.literal('calibrated'),
      name,
      method: z.enum(CALIBRATION_METHODS).default('platt'),
      of: inside,
    }),
    make: (settings: CalibratedSettings, saved, options) =>
      calibrated(settings, modelInside(settings.of, saved, options), saved),
  },
  {
    kind: 'down-sampled',
    summary: 'Any model of two classes, trained on few of the many zeros, its probabilities corrected for them',
    reference: 'He et al. 2014, Practical lessons from predicting clicks on ads at Facebook, § 6.3',
    schema: z.strictObject({
      kind: z.literal('down-sampled'),
      name,
      negativeRate: z
        .number()
        .positive()
        .max(1)
        .default(0.1)
        .describe('Share of the rows of class 0 that are learned from'),
      of: inside,
    }),
    make: (settings: DownSampledSettings, saved, options) =>
      downSampled(settings, modelInside(settings.of, saved, options)),
  },
  {
    kind: 'esmm',
    summary: 'Clicks, and conversions as clicks times what comes of them, learned together over all rows',
    reference: 'Ma et al. 2018, Entire space multi-task model',
    tensors: true,
    clicks: true,
    schema: conversionFields('esmm'),
    make: conversionClassifier,
  },
  {
    kind: 'separate',
    summary: 'A network of clicks, and one of conversions learned from clicked rows alone, multiplied',
    reference: 'the usual practice that Ma et al. 2018 hold theirs against',
    tensors: true,
    clicks: true,
    schema: conversionFields('separate'),
    make: conversionClassifier,
  },
];

/** A model as a config describes it, untrained. Throws `InputError` on an unknown kind, ZodError on a bad setting. */
export function createClassifier(
  config: { kind: string } & Record<string, unknown>,
  options?: ClassifierOptions,
): Classifier {
  const { schema, make } = entryOf(config.kind);
  return make(schema.parse(config) as never, undefined, options);
}

/** The model that was saved. Throws `InputError` on an unknown kind. */
export function restoreClassifier(saved: SavedModel): Classifier {
  return entryOf(saved.kind).make(saved.settings as never, saved);
}

function entryOf(kind: string): ClassifierEntry {
  const entry = CLASSIFIERS.find((one) => one.kind === kind);
  if (entry) return entry;
  throw new InputError(unknownKind(kind));
}

function unknownKind(kind: string): string {
  return `model "${kind}" is unknown; use one of ${CLASSIFIERS.map((one) => one.kind).join(', ')}`;
}

function modelInside(config: InsideConfig, saved?: SavedModel, options?: ClassifierOptions): Classifier {
  return saved ? restoreClassifier(savedInside(saved)) : createClassifier(config, options);
}

function conversionFields(kind: 'esmm' | 'separate'): z.ZodObject {
  const network = z.enum(NETWORK_KINDS).default('mlp').describe('The network of each tower');
  return z.strictObject({ kind: z.literal(kind), ...networkFields, network });
}
