/** The click models by name: what they are, what they may be told, and how one is made. */
import { z } from 'zod';
import { CLASSIFIERS, createClassifier } from '../supervised/registry.ts';
import type { ClassifierEntry } from '../supervised/registry.ts';
import { clickModelOf } from './click-model-of.ts';
import type { ClickModel } from './click-model.ts';
import type { ModelSetup } from './labels.ts';
import { logistic } from './logistic.ts';
import type { LogisticConfig } from './logistic.ts';
import { mlp } from './mlp.ts';
import type { MlpConfig } from './mlp.ts';

const name = z.string().min(1).optional().describe('How agents refer to the model; default: its kind');

const logisticSchema = z.strictObject({
  kind: z.literal('logistic').describe('L2-regularised logistic regression on context, creative and their crossings'),
  name,
  l2: z
    .number()
    .positive()
    .optional()
    .describe('Precision of the normal prior of each standardised weight; default: chosen on held-out sessions'),
});

const mlpSchema = z.strictObject({
  kind: z.literal('mlp').describe('Neural network 128-64-1 (ReLU, Adam, binary cross-entropy, early stopping)'),
  name,
  hidden: z.array(z.int().min(1).max(4096)).min(1).max(8).default([128, 64]).describe('Units of each hidden layer'),
  learningRate: z.number().positive().max(1).default(0.002).describe('Step size of Adam'),
  batch: z.int().min(1).default(512).describe('Impressions per step'),
  epochs: z.int().min(1).max(10_000).default(40).describe('At most so many passes over the training rows'),
  patience: z.int().min(1).default(4).describe('Stops after so many epochs without a better validation log loss'),
  weightDecay: z
    .number()
    .min(0)
    .default(1e-4)
    .describe('L2 penalty on the weights, added to the mean cross-entropy as weightDecay/2 · |w|²'),
});

/** The supervised models that are click models as they are; `logistic` and `mlp` have forms of their own for markets. */
const SUPERVISED: readonly ClassifierEntry[] = CLASSIFIERS.flatMap((entry) => {
  if (entry.kind === 'logistic' || entry.clicks) return [];
  if (entry.kind !== 'mlp') return [entry];
  const schema = entry.schema.extend({ kind: z.literal('embedding-mlp') });
  return [{ ...entry, kind: 'embedding-mlp', schema }];
});

/** One of `CLASSIFIERS`, its settings checked by its own schema. */
export type SupervisedConfig = { kind: string; name?: string | undefined } & Record<string, unknown>;

/** A click model as configured, defaults filled in. */
export type ModelConfig = LogisticConfig | MlpConfig | SupervisedConfig;

/** A click model as written: what has a default may be left out. */
export type ModelInput =
  | LogisticConfig
  | ({ kind: 'mlp' } & { [Key in Exclude<keyof MlpConfig, 'kind'>]?: MlpConfig[Key] | undefined })
  | SupervisedConfig;

/** What a config may say of a click model. */
export const modelSchema = z.discriminatedUnion('kind', [
  logisticSchema,
  mlpSchema,
  ...SUPERVISED.map(({ schema }) => schema),
] as never) as unknown as z.ZodType<ModelConfig, ModelInput>;

/** One entry of `adsim list models`. */
export interface ModelEntry {
  kind: string;
  summary: string;
  reference: string;
  parameters: readonly string[];
}

/** Every click model. */
export const MODELS: readonly ModelEntry[] = [
  {
    kind: 'logistic',
    summary: 'L2-regularised logistic regression with context × category crossings, fitted to its optimum by Newton',
    reference: 'Chapelle, Manavoglu & Rosales 2015, Simple and scalable response prediction for display advertising',
    parameters: parametersOf(logisticSchema),
  },
  {
    kind: 'mlp',
    summary: 'Neural network 128-64-1 with ReLU, trained by Adam on binary cross-entropy with early stopping',
    reference: 'Kingma & Ba 2015, Adam: a method for stochastic optimization; Covington et al. 2016, RecSys',
    parameters: parametersOf(mlpSchema),
  },
  ...SUPERVISED.map(({ kind, summary, reference, schema }) => ({
    kind,
    summary,
    reference,
    parameters: parametersOf(schema),
  })),
];

/** True for what is trained through the tensor gate, by itself or around such a model. */
export function needsTensors(config: { kind: string; of?: unknown }): boolean {
  const { kind, of } = config;
  if (of !== undefined) return needsTensors(of as typeof config);
  return kind === 'mlp' || SUPERVISED.some((entry) => entry.kind === kind && entry.tensors === true);
}

/** A click model, untrained. Throws ZodError on a configuration outside the schema. */
export function createModel(config: ModelInput, setup: ModelSetup): ClickModel {
  const parsed = modelSchema.parse(config);
  if (parsed.kind === 'logistic') return logistic(parsed as LogisticConfig, setup);
  if (parsed.kind === 'mlp') return mlp(parsed as MlpConfig, setup);
  const kind = parsed.kind === 'embedding-mlp' ? 'mlp' : parsed.kind;
  const classifier = createClassifier({ ...parsed, kind }, { backends: setup.backends });
  return clickModelOf(classifier, setup, parsed.name ?? parsed.kind);
}

function parametersOf(schema: z.ZodObject): string[] {
  return Object.keys(schema.shape).filter((key) => key !== 'kind' && key !== 'name');
}
