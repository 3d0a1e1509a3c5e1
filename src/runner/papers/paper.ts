/** What a file of experiments/papers may say: what to run, and what somebody else found. */
import { z } from 'zod';
import { agentSchema } from '../../agents/registry.ts';
import { classicSchema, tableName } from '../../env/classic/registry.ts';
import { expectation } from './expectation.ts';
import { mipsSchema } from './mips-schema.ts';
import { modesSchema } from './modes-schema.ts';

const range = { from: z.int().min(1).optional(), to: z.int().min(1).optional() };

/** What is measured of one run. */
const measureSchema = z.discriminatedUnion('measure', [
  z.strictObject({ measure: z.literal('regret').describe('Σ best − chosen expected reward'), ...expectation }),
  z.strictObject({
    measure: z.literal('slope').describe('Regret per e-fold of time over the last nine tenths'),
    ...expectation,
  }),
  z.strictObject({ measure: z.literal('reward').describe('Mean reward of requests'), ...range, ...expectation }),
  z.strictObject({ measure: z.literal('best').describe('Share that took the best action'), ...range, ...expectation }),
  z.strictObject({ measure: z.literal('return').describe('Mean return of sessions'), ...range, ...expectation }),
  z.strictObject({
    measure: z.literal('final-return').describe('Mean return of the last so many sessions'),
    last: z.int().min(1),
    ...expectation,
  }),
  z.strictObject({ measure: z.literal('sessions').describe('How many sessions ended'), ...expectation }),
  z.strictObject({
    measure: z.literal('first-action').describe('Share of sessions that began with an action'),
    action: z.int().min(0),
    peak: z.boolean().default(false).describe('The highest share of any session, over the runs'),
    ...range,
    ...expectation,
  }),
  z.strictObject({
    measure: z.literal('greedy-return').describe('Return of one session after learning, without exploration'),
    ...expectation,
  }),
  z.strictObject({
    measure: z.literal('value-error').describe('RMS error of a table over its states, after so many sessions'),
    after: z.int().min(0),
    truth: z.array(z.number()).min(1),
    ...expectation,
  }),
]);

export type CheckConfig = z.infer<typeof measureSchema>;

const playSchema = z.strictObject({
  agent: agentSchema,
  runs: z.int().min(0).optional().describe('Instead of the study’s'),
  fullRuns: z.int().min(1).optional(),
  checks: z.array(measureSchema).min(1),
});

/** Agents in a small world. */
const playsSchema = z.strictObject({
  kind: z.literal('play'),
  title: z.string(),
  world: classicSchema,
  lanes: z.int().min(1).default(1).describe('Sessions side by side: agents learn after so many requests'),
  feedbackEvery: z
    .int()
    .min(1)
    .default(1)
    .describe('Ticks after which what they brought becomes known, all at once; replaced ads are known at once'),
  requests: z.int().min(1).optional().describe('Requests of a run'),
  sessions: z.int().min(1).optional().describe('Sessions of a run, instead of requests'),
  runs: z.int().min(0).describe('Runs in the short form; 0 leaves the study to --full'),
  fullRuns: z.int().min(1).describe('Runs in the full form'),
  plays: z.array(playSchema).min(1),
  ascending: z
    .array(z.string())
    .min(2)
    .optional()
    .describe('Agents by name whose first check must ascend in this order'),
});

/** Numbers without chance. */
const factSchema = z.discriminatedUnion('fact', [
  z.strictObject({ fact: z.literal('lai-robbins'), title: z.string(), rates: z.array(z.number()), ...expectation }),
  z.strictObject({
    fact: z.literal('random'),
    title: z.string(),
    generator: z.enum(['threefry2x32', 'philox4x32']),
    counter: z.array(z.string()),
    key: z.array(z.string()),
    words: z.string().describe('Hexadecimal words that must come out'),
  }),
  z.strictObject({
    fact: z.literal('interquartile-mean'),
    title: z.string(),
    values: z.array(z.number()),
    ...expectation,
  }),
  z.strictObject({
    fact: z.literal('improvement'),
    title: z.string(),
    x: z.array(z.number()),
    y: z.array(z.number()),
    ...expectation,
  }),
  z.strictObject({
    fact: z.literal('even-policy-value'),
    title: z.string(),
    table: tableName,
    state: z.int().min(0),
    ...expectation,
  }),
  z.strictObject({
    fact: z.literal('down-sampling').describe('Odds of a model that saw this share of the negatives, corrected'),
    title: z.string(),
    odds: z.number().min(0).max(1),
    negativeRate: z.number().positive(),
    ...expectation,
  }),
  z.strictObject({ fact: z.literal('shortest-path'), title: z.string(), table: tableName, ...expectation }),
]);

export type FactConfig = z.infer<typeof factSchema>;

const factsSchema = z.strictObject({ kind: z.literal('facts'), facts: z.array(factSchema).min(1) });

/** Agents on data sets of classification, turned into bandits: the right class pays 1. */
const bakeOffSchema = z.strictObject({
  kind: z.literal('bake-off'),
  title: z.string(),
  folder: z.string().describe('Below the data folder'),
  files: z.array(z.string()).min(1),
  rows: z.int().min(100).describe('At most so many rows of each set, in the short form'),
  fullRows: z.int().min(100),
  runs: z.int().min(1),
  fullRuns: z.int().min(1),
  agents: z.array(agentSchema).min(2),
  claims: z
    .array(
      z.strictObject({
        claim: z.string(),
        better: z.string(),
        than: z.string(),
        by: z.enum(['wins', 'most']).describe('No fewer significant wins than losses, or better on most sets'),
      }),
    )
    .min(1),
});

const softenedSchema = z.strictObject({
  trust: z.number().min(0).max(1).describe('How often its classifier is believed; else any class'),
  classifier: z.enum(['logistic', 'nearest-mean']).default('logistic'),
  l2: z.number().positive().default(0.01).describe('Penalty of the logistic regression; 0.01 is C = 100'),
});

/** Estimators on logs of known truth, of one candidate policy each. */
const estimatorsSchema = z.strictObject({
  kind: z.literal('estimators'),
  title: z.string(),
  design: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('obp-synthetic'),
      actions: z.int().min(2),
      context: z.int().min(1),
      rows: z.int().min(10),
      beta: z.number(),
    }),
    z.strictObject({
      kind: z.literal('classified'),
      file: z.string().describe('Below the data folder'),
      lastRows: z.int().min(10).optional().describe('Only so many of its rows, from the end'),
      logged: z.number().gt(0).lt(1),
      behaviour: softenedSchema,
      candidate: softenedSchema,
    }),
    z.strictObject({
      kind: z.literal('open-bandit').describe('Resamples of a log; the candidate is Thompson sampling from a prior'),
      log: z.string().describe('Below the data folder, as the other files'),
      onPolicy: z.string().describe('The candidate’s own log: its mean click rate is taken for the truth'),
      prior: z.string(),
      campaign: z.string(),
      actions: z.int().min(2),
    }),
  ]),
  folds: z.int().min(2).default(3),
  runs: z.int().min(2),
  fullRuns: z.int().min(2),
  tuned: z.array(z.string()).default([]).describe('Estimators whose parameter SLOPE picks from OBP’s grid'),
  checks: z.array(z.strictObject({ estimator: z.string(), ...expectation })).min(1),
  order: z
    .array(
      z.strictObject({
        larger: z.string(),
        than: z.array(z.string()).min(1),
        times: z.number().positive().default(1),
        note: z.string().optional(),
        gate: z.boolean().default(true),
      }),
    )
    .default([])
    .describe('Mean errors that must be larger than others'),
});

const odds = z.array(z.number().gt(0)).min(2);

const coverageSettingSchema = z.strictObject({
  title: z.string(),
  base: z.number().min(0).max(1).describe('Click rate of the middle action'),
  rows: z.int().min(2),
  behaviour: odds,
  evaluation: odds,
  checks: z
    .array(
      z.strictObject({
        rule: z.enum(['ips-normal', 'snips-delta', 'snips-obp', 'eb-sample-max', 'eb-true-max']),
        measure: z.enum(['coverage', 'width']).default('coverage'),
        ...expectation,
      }),
    )
    .min(1),
});

/** How often intervals hold the truth. */
const coverageSchema = z.strictObject({
  kind: z.literal('coverage'),
  title: z.string(),
  level: z.number().gt(0).lt(1).default(0.95),
  repetitions: z.int().min(2),
  settings: z.array(coverageSettingSchema).min(1),
});

/** Logs in the layout of the Open Bandit Dataset. */
const openBanditSchema = z.strictObject({
  kind: z.literal('open-bandit'),
  title: z.string(),
  logs: z
    .array(
      z.strictObject({
        file: z.string().describe('Below the data folder'),
        checks: z
          .array(
            z.strictObject({
              what: z.enum([
                'rows',
                'clicks',
                'items',
                'smallest-propensity',
                'uniform-by-ips',
                'uniform-by-snips',
                'effective-sample-size',
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

export const paperSchema = z.strictObject({
  id: z.string().min(1),
  title: z.string().min(1),
  source: z.string().min(1).describe('Who found it, and where'),
  studies: z
    .array(
      z.discriminatedUnion('kind', [
        playsSchema,
        factsSchema,
        bakeOffSchema,
        estimatorsSchema,
        coverageSchema,
        mipsSchema,
        modesSchema,
        openBanditSchema,
      ]),
    )
    .min(1),
});

export type Paper = z.infer<typeof paperSchema>;
export type PlayStudy = z.infer<typeof playsSchema>;
export type Play = z.infer<typeof playSchema>;
export type FactStudy = z.infer<typeof factsSchema>;
export type BakeOffStudy = z.infer<typeof bakeOffSchema>;
export type EstimatorStudy = z.infer<typeof estimatorsSchema>;
export type CoverageStudy = z.infer<typeof coverageSchema>;
export type CoverageSettingConfig = z.infer<typeof coverageSettingSchema>;
export type OpenBanditStudy = z.infer<typeof openBanditSchema>;
