/** Which settings to try: a grid, draws, or draws of which the worse half is dropped again and again. */
import { z } from 'zod';
import type { Random } from '../core/random.ts';

const value = z.union([z.number(), z.string(), z.boolean()]);

const rangeSchema = z.strictObject({
  agent: z.string().min(1).describe('Name (or kind) of the agent whose key this is'),
  key: z.string().min(1).describe('One of its parameters'),
  values: z.array(value).min(1).max(100).optional().describe('Values to try; for a grid, or to draw from'),
  between: z.tuple([z.number(), z.number()]).optional().describe('Least and greatest value to draw; not for a grid'),
  scale: z
    .enum(['linear', 'log', 'integer'])
    .default('linear')
    .describe('How values between two are drawn: evenly (default), evenly in their logarithm, or as whole numbers'),
});

export const sweepSchema = z.strictObject({
  method: z
    .enum(['grid', 'random', 'halving'])
    .default('grid')
    .describe(
      'grid: all combinations (default); random: so many draws; halving: draws on few requests, of which the better third goes on ' +
        'with three times as many, until one is left (Jamieson & Talwalkar 2016)',
    ),
  over: z.array(rangeSchema).min(1).max(50).describe('What to vary; keys of one agent are combined'),
  trials: z.int().min(2).max(1000).default(9).describe('Settings drawn per agent, for random and halving; default 9'),
  seeds: z
    .int()
    .min(1)
    .max(1000)
    .default(5)
    .describe('Tuning seeds, named tune-1, tune-2, …: none of the reported ones; default 5'),
  requests: z.int().min(1).optional().describe('Requests of a trial; default: a quarter of `requests`'),
});

export type Sweep = z.infer<typeof sweepSchema>;
export type SweepRange = z.infer<typeof rangeSchema>;

/** Values by key. */
export type Settings = Readonly<Record<string, number | string | boolean>>;

/** The settings to try for one agent's ranges; drawn ones are a pure function of `random`. */
export function settingsOf({ method, trials }: Sweep, ranges: readonly SweepRange[], random: Random): Settings[] {
  if (method === 'grid') {
    return ranges.reduce<Settings[]>(
      (combined, { key, values = [] }) => combined.flatMap((one) => values.map((each) => ({ ...one, [key]: each }))),
      [{}],
    );
  }
  const drawnOnes = Array.from({ length: trials }, (_, trial) =>
    Object.fromEntries(ranges.map((range, r) => [range.key, drawn(range, random.uniform(trial, r))])),
  );
  return [...new Map(drawnOnes.map((one) => [JSON.stringify(one), one])).values()]; // none twice
}

function drawn({ values, between, scale }: SweepRange, u: number): number | string | boolean {
  if (values) return values[Math.floor(u * values.length)];
  const [low, high] = between ?? [0, 0];
  if (scale === 'integer') return Math.floor(low + u * (high - low + 1));
  const at = scale === 'log' ? Math.exp(Math.log(low) + u * Math.log(high / low)) : low + u * (high - low);
  return Number(at.toPrecision(4));
}

/** A round of trials: these candidates, on so many requests each. */
export interface Round {
  requests: number;
  /** How many go on to the next round. */
  keep: number;
}

const THIRD = 3;

/** The rounds of a method over n candidates: one, or with halving as many as it takes for the last to have all requests. */
export function roundsOf(method: Sweep['method'], candidates: number, requests: number): Round[] {
  if (method !== 'halving') return [{ requests, keep: 1 }];
  const rounds: Round[] = [];
  for (let left = candidates; left > 1; left = Math.ceil(left / THIRD))
    rounds.push({ requests: 0, keep: Math.ceil(left / THIRD) });
  let share = requests;
  for (let r = rounds.length - 1; r >= 0; r--) {
    rounds[r].requests = Math.max(1, Math.round(share));
    share /= THIRD;
  }
  return rounds;
}
