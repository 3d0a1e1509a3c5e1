/** What a world is made of: every key of the config, with its unit, and a preset completed by overrides. */
import { z } from 'zod';
import { HEADLINE_NAMES } from '../core/contracts.ts';
import { InputError } from '../core/errors.ts';
import { PRESET_NAMES, presetConfig } from './presets.ts';
import type { PresetName } from './presets.ts';

/** Weights w_h of the headline's features in the click logit, one per column of `Creatives.headline`. */
export type HeadlineWeights = Record<(typeof HEADLINE_NAMES)[number], number>;

/** A world with every default written out. Units and meanings: see `worldSchema`. */
export interface WorldConfig {
  preset: PresetName;
  users: number;
  lanes: number;
  requestsPerHour: number;
  categories: number;
  reward: 'click' | 'profit';
  baseCtr: number;
  costPerImpressionUsd: number;
  population: { segments: number; latentDimensions: number; noise: number; activityShape: number };
  behaviour: { eventsPerUser: number; temperature: number; halfLifeHours: number };
  response: {
    interestWeight: number;
    productNoise: number;
    recognisabilityWeight: number;
    styleWeight: number;
    headlineWeights: HeadlineWeights;
    hourAmplitude: number;
  };
  fatigue: { weight: number; weightAll: number; halfLifeHours: number };
  sessions: {
    leaveLogit: number;
    satisfactionCoupling: number;
    satisfactionMemory: number;
    pushyAnnoyance: number;
    repeatAnnoyance: number;
    horizonRequests: number;
    sessionFeatures: boolean;
  };
  conversion: {
    logit: number;
    interestWeight: number;
    priceSensitivity: number;
    priceSpread: number;
    marginShare: number;
  };
}

type Section = 'population' | 'behaviour' | 'fatigue' | 'sessions' | 'conversion';
type Overridable<T> = { [K in keyof T]?: T[K] | undefined };

/** A preset and whatever differs from it. */
export type WorldInput = Overridable<Omit<WorldConfig, Section | 'response'>> & {
  [S in Section]?: Overridable<WorldConfig[S]> | undefined;
} & {
  response?:
    | (Overridable<Omit<WorldConfig['response'], 'headlineWeights'>> & {
        headlineWeights?: Overridable<HeadlineWeights> | undefined;
      })
    | undefined;
};

const whole = (low: number, high: number): z.ZodNumber => z.int().min(low).max(high);
const positive = (high: number): z.ZodNumber => z.number().positive().max(high);
/** Below a thousandth, hours and rates only overflow. */
const sizeable = (high: number): z.ZodNumber => z.number().min(1e-3).max(high);
const from0 = (high: number): z.ZodNumber => z.number().min(0).max(high);
const between = (low: number, high: number): z.ZodNumber => z.number().min(low).max(high);

const population = z.strictObject({
  segments: whole(1, 64).describe('Groups of users with a taste in common [count]'),
  latentDimensions: whole(2, 64).describe('Dimensions of a user’s latent interest z [count]'),
  noise: from0(10).describe('σ_z: spread of latent interest around the mean of its segment [length per dimension]'),
  activityShape: positive(100).describe(
    'Shape of the Gamma distribution of users’ activity; smaller is heavier-tailed [1]',
  ),
});

const behaviour = z.strictObject({
  eventsPerUser: from0(1000).describe(
    'Mean number of browse, search, cart and purchase events before the episode [events]',
  ),
  temperature: positive(100).describe(
    'τ: events fall on categories as softmax(z·v / τ); larger says less of the interest [1]',
  ),
  halfLifeHours: sizeable(1e6).describe('Time in which an event counts half in the observed history [h]'),
});

const headlineWeights = z.strictObject(
  Object.fromEntries(
    HEADLINE_NAMES.map((name) => [
      name,
      between(-10, 10).describe(`Weight of the headline’s ${name} [logit]`).optional(),
    ]),
  ) as Record<(typeof HEADLINE_NAMES)[number], z.ZodOptional<z.ZodNumber>>,
);

const response = z.strictObject({
  interestWeight: between(-20, 20).describe(
    'α: weight of the match z·q of user and product in the click logit [logit]',
  ),
  productNoise: from0(10).describe(
    'σ_p: spread of products around the direction of their category [length per dimension]',
  ),
  recognisabilityWeight: from0(10).describe(
    'β: weight of log p(category | pixels), against real images [logit per nat]',
  ),
  styleWeight: from0(10).describe(
    'Standard deviation of the segments’ style weights w_s [logit per standardised feature]',
  ),
  headlineWeights: headlineWeights.describe('w_h: weights of the headline’s features [logit]'),
  hourAmplitude: from0(10).describe('Amplitude of the daily wave b_hour, highest at 20 h [logit]'),
});

const fatigue = z.strictObject({
  weight: from0(10).describe('γ: weight of log(1 + exposures of the user to the creative) [logit]'),
  weightAll: from0(10).describe('γ_all: weight of log(1 + all exposures of the user) [logit]'),
  halfLifeHours: sizeable(1e6).describe('h_f: time in which an exposure counts half [h]'),
});

const sessions = z.strictObject({
  leaveLogit: between(-20, 20).describe('Logit of leaving after a request at satisfaction 0 [logit]'),
  satisfactionCoupling: between(0, 100).describe(
    'How much a unit of satisfaction lowers the leave logit; 0: none [logit]',
  ),
  satisfactionMemory: between(0, 0.999).describe('Weight of the past in the moving average of satisfaction [share]'),
  pushyAnnoyance: from0(100).describe('Satisfaction lost by a headline with urgency and discount [satisfaction]'),
  repeatAnnoyance: from0(100).describe('Satisfaction lost by a creative already shown in the session [satisfaction]'),
  horizonRequests: whole(2, 4000).describe('A session is cut (truncated) after so many requests [requests]'),
  sessionFeatures: z.boolean().describe('Show the agent session-annoyance and last-click'),
});

const conversion = z.strictObject({
  logit: between(-20, 20).describe(
    'c_0: logit of a conversion given a click, at no match and the reference price [logit]',
  ),
  interestWeight: between(-20, 20).describe('κ: weight of the match z·q in the conversion logit [logit]'),
  priceSensitivity: from0(20).describe('ρ: weight of log(price / reference price) [logit]'),
  priceSpread: from0(2).describe('Spread of log prices within a category [1]'),
  marginShare: between(0, 1).describe('Profit share of the price [share]'),
});

/** The `world` part of a config: a preset and whatever differs from it. */
export const worldSchema: z.ZodType<WorldInput> = z.strictObject({
  preset: z.enum(PRESET_NAMES).optional().describe('Named world that fills in every key left out; default quiet'),
  users: whole(1, 100_000_000).optional().describe('Number of users [count]'),
  lanes: whole(1, 65_536).optional().describe('n: sessions that run side by side; size of a tick [count]'),
  requestsPerHour: sizeable(1e9).optional().describe('Requests per simulated hour, over all lanes [1/h]'),
  categories: whole(1, 10).optional().describe('Product categories in use [count]'),
  reward: z.enum(['click', 'profit']).optional().describe('What is maximised: clicks, or margin minus cost [USD]'),
  baseCtr: between(0.0001, 0.5)
    .optional()
    .describe(
      'Mean click rate of a uniform choice if every creative were an average real image, without fatigue [share]',
    ),
  costPerImpressionUsd: from0(1000).optional().describe('Price of an impression [USD]'),
  population: population.partial().optional().describe('Who the users are'),
  behaviour: behaviour.partial().optional().describe('What they did before, which the agent may see'),
  response: response.partial().optional().describe('When they click'),
  fatigue: fatigue.partial().optional().describe('How they tire of creatives'),
  sessions: sessions.partial().optional().describe('How long they stay'),
  conversion: conversion.partial().optional().describe('When they buy'),
});

/**
 * Completes a preset with overrides. Throws `InputError` naming the key, `world.users` for instance, where a value is
 * out of range or the values contradict one another.
 */
export function resolveWorld(input: WorldInput = {}): WorldConfig {
  const parsed = worldSchema.safeParse(input);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new InputError(`${['world', ...issue.path.map(String)].join('.')}: ${issue.message}`);
  }
  const base = presetConfig(parsed.data.preset ?? 'quiet');
  const config = merge(base, parsed.data);
  if (config.users < config.lanes) {
    throw new InputError(
      `world.users: ${config.users} users cannot fill ${config.lanes} lanes, because every lane has its own users; ` +
        `raise users to at least ${config.lanes} or lower lanes`,
    );
  }
  return config;
}

/** A copy of `base` in which every defined value of `overrides` replaces its own; plain objects are merged. */
function merge<T extends object>(base: T, overrides: object): T {
  const merged = { ...base } as Record<string, unknown>;
  for (const [key, value] of Object.entries(overrides) as [string, unknown][]) {
    if (value === undefined) continue;
    const before = merged[key];
    merged[key] = isSection(before) && isSection(value) ? merge(before, value) : value;
  }
  return merged as T;
}

function isSection(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
