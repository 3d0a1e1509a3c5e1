/** The files around an A/B test: its plan, its result, and the launch decision that it follows. */
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { InputError } from '../../core/errors.ts';
import type { AbArm, AbResult, AbTerms } from '../../ope/ab/check.ts';
import { loadConfig } from '../config-file.ts';

const rows = z.number().gt(0);
const share = z.number().gt(0).lt(1);

const planSchema = z.looseObject({
  kind: z.literal('ab-plan'),
  schemaVersion: z.literal(1),
  minLift: z.number(),
  risk: z.number().gt(0).lt(0.5),
  sides: z.union([z.literal(1), z.literal(2)]),
  allocation: share,
  looks: z.enum(['once', 'any-day']),
  rows: z.object({ total: rows, control: rows, treatment: rows }),
});

/** A plan of `adsim ab plan --json`. Throws `InputError`, as `loadConfig` does. */
export function readAbPlan(path: string): AbTerms {
  return loadConfig(path, planSchema).config;
}

const bounds = z.tuple([z.number(), z.number()]);
const decisionSchema = z.looseObject({
  kind: z.literal('launch'),
  schemaVersion: z.literal(1),
  verdict: z.enum(['launch', 'hold', 'no-go', 'cannot-tell']),
  candidate: z.string(),
  measure: z.enum(['relative', 'absolute']),
  minLift: z.number(),
  risk: z.number().gt(0).lt(0.5),
  power: share,
  rowsPerDay: z.number().gt(0).nullable(),
  baseline: z.looseObject({ value: z.number().nullable(), variance: z.number().gte(0), binary: z.boolean() }),
  candidates: z
    .array(
      z.looseObject({
        name: z.string(),
        lift: z.number().nullable(),
        interval: bounds.nullable(),
        standardError: z.number().nullable(),
      }),
    )
    .min(1),
});

/** What of a launch decision an A/B test goes by. */
export type ReadDecision = z.infer<typeof decisionSchema>;

/** A decision of `adsim launch --json`. Throws `InputError`, as `loadConfig` does. */
export function readLaunchDecision(path: string): ReadDecision {
  return loadConfig(path, decisionSchema).config;
}

const armSchema = z.union([
  z.strictObject({ rows, conversions: z.number() }),
  z.strictObject({ rows, sum: z.number(), squares: z.number() }),
  z.strictObject({ rows, mean: z.number(), sd: z.number().gte(0) }),
]);
const resultSchema = z.strictObject({ control: armSchema, treatment: armSchema });

/**
 * What a test came to. JSON or YAML: `control` and `treatment`, each with rows and conversions, or rows, mean and sd, or
 * rows, sum and squares. CSV: a line for each arm, under a heading of `arm` and the same names. Throws `InputError`.
 */
export function readAbResult(path: string): AbResult {
  if (!/\.csv$/iu.test(path)) {
    const { control, treatment } = loadConfig(path, resultSchema).config;
    return { control: armOf(control), treatment: armOf(treatment) };
  }
  const arms = csvArms(path);
  const arm = (name: string): AbArm => {
    const line = arms.find((one) => one['arm'] === name);
    if (!line)
      throw new InputError(`${path}: there is no line for the arm "${name}"; there must be control and treatment`);
    const numbers = Object.fromEntries(
      Object.entries(line)
        .filter(([key]) => key !== 'arm')
        .map(([key, text]) => [key, text.trim() === '' ? NaN : Number(text)]),
    );
    const read = armSchema.safeParse(numbers);
    if (!read.success) {
      throw new InputError(
        `${path}: the line of ${name} is not rows,conversions or rows,mean,sd or rows,sum,squares as numbers; write arm,rows,conversions`,
      );
    }
    return armOf(read.data);
  };
  return { control: arm('control'), treatment: arm('treatment') };
}

function csvArms(path: string): Record<string, string>[] {
  try {
    return parse(readFileSync(path), { columns: true, bom: true, trim: true, skip_empty_lines: true });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new InputError(`${path}: no such file; check the path`);
    if (code?.startsWith('CSV_')) throw new InputError(`${path}: ${message}; write arm,rows,conversions and two lines`);
    throw error;
  }
}

function armOf(arm: z.infer<typeof armSchema>): AbArm {
  if ('conversions' in arm) return { rows: arm.rows, sum: arm.conversions };
  if ('sum' in arm) return { rows: arm.rows, sum: arm.sum, squares: arm.squares };
  // sd with n − 1, as every program prints it.
  const squares = arm.sd * arm.sd * (arm.rows - 1) + arm.rows * arm.mean * arm.mean;
  return { rows: arm.rows, sum: arm.rows * arm.mean, squares };
}
