/** The estimators by name, and the `ope` section of a config. */
import { z } from 'zod';
import type { Estimator } from '../core/contracts.ts';
import { InputError } from '../core/errors.ts';
import { dm } from './estimators/dm.ts';
import { dr } from './estimators/dr.ts';
import { ips } from './estimators/ips.ts';
import { snips } from './estimators/snips.ts';

export interface EstimatorEntry {
  name: string;
  /** What it is, in a sentence. */
  summary: string;
  reference: string;
  make: () => Estimator;
}

export const ESTIMATORS: readonly EstimatorEntry[] = [
  {
    name: 'ips',
    summary: 'Inverse propensity scoring: rewards weighted by how much likelier the evaluated policy takes the action.',
    reference: 'Horvitz & Thompson 1952; Strehl et al. 2010',
    make: ips,
  },
  {
    name: 'snips',
    summary: 'Self-normalised IPS: the same divided by the mean weight; less noisy, slightly biased.',
    reference: 'Swaminathan & Joachims 2015',
    make: snips,
  },
  {
    name: 'dm',
    summary: 'Direct method: what a reward model expects of the evaluated policy; as wrong as the model.',
    reference: 'Beygelzimer & Langford 2009',
    make: dm,
  },
  {
    name: 'dr',
    summary: 'Doubly robust: the direct method corrected by the weighted error of its model.',
    reference: 'Dudík, Langford & Li 2011',
    make: dr,
  },
];

const NAMES = ESTIMATORS.map((e) => e.name);

/** The estimators of these names, in this order. Throws `InputError` on a name that there is not. */
export function createEstimators(names: readonly string[]): Estimator[] {
  return names.map((name) => {
    const entry = ESTIMATORS.find((e) => e.name === name);
    if (!entry) throw new InputError(`There is no estimator "${name}"; the estimators are: ${NAMES.join(', ')}.`);
    return entry.make();
  });
}

/** Off-policy evaluation, as a config says it, defaults filled in. */
export interface OpeConfig {
  estimators: string[];
  /** Nominal level of the intervals. */
  level: number;
  /** Folds of cross-fitting. */
  folds: number;
  /** Small worlds to measure the intervals' coverage on. */
  coverage: CoverageConfig | false;
}

export interface CoverageConfig {
  worlds: number;
  /** Rows of each small world's log. */
  rows: number;
}

/** What may be written: every key has a default. */
export interface OpeInput {
  estimators?: string[] | undefined;
  level?: number | undefined;
  folds?: number | undefined;
  coverage?: CoverageInput | false | undefined;
}

export interface CoverageInput {
  worlds?: number | undefined;
  rows?: number | undefined;
}

const coverageSchema: z.ZodType<CoverageConfig, CoverageInput> = z
  .strictObject({
    worlds: z.int().min(1).max(100_000).default(500).describe('Small worlds per click rate, 1 to 100,000; default 500'),
    rows: z.int().min(20).max(1_000_000).default(500).describe("Rows of each small world's log; default 500"),
  })
  .describe('Measure how often DR intervals hold the truth, on small worlds where it is known');

export const opeSchema: z.ZodType<OpeConfig, OpeInput> = z
  .strictObject({
    estimators: z
      .array(z.enum(NAMES))
      .min(1)
      .default(NAMES)
      .describe(`Estimators; default: ${NAMES.join(', ')}`),
    level: z
      .number()
      .gte(0.5)
      .lt(1)
      .default(0.95)
      .describe('Nominal level of the intervals, in [0.5, 1); default 0.95'),
    folds: z.int().min(2).max(20).default(2).describe('Folds that the reward model is cross-fitted over; default 2'),
    coverage: z
      .union([z.literal(false), coverageSchema])
      .prefault({})
      .describe('How to measure the coverage of the intervals, or false'),
  })
  .describe("Off-policy evaluation of every agent on the behaviour policy's log");
