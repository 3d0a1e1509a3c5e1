/** The estimators by name, and the `ope` section of a config. */
import { z } from 'zod';
import type { Estimator, Evidence } from '../core/contracts.ts';
import { InputError } from '../core/errors.ts';
import { dm } from './estimators/dm.ts';
import { dr } from './estimators/dr.ts';
import { ips } from './estimators/ips.ts';
import { replay } from './estimators/replay.ts';
import { clipped, optimistic, shrunkDr, shrunkIps, subGaussian, switched } from './estimators/shrunk.ts';
import { sndr } from './estimators/sndr.ts';
import { slopeCandidates, slopePick } from './slope.ts';
import { snips } from './estimators/snips.ts';
import { switching } from './estimators/switch.ts';

/** What an estimator may be told. */
export interface EstimatorParameter {
  key: string;
  default: number;
  min: number;
  max: number;
  describe: string;
  /** What SLOPE chooses from. */
  grid: readonly number[];
}

export interface EstimatorEntry {
  name: string;
  /** What it is, in a sentence. */
  summary: string;
  reference: string;
  parameter?: EstimatorParameter;
  /** `value` is the parameter's; its default where it is left out. */
  make: (value?: number) => Estimator;
}

/** An estimator by name, or with its parameter: `{ kind: 'clipped-ips', max: 5 }`. */
export type EstimatorInput = string | { kind: string; [key: string]: number | string | undefined };

/** Greatest weights to choose from. */
const WEIGHTS = [0.5, 1, 2, 5, 10, 20, 50, 100, Infinity];

const MAX: EstimatorParameter = {
  key: 'max',
  default: 10,
  min: 0,
  max: 1e9,
  describe: 'M: greatest weight; default 10; slope: chosen by the log',
  grid: WEIGHTS,
};
const THRESHOLD: EstimatorParameter = {
  key: 'threshold',
  default: 10,
  min: 0,
  max: 1e9,
  describe: 'τ: greatest weight that is still used; default 10; slope: chosen by the log',
  grid: WEIGHTS,
};
const OPTIMISTIC: EstimatorParameter = {
  key: 'lambda',
  default: 100,
  min: 0,
  max: 1e9,
  describe: 'λ: 0 is the direct method, large ones DR; default 100; slope: chosen by the log',
  grid: [0.1, 1, 5, 10, 50, 100, 1000, Infinity],
};
const SUB_GAUSSIAN: EstimatorParameter = {
  key: 'lambda',
  default: 0.01,
  min: 0,
  max: 1,
  describe: 'λ: 0 leaves weights alone, 1 makes all of them 1; default 0.01; slope: chosen by the log',
  grid: [0, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 0.9],
};

/** Estimators whose weights a rule makes smaller. */
function shrinking(
  name: string,
  summary: string,
  reference: string,
  parameter: EstimatorParameter,
  make: (value: number, name: string) => Estimator,
): EstimatorEntry {
  const named = (value: number): string => (value === parameter.default ? name : `${name} ${parameter.key} ${value}`);
  return { name, summary, reference, parameter, make: (value = parameter.default) => make(value, named(value)) };
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
  {
    name: 'sndr',
    summary: 'Self-normalised DR: its correction divided by the mean weight.',
    reference: 'Thomas & Brunskill 2016',
    make: sndr,
  },
  {
    name: 'replay',
    summary: 'Mean reward of the rows that the evaluated policy would have repeated; right under uniform logging only.',
    reference: 'Li, Chu, Langford & Wang 2011',
    make: replay,
  },
  shrinking(
    'clipped-ips',
    'IPS with weights of M at most: biased towards 0, far less noisy.',
    'Ionides 2008; Bottou et al. 2013',
    MAX,
    (most, name) => shrunkIps(name, clipped(most)),
  ),
  shrinking('clipped-dr', 'DR with weights of M at most.', 'Su et al. 2020', MAX, (most, name) =>
    shrunkDr(name, clipped(most)),
  ),
  shrinking(
    'switch-dr',
    'DR where the weight is at most τ, the direct method elsewhere.',
    'Wang, Agarwal & Dudík 2017',
    THRESHOLD,
    (threshold, name) => shrunkDr(name, switched(threshold)),
  ),
  shrinking(
    'switch',
    'IPS for actions whose weight is at most τ, the direct method for the others.',
    'Wang, Agarwal & Dudík 2017, eq. 7',
    THRESHOLD,
    (threshold, name) => switching(name, threshold),
  ),
  shrinking('dros', 'DR with optimistic shrinkage, λw / (w² + λ).', 'Su et al. 2020', OPTIMISTIC, (lambda, name) =>
    shrunkDr(name, optimistic(lambda)),
  ),
  shrinking(
    'sg-ips',
    'Sub-Gaussian IPS: weights w / (1 − λ + λw).',
    'Metelli, Russo & Restelli 2021',
    SUB_GAUSSIAN,
    (lambda, name) => shrunkIps(name, subGaussian(lambda)),
  ),
  shrinking(
    'sg-dr',
    'Sub-Gaussian DR: the same weights on the model’s error.',
    'Metelli, Russo & Restelli 2021',
    SUB_GAUSSIAN,
    (lambda, name) => shrunkDr(name, subGaussian(lambda)),
  ),
];

const NAMES = ESTIMATORS.map((e) => e.name);

/** What a config gets that names none. */
const USUAL = ['ips', 'snips', 'dm', 'dr'];

/** What a parameter may be set to instead of a number: `slope.ts` chooses it. */
const BY_SLOPE = 'slope';

/** The estimators asked for, in this order; parameters left to SLOPE are chosen by the evidence. Throws as `createEstimators`. */
export function chooseEstimators(wanted: readonly EstimatorInput[], evidence: Evidence): Estimator[] {
  return wanted.map((one) => {
    const entry = typeof one === 'string' ? undefined : ESTIMATORS.find((e) => e.name === one.kind);
    const { parameter } = entry ?? {};
    if (typeof one === 'string' || !entry || !parameter || one[parameter.key] !== BY_SLOPE)
      return createEstimators([one])[0];
    const candidates = parameter.grid.map((value) => entry.make(value));
    const chosen = candidates[slopePick(slopeCandidates(candidates, evidence))];
    return { ...chosen, name: `${entry.name} ${BY_SLOPE}` };
  });
}

/** The estimators asked for, in this order. Throws `InputError` on a name or a parameter that there is not, or out of range. */
export function createEstimators(wanted: readonly EstimatorInput[]): Estimator[] {
  return wanted.map((one) => {
    const { kind, ...given } = typeof one === 'string' ? { kind: one } : one;
    const entry = ESTIMATORS.find((e) => e.name === kind);
    if (!entry) throw new InputError(`There is no estimator "${kind}"; the estimators are: ${NAMES.join(', ')}.`);
    const { parameter } = entry;
    for (const [key, value] of Object.entries(given)) {
      if (key !== parameter?.key)
        throw new InputError(`estimator ${kind}: there is no "${key}"; it takes ${parameter?.key ?? 'nothing'}`);
      if (!(Number(value) >= parameter.min))
        throw new InputError(`estimator ${kind}: ${key} ${value} is below ${parameter.min}; ${parameter.describe}`);
      if (Number(value) > parameter.max && value !== Infinity)
        throw new InputError(`estimator ${kind}: ${key} ${value} is above ${parameter.max}; ${parameter.describe}`);
    }
    const value = parameter && given[parameter.key];
    return entry.make(value === undefined ? undefined : Number(value));
  });
}

const withParameter = ESTIMATORS.flatMap(({ name, parameter }) =>
  parameter
    ? [
        z.strictObject({
          kind: z.literal(name),
          [parameter.key]: z
            .union([z.number().min(parameter.min).max(parameter.max), z.literal(BY_SLOPE)])
            .optional()
            .describe(parameter.describe),
        }),
      ]
    : [],
);

/** One estimator in a config. */
const estimatorSchema = z.union([z.enum(NAMES), ...withParameter]) as unknown as z.ZodType<
  EstimatorInput,
  EstimatorInput
>;

/** Off-policy evaluation, as a config says it, defaults filled in. */
export interface OpeConfig {
  estimators: EstimatorInput[];
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
  estimators?: EstimatorInput[] | undefined;
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
      .array(estimatorSchema)
      .min(1)
      .default(USUAL)
      .describe(
        `Estimators, by name or as { kind, parameter }; default: ${USUAL.join(', ')}; there are ${NAMES.join(', ')}`,
      ),
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
