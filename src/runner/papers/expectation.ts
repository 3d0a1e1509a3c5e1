/** What another source says of a number, and how near ours must come: the keys that every check has. */
import { z } from 'zod';

export const expectation = {
  expect: z.number().optional().describe('The value of the source'),
  error: z.number().min(0).optional().describe('Its standard error: |ours − it| ≤ 4·√(both errors²) passes'),
  within: z
    .number()
    .min(0)
    .optional()
    .describe('Tolerance beside 4 standard errors of ours; default: 1e-9 of the value'),
  share: z.number().positive().optional().describe('Tolerance as a share of the value, and nothing beside it'),
  factor: z.number().min(1).optional().describe('Passes between value / factor and value · factor, instead'),
  atLeast: z.number().optional().describe('Passes where ours is at least this, instead of a value'),
  atMost: z.number().optional().describe('Passes where ours is at most this, instead of a value'),
  note: z.string().optional().describe('What else is to be known of the row'),
  gate: z.boolean().default(true).describe('False: shown, but nothing hangs on it; `note` says why'),
};
