/** The estimators by name, and the `ope` section of a config. */
import { z } from 'zod';
import type { Estimator, Evidence } from '../core/contracts.ts';
import { InputError } from '../core/errors.ts';
import { ESTIMATORS } from './estimator-entries.ts';
import { errorScores, leastError } from './mse-bound.ts';
import { slopeCandidates, slopePick } from './slope.ts';

export { ESTIMATORS } from './estimator-entries.ts';
export type { EstimatorEntry, EstimatorParameter } from './estimator-entries.ts';

/** An estimator by name, or with its parameter: `{ kind: 'clipped-ips', max: 5 }`. */
export type EstimatorInput = string | { kind: string; [key: string]: number | string | undefined };

const NAMES = ESTIMATORS.map((e) => e.name);

/** What a config gets that names none. */
const USUAL = ['ips', 'snips', 'dm', 'dr'];

/** What a parameter may be set to instead of a number: how the log chooses it (`slope.ts`, `mse-bound.ts`). */
const CHOOSERS = ['slope', 'mse'] as const;

type Chooser = (typeof CHOOSERS)[number];

const isChooser = (value: unknown): value is Chooser => CHOOSERS.some((chooser) => chooser === value);

/** An estimator as a table prints it or a user types it: `IPS`, `switch-dr`, `dros slope`. Throws `InputError`. */
export function estimatorNamed(text: string): EstimatorInput {
  const [kind, chooser, ...more] = text.trim().toLowerCase().split(/\s+/u);
  const entry = ESTIMATORS.find(({ name }) => name === kind);
  if (!entry) throw new InputError(`there is no estimator "${text.trim()}"; the estimators are: ${NAMES.join(', ')}`);
  if (chooser === undefined) return kind;
  if (entry.parameter && isChooser(chooser) && more.length === 0) return { kind, [entry.parameter.key]: chooser };
  throw new InputError(
    entry.parameter
      ? `"${text.trim()}": behind ${kind} may stand ${CHOOSERS.join(' or ')}, by which the log chooses its ${entry.parameter.key}`
      : `"${text.trim()}": ${kind} has no parameter that could be chosen; write ${kind}`,
  );
}

/**
 * The estimators asked for, in this order; parameters left to SLOPE (`slope`) or to the bound of the error (`mse`) are
 * chosen by the evidence. Throws as `createEstimators`.
 */
export function chooseEstimators(wanted: readonly EstimatorInput[], evidence: Evidence): Estimator[] {
  return wanted.map((one) => {
    const entry = typeof one === 'string' ? undefined : ESTIMATORS.find((e) => e.name === one.kind);
    const { parameter, unshrunk } = entry ?? {};
    const chooser = typeof one !== 'string' && parameter ? one[parameter.key] : undefined;
    if (!entry || !parameter || !unshrunk || !isChooser(chooser)) return createEstimators([one])[0];
    const candidates = parameter.grid.map((value) => entry.make(value));
    const index =
      chooser === 'slope'
        ? slopePick(slopeCandidates(candidates, evidence))
        : leastError(errorScores(candidates, unshrunk(), evidence));
    return { ...candidates[index], name: `${entry.name} ${chooser}` };
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
            .union([z.number().min(parameter.min).max(parameter.max), z.enum(CHOOSERS)])
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
