/** What an experiment may say of the creative encoder. */
import { z } from 'zod';
import type { CreativeEncoderSettings } from './encoder.ts';

export interface EncoderConfig extends Required<CreativeEncoderSettings> {
  without: string[];
}

/** As written: every key may be left out. */
export type EncoderInput = { [K in keyof EncoderConfig]?: EncoderConfig[K] | undefined };

export const encoderSchema: z.ZodType<EncoderConfig, EncoderInput> = z.strictObject({
  dimensions: z.int().min(1).max(64).default(2).describe('Numbers that a creative becomes'),
  mostSteps: z
    .int()
    .min(1)
    .max(100_000)
    .default(400)
    .describe('Training steps at most; creatives held out say how many serve best'),
  decay: z.number().min(0).max(0.1).default(0.003).describe('Share of every weight that a step takes away'),
  without: z
    .array(z.string().min(1))
    .default([])
    .describe('Names of models and agents that are not told: to see beside the others what it brings'),
});
