/** What a paper may say of marginalised IPS where actions are many. */
import { z } from 'zod';
import { expectation } from './expectation.ts';

export const mipsSchema = z.strictObject({
  kind: z.literal('mips'),
  title: z.string(),
  rows: z.int().min(10),
  spread: z.number().positive().default(1).describe('How far apart categories are in worth; the design’s is 1'),
  settings: z
    .array(
      z.strictObject({
        actions: z.int().min(2),
        runs: z.int().min(0).describe('0 leaves the setting to --full'),
        fullRuns: z.int().min(2),
        checks: z
          .array(
            z.strictObject({
              what: z.enum([
                'ips-mse',
                'snips-mse',
                'mips-mse',
                'product-mse',
                'ips-bias',
                'mips-bias',
                'product-bias',
                'product-bias-in-errors',
                'ips-over-mips-mse',
                'largest-weight',
              ]),
              ...expectation,
            }),
          )
          .min(1),
      }),
    )
    .min(1),
});

export type MipsStudy = z.infer<typeof mipsSchema>;
