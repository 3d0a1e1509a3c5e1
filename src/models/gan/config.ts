/** What an experiment may say about its creatives. */
import { z } from 'zod';
import type { Factor } from '../../core/elements.ts';
import type { EncoderConfig, EncoderInput } from '../creative-encoder/config.ts';
import { encoderSchema } from '../creative-encoder/config.ts';
import type { CompositeConfig, CompositeInput } from '../images/composite.ts';
import { compositeFactors, compositeSchema } from '../images/composite.ts';
import { STYLES } from '../images/style-patterns.ts';
import type { GuidanceConfig, GuidanceInput } from './guidance.ts';
import { guidanceSchema } from './guidance.ts';
import type { Objective } from './objective.ts';

export interface CreativesConfig {
  generator: 'gan' | 'synthetic';
  images: string;
  perCategory: number;
  newPerCategory?: number | undefined;
  seed: string;
  steps: number;
  batchSize: number;
  latentSize: number;
  width: number;
  objective: Objective;
  criticSteps: number;
  gradientPenalty: number;
  augment: 'none' | 'diffaugment';
  generatorLearningRate: number;
  discriminatorLearningRate: number;
  averaging: number;
  labelSmoothing: number;
  categoryWeight: number;
  classifierSteps: number;
  guidance?: GuidanceConfig | undefined;
  variety?: number | undefined;
  styles?: (typeof STYLES)[number][] | undefined;
  composite?: CompositeConfig | undefined;
  measured?: boolean | undefined;
  encoder?: EncoderConfig | undefined;
  earlySteps?: number | undefined;
}

const rate = z.number().positive().max(0.1);

/** What keys with keys of their own take as written. */
interface Nested {
  guidance: GuidanceInput;
  composite: CompositeInput;
  encoder: EncoderInput;
}

/** As written: every key may be left out. */
export type CreativesInput = {
  [K in keyof CreativesConfig]?:
    | (K extends keyof Nested ? Nested[K] : CreativesConfig[K])
    | (K extends 'seed' ? number : never)
    | undefined;
};

/** Silhouettes are easy; photographs take longer. What is not said is filled in from here. */
const TRAINING = {
  silhouettes: { steps: 250, averaging: 0.99, classifierSteps: 80 },
  folder: { steps: 1200, averaging: 0.995, classifierSteps: 300 },
} as const;

const written = z.strictObject({
  generator: z
    .enum(['gan', 'synthetic'])
    .default('gan')
    .describe('gan: images from a network trained here; synthetic: numbers without pixels, no training'),
  images: z
    .string()
    .min(1)
    .default('silhouettes')
    .describe('Training images: silhouettes (drawn by adsim) or a folder of IDX files such as Fashion-MNIST'),
  perCategory: z.int().min(1).max(100).default(1).describe('Creatives per product category'),
  newPerCategory: z
    .int()
    .min(1)
    .optional()
    .describe(
      'So many of them, the last, are new: the log was collected before they were there; agents have them from the start',
    ),
  seed: z
    .union([z.string().min(1), z.int()])
    .default('creatives')
    .transform(String)
    .describe('Seed of the images, the training and the samples; the same for all seeds of the experiment'),
  steps: z
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe('Training steps of generator and discriminator; default: 250 for silhouettes, 1200 for a folder'),
  batchSize: z.int().min(8).max(1024).default(32).describe('Real images, and samples, per training step'),
  latentSize: z.int().min(2).max(512).default(32).describe('Length of the noise vector that a sample is made from'),
  width: z
    .int()
    .min(4)
    .max(256)
    .default(16)
    .describe('Channels of the 14×14 layers; the 7×7 layers have twice as many'),
  objective: z
    .enum(['gan', 'gan-r1', 'wgan-gp'])
    .default('gan')
    .describe(
      'gan: real or made?; gan-r1: the same, flat at real images, which steadies it; wgan-gp: a critic whose slope is held near 1',
    ),
  criticSteps: z
    .int()
    .min(1)
    .max(20)
    .optional()
    .describe('Discriminator steps per generator step; default: 3 for wgan-gp, else 1'),
  gradientPenalty: z
    .number()
    .min(0)
    .max(1000)
    .optional()
    .describe('Weight of the slope in wgan-gp and gan-r1; default: 10 and 0.1'),
  augment: z
    .enum(['none', 'diffaugment'])
    .default('none')
    .describe(
      'diffaugment: the discriminator sees images in other light, shifted and cut, so it can’t learn few by heart. For some ' +
        'tens of images per category and thousands of steps; it harms short trainings, and those on many images',
    ),
  generatorLearningRate: rate.default(0.001).describe("Adam's learning rate of the generator"),
  discriminatorLearningRate: rate.default(0.001).describe("Adam's learning rate of the discriminator"),
  averaging: z
    .number()
    .min(0)
    .lt(1)
    .optional()
    .describe(
      'Samples come from a moving average of the generator with this decay per step (0 = its last weights); ' +
        'default: 0.99 for silhouettes, 0.995 for a folder',
    ),
  labelSmoothing: z
    .number()
    .min(0)
    .lt(0.5)
    .default(0.1)
    .describe('The discriminator aims at 1 minus this for real images'),
  categoryWeight: z
    .number()
    .min(0)
    .max(10)
    .default(0.2)
    .describe('Weight of the loss by which the discriminator also names categories, and samples must show theirs'),
  classifierSteps: z
    .int()
    .min(1)
    .max(100_000)
    .optional()
    .describe('Training steps of the perception model and of the judge; default: 80 for silhouettes, 300 for a folder'),
  variety: z
    .int()
    .min(2)
    .max(64)
    .optional()
    .describe('Also say what a collapsed generator costs: with 1, 2, 4… up to so many distinct images per category'),
  styles: z
    .array(z.enum(STYLES))
    .min(1)
    .refine((all) => new Set(all).size === all.length, 'one of them stands twice; name each once')
    .optional()
    .describe(
      'Show every image in each of these manners, by neural style transfer, for instance one per segment; plain: as drawn',
    ),
  composite: compositeSchema
    .optional()
    .describe(
      'Put every image into each combination of template, background, badge and headline: each is an action, and agents see its elements',
    ),
  measured: z
    .boolean()
    .optional()
    .describe(
      'false: models and agents are not told what is measured on pixels and headlines, which is what the market’s users respond to; default true',
    ),
  encoder: encoderSchema
    .optional()
    .describe(
      'In each seed learn from the log’s clicks to write a creative’s pixels, headline and category as a few numbers, and tell them to models and agents',
    ),
  earlySteps: z
    .int()
    .min(1)
    .optional()
    .describe('With variety: also with images of the same generator stopped after so many steps, fewer than `steps`'),
  guidance: guidanceSchema
    .optional()
    .describe('In each seed’s world also choose images by a predictor learned from clicks, and say what that is worth'),
});

export const creativesSchema: z.ZodType<CreativesConfig, CreativesInput> = written.transform((config) => {
  const usual = config.images === 'silhouettes' ? TRAINING.silhouettes : TRAINING.folder;
  const { steps = usual.steps, averaging = usual.averaging, classifierSteps = usual.classifierSteps } = config;
  const critic =
    config.objective === 'wgan-gp' ? { criticSteps: 3, gradientPenalty: 10 } : { criticSteps: 1, gradientPenalty: 0.1 };
  const { criticSteps = critic.criticSteps, gradientPenalty = critic.gradientPenalty } = config;
  return { ...config, steps, averaging, classifierSteps, criticSteps, gradientPenalty };
});

/** What the creatives of a config differ in beside their image; the last factor changes fastest. */
export function creativeFactors({ styles, composite }: Pick<CreativesConfig, 'styles' | 'composite'>): Factor[] {
  return [...(styles ? [{ name: 'style', levels: styles }] : []), ...(composite ? compositeFactors(composite) : [])];
}
