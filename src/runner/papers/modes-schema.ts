/** What a paper may say of the modes that a generator of points finds. */
import { z } from 'zod';
import { expectation } from './expectation.ts';

const measure = z.enum(['found', 'well-found', 'near']);

export const modesSchema = z.strictObject({
  kind: z.literal('modes'),
  title: z.string(),
  mixture: z.enum(['ring', 'grid']),
  deviation: z
    .number()
    .positive()
    .describe('Of each coordinate in a cloud; the ring has radius 2, the grid steps of 2'),
  generators: z
    .array(
      z.strictObject({
        name: z.string(),
        objective: z.enum(['gan', 'gan-r1', 'wgan-gp']),
        gradientPenalty: z.number().min(0).default(0),
        criticSteps: z.int().min(1).default(1),
        labelSmoothing: z.number().min(0).lt(0.5).default(0),
        averaging: z.number().min(0).lt(1).default(0),
        learningRate: z.number().positive().default(1e-3).describe('Of both networks'),
        batchSize: z.int().min(1).default(128),
        steps: z.int().min(1),
        runs: z.int().min(0).describe('0 leaves the generator to --full'),
        fullRuns: z.int().min(1),
        checks: z.array(z.strictObject({ what: measure, ...expectation })).min(1),
      }),
    )
    .min(1),
  ascending: z
    .array(z.strictObject({ what: measure, order: z.array(z.string()).min(2) }))
    .default([])
    .describe('Generators by rising mean of a measure; judged where all of them are run'),
});

export type ModesStudy = z.infer<typeof modesSchema>;
