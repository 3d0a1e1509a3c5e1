/** What `adsim train` is told: a YAML file, or the same by options. */
import { z } from 'zod';
import { CLASSIFIERS } from '../../models/supervised/registry.ts';
import { columnRoles } from '../../models/supervised/preparation/roles.ts';

const schemas = CLASSIFIERS.map(({ schema }) => schema) as [z.ZodObject, ...z.ZodObject[]];

/** A model of the registry. */
export const modelInput = z.discriminatedUnion('kind', schemas);
export type ModelInput = { kind: string; name?: string } & Record<string, unknown>;

const shape = columnRoles.shape;

/** Everything that decides what comes out, but for the seed's luck. */
export const trainConfig = z.strictObject({
  data: z.string().min(1).optional().describe('The table; a relative path starts at this file'),
  columns: z
    .strictObject({
      label: shape.label.optional(),
      positive: shape.positive,
      numeric: z.array(z.string()).optional(),
      categorical: z.array(z.string()).optional(),
      text: z.array(z.string()).optional(),
      drop: z.array(z.string()).optional(),
      group: shape.group,
      time: shape.time,
      weight: shape.weight,
      click: shape.click,
      hash: z.record(z.string(), z.int().min(1).max(24)).optional(),
      rare: z.int().min(1).optional(),
      deduplicate: z.boolean().optional(),
    })
    .default({})
    .describe('Which column is what; what is not said is inferred'),
  encoder: z
    .string()
    .min(1)
    .optional()
    .describe('Folder of a pre-trained sentence encoder, whose numbers stand beside the words of free texts'),
  models: z
    .array(modelInput)
    .min(1)
    .default([{ kind: 'logistic', l2: 1 }])
    .describe('Models to compare; the best is kept'),
  precision: z
    .enum(['float16'])
    .optional()
    .describe('Weights of networks on disk; default: as they were trained, float32'),
  keep: z.string().optional().describe('Name of the model to keep; default: the least log loss in cross-validation'),
  folds: z.int().min(2).max(100).default(5).describe('Folds of the cross-validation'),
  split: z
    .enum(['folds', 'time', 'stream'])
    .default('folds')
    .describe(
      'folds: whole groups or stratified; time: each test by a model of all rows before; stream: a table of any length, read once, ' +
        'each row predicted before it is learned from (ftrl)',
    ),
  validation: z
    .number()
    .positive()
    .max(0.5)
    .optional()
    .describe('Share of each training side that settings are chosen on; default: as each model does by itself'),
  seed: z.union([z.string(), z.number()]).transform(String).default('1').describe('Seed of folds and models'),
});
export type TrainConfig = z.infer<typeof trainConfig>;
