/** What a file for `adsim ope-benchmark` may say: on which logs of known truth which estimators are judged. */
import { z } from 'zod';
import { worldSchema } from '../../env/config.ts';
import { ESTIMATORS, opeSchema } from '../../ope/registry.ts';
import type { EstimatorInput } from '../../ope/registry.ts';

const name = z.string().min(1).describe('What the report calls it');
const rows = z.int().min(20).max(10_000_000);
const sharpness = z.array(z.number().min(-50).max(50)).min(2);

const softened = {
  trust: z.number().min(0).max(1).describe('How often its classifier is believed; else any class'),
  classifier: z.enum(['logistic', 'nearest-mean']).default('logistic').describe('What it believes'),
  l2: z.number().positive().default(0.01).describe('Penalty of the logistic regression; heavy ones make it know less'),
};

const marketSchema = z.strictObject({
  kind: z.literal('market').describe('A simulated market: a preset, and whatever differs from it'),
  name,
  world: worldSchema,
  requests: rows.default(2000).describe('Requests that are played; rows are those shown an ad'),
  behaviour: z.number().min(0).max(10).default(0.5).describe('How sharply the policy that logs prefers; 0: even odds'),
  bidUsd: z.number().min(0).default(0.012).describe('What every policy bids where impressions are auctioned'),
  sharpness: sharpness.default([0.5, 1, 1, 1.5, 2]).describe('A candidate of its own taste for each'),
});

const classifiedSchema = z.strictObject({
  kind: z.literal('classified').describe('Classified rows as a bandit: the right class pays 1'),
  name,
  file: z.string().min(1).describe('ARFF, or columns parted by spaces; below --data'),
  logged: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.7)
    .describe('Share of rows that the log is made of; classifiers learn from the rest'),
  rows: rows.optional().describe('At most so many rows of the file'),
  behaviour: z.strictObject(softened).prefault({ trust: 0.4 }),
  candidates: z
    .array(z.strictObject({ name, ...softened }))
    .min(2)
    .prefault([
      { name: 'logistic', trust: 0.9 },
      { name: 'penalised', trust: 0.9, l2: 1000 },
      { name: 'nearest mean', trust: 0.9, classifier: 'nearest-mean' },
      { name: 'half trusted', trust: 0.5 },
      { name: 'even', trust: 0 },
    ]),
});

const syntheticSchema = z.strictObject({
  kind: z.literal('obp-synthetic').describe("Open Bandit Pipeline's synthetic design"),
  name,
  actions: z.int().min(2).max(10_000).default(10),
  context: z.int().min(1).max(1000).default(5).describe('Columns of the context'),
  rows: rows.default(2000),
  beta: z.number().min(-50).max(50).default(-3).describe('Behaviour policy: softmax of β · click rate'),
  sharpness: sharpness.default([1, 3, 10, -3, -10]).describe('A candidate for each, of one taught classifier'),
});

const { estimators: opeEstimators, level, folds } = (opeSchema as unknown as z.ZodObject<z.ZodRawShape>).shape;

/** Everything but the worlds has a default. */
export const benchmarkSchema: z.ZodType<BenchmarkConfig> = z
  .strictObject({
    name: z
      .string()
      .regex(/^[\w.-]+$/u, 'wants letters, digits, dots and dashes')
      .describe('Names the results folder'),
    question: z.string().default('Which estimators can be trusted, and where do they break?'),
    seeds: z.int().min(2).max(100_000).default(50).describe('Logs of each world'),
    estimators: (opeEstimators as z.ZodType)
      .prefault(ESTIMATORS.map((one) => one.name))
      .describe('Estimators, by name or as { kind, parameter }; default: all'),
    level: level as z.ZodType,
    folds: folds as z.ZodType,
    top: z.array(z.int().min(1)).min(1).default([1, 3]).describe('k of regret@k and SharpeRatio@k'),
    tolerance: z
      .number()
      .positive()
      .default(0.2)
      .describe('Relative error up to which the area under the curve of squared errors is taken'),
    worlds: z.array(z.discriminatedUnion('kind', [marketSchema, classifiedSchema, syntheticSchema])).min(1),
  })
  .superRefine(({ worlds }, context) => {
    const names = worlds.map((world) => world.name);
    names.forEach((one, w) => {
      if (names.indexOf(one) < w) {
        context.addIssue({
          code: 'custom',
          path: ['worlds', w, 'name'],
          message: `there is another "${one}"; name each once`,
        });
      }
    });
  }) as unknown as z.ZodType<BenchmarkConfig>;

export type BenchmarkWorld =
  | z.infer<typeof marketSchema>
  | z.infer<typeof classifiedSchema>
  | z.infer<typeof syntheticSchema>;

/** A benchmark, defaults filled in. */
export interface BenchmarkConfig {
  name: string;
  question: string;
  seeds: number;
  estimators: EstimatorInput[];
  level: number;
  folds: number;
  top: number[];
  tolerance: number;
  worlds: BenchmarkWorld[];
}
