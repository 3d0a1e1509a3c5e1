/** A named world completed by overrides, checked for what one key alone cannot tell. */
import { z } from 'zod';
import { CATEGORY_NAMES } from '../core/contracts.ts';
import { InputError } from '../core/errors.ts';
import { AUCTION_DEFAULTS } from './defaults.ts';
import { PRESET_NAMES, presetSettings } from './presets.ts';
import type { PresetName } from './presets.ts';
import { populationSchema } from './population.ts';
import { wholeWorldSchema } from './schema.ts';
import type { WorldSettings } from './schema.ts';

export type { HeadlineWeights } from './schema.ts';

/** A world with every default written out. Units and meanings: see `wholeWorldSchema`. */
export type WorldConfig = WorldSettings & { preset: PresetName };

const { population, response, auction, ...sections } = wholeWorldSchema.shape;

/** A section of which every key may be left out. */
function optional(section: z.ZodType): z.ZodType {
  const loose = section instanceof z.ZodObject ? section.partial() : section;
  return loose.optional().describe(section.description ?? '');
}

/** The `world` part of a config: a preset and whatever differs from it. */
export const worldSchema: z.ZodType<WorldInput> = z.strictObject({
  preset: z.enum(PRESET_NAMES).optional().describe('Named world that fills in every key left out; default quiet'),
  ...Object.fromEntries(Object.entries(sections).map(([key, schema]) => [key, optional(schema)])),
  population: population
    .extend({
      fitted: z
        .union([populationSchema, z.string().min(1)])
        .nullable()
        .describe(population.shape.fitted.description ?? ''),
    })
    .partial()
    .optional()
    .describe(population.description ?? ''),
  response: response
    .extend({
      headlineWeights: response.shape.headlineWeights
        .partial()
        .describe(response.shape.headlineWeights.description ?? ''),
    })
    .partial()
    .optional()
    .describe(response.description ?? ''),
  auction: auction
    .unwrap()
    .partial()
    .nullable()
    .optional()
    .describe(auction.description ?? ''),
}) as unknown as z.ZodType<WorldInput>;

type Overridable<T> = { [K in keyof T]?: T[K] | undefined };
type Section =
  | 'population'
  | 'arrivals'
  | 'behaviour'
  | 'observed'
  | 'page'
  | 'fatigue'
  | 'drift'
  | 'sessions'
  | 'conversion';

/** A preset and whatever differs from it. */
export type WorldInput = Overridable<Omit<WorldConfig, Section | 'response' | 'auction' | 'campaigns'>> & {
  [S in Exclude<Section, 'population'>]?: Overridable<WorldConfig[S]> | undefined;
} & {
  population?:
    | (Overridable<Omit<WorldConfig['population'], 'fitted'>> & {
        /** A population, or the path of its file: `loadConfig` reads it. */
        fitted?: WorldConfig['population']['fitted'] | string | undefined;
      })
    | undefined;
  response?:
    | (Overridable<Omit<WorldConfig['response'], 'headlineWeights'>> & {
        headlineWeights?: Overridable<WorldConfig['response']['headlineWeights']> | undefined;
      })
    | undefined;
  auction?: Overridable<NonNullable<WorldConfig['auction']>> | null | undefined;
  campaigns?: readonly z.input<(typeof wholeWorldSchema)['shape']['campaigns']['element']>[] | undefined;
};

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
  const preset = parsed.data.preset ?? 'quiet';
  const base: WorldConfig = { ...presetSettings(preset), preset };
  if (parsed.data.auction && !base.auction) base.auction = AUCTION_DEFAULTS;
  const config = merge(base, parsed.data);
  checkLanes(config);
  checkPage(config);
  checkProfiles(config);
  checkFitted(config);
  checkPromotions(config);
  checkCampaigns(config);
  return config;
}

function refuse(key: string, what: string): never {
  throw new InputError(`world.${key}: ${what}`);
}

function checkLanes({ users, lanes }: WorldConfig): void {
  if (users >= lanes) return;
  refuse(
    'users',
    `${users} users cannot fill ${lanes} lanes, because every lane has its own users; ` +
      `raise users to at least ${lanes} or lower lanes`,
  );
}

function checkPage({ page, auction }: WorldConfig): void {
  const factors = page.positionFactors;
  if (factors && factors.length !== page.slots) {
    refuse(
      'page.positionFactors',
      `${factors.length} numbers for ${page.slots} slots; give one for each, or change page.slots`,
    );
  }
  if (factors && !(factors[0] > 0 && factors.every((eta, l) => l === 0 || eta <= factors[l - 1]))) {
    refuse('page.positionFactors', 'slots must not be looked at more the lower they are; sort them, largest first');
  }
  if (auction?.unit === 'impression' && page.slots > 1 && auction.mechanism !== 'first-price') {
    if (auction.squash > 0) {
      refuse('auction.squash', 'bids for impressions are ranked as they are; set squash to 0 or unit to click');
    }
  }
}

function checkProfiles({ arrivals }: WorldConfig): void {
  for (const key of ['dailyProfile', 'weeklyProfile'] as const) {
    if (!arrivals[key].some((rate) => rate > 0)) {
      refuse(`arrivals.${key}`, 'all rates are 0, so nobody would ever come; make at least one positive');
    }
  }
}

function checkFitted({ population: { fitted, latentDimensions }, categories }: WorldConfig): void {
  if (typeof fitted === 'string') {
    refuse('population.fitted', 'names a file, which only `loadConfig` reads; give the population itself');
  }
  if (fitted && fitted.categories.length !== categories) {
    refuse(
      'population.fitted',
      `was fitted on ${fitted.categories.length} categories, but world.categories is ${categories}; ` +
        `set categories to ${fitted.categories.length}`,
    );
  }
  if (fitted && latentDimensions < categories) {
    refuse(
      'population.latentDimensions',
      `${latentDimensions} dimensions cannot hold the tastes of ${categories} categories as they were fitted; ` +
        `set latentDimensions to at least ${categories}`,
    );
  }
}

function checkPromotions({ promotions, categories }: WorldConfig): void {
  promotions.forEach((one, p) => {
    const key = `promotions.${p}`;
    if (one.toHour <= one.fromHour) {
      refuse(`${key}.toHour`, `${one.toHour} is not after fromHour ${one.fromHour}; let it end after it begins`);
    }
    if (one.everyHours !== undefined && one.everyHours < one.toHour - one.fromHour) {
      refuse(`${key}.everyHours`, 'is shorter than the promotion itself, which would never end; raise it');
    }
    if (promotions.findIndex(({ name }) => name === one.name) !== p) {
      refuse(`${key}.name`, `"${one.name}" stands twice; give each promotion a name of its own`);
    }
    checkCategories(`${key}.categories`, one.categories, categories);
  });
}

function checkCategories(key: string, names: readonly string[] | undefined, categories: number): void {
  for (const name of names ?? []) {
    const c = CATEGORY_NAMES.indexOf(name as (typeof CATEGORY_NAMES)[number]);
    if (c >= categories) {
      refuse(key, `${name} is category ${c + 1}, but world.categories is ${categories}; raise it or leave it out`);
    }
  }
}

function checkCampaigns({ campaigns, categories }: WorldConfig): void {
  const owner = new Map<string, string>();
  campaigns.forEach((one, j) => {
    const key = `campaigns.${j}`;
    if (campaigns.findIndex(({ name }) => name === one.name) !== j) {
      refuse(`${key}.name`, `"${one.name}" stands twice; give each campaign a name of its own`);
    }
    checkCategories(`${key}.categories`, one.categories, categories);
    for (const category of one.categories ?? []) {
      const other = owner.get(category);
      if (other !== undefined) {
        refuse(`${key}.categories`, `${category} is also shown by "${other}"; a creative has one campaign`);
      }
      owner.set(category, one.name);
    }
    if (one.dailyBudgetUsd !== undefined && one.budgetUsd !== undefined && one.dailyBudgetUsd > one.budgetUsd) {
      refuse(
        `${key}.dailyBudgetUsd`,
        `${one.dailyBudgetUsd} USD a day is more than the whole budget of ${one.budgetUsd} USD; lower it or leave it out`,
      );
    }
    if (one.pacing === 'even' && one.dailyBudgetUsd === undefined) {
      refuse(`${key}.pacing`, 'even releases a day’s budget hour by hour, but there is none; give dailyBudgetUsd');
    }
    checkDayparts(key, one.dayparts);
  });
  const takers = campaigns.flatMap((one, j) => (one.categories ? [] : [j]));
  if (takers.length > 1) {
    refuse(
      `campaigns.${takers[1]}.categories`,
      `is left out, and so it is in "${campaigns[takers[0]].name}": both would take what no other campaign names; ` +
        'name the categories of at least one of them',
    );
  }
  if (campaigns.length > 0 && takers.length === 0 && owner.size < categories) {
    const left = CATEGORY_NAMES.slice(0, categories).filter((name) => !owner.has(name));
    refuse(
      'campaigns',
      `no campaign shows ${left.join(', ')}; name them in one, or add a campaign without categories for the rest`,
    );
  }
}

/** Hours of the week that a daypart covers must not be covered again: an overlap says that something was mistyped. */
function checkDayparts(key: string, dayparts: WorldConfig['campaigns'][number]['dayparts']): void {
  const taken = new Int32Array(168).fill(-1);
  dayparts.forEach(({ fromHour, toHour, days }, p) => {
    if (toHour <= fromHour) {
      refuse(
        `${key}.dayparts.${p}.toHour`,
        `${toHour} is not after fromHour ${fromHour}; split a part that crosses midnight in two`,
      );
    }
    for (const day of days ?? [1, 2, 3, 4, 5, 6, 7]) {
      for (let hour = fromHour; hour < toHour; hour++) {
        const at = (day - 1) * 24 + hour;
        if (taken[at] >= 0) {
          refuse(
            `${key}.dayparts.${p}`,
            `overlaps with dayparts.${taken[at]} (day ${day}, ${hour} to ${hour + 1} h); let each hour stand in one`,
          );
        }
        taken[at] = p;
      }
    }
  });
}

/** A copy of `base` in which every defined value of `overrides` replaces its own; plain objects are merged. */
function merge<T extends object>(base: T, overrides: object): T {
  const merged = { ...base } as Record<string, unknown>;
  for (const [key, value] of Object.entries(overrides) as [string, unknown][]) {
    if (value === undefined) continue;
    const before = merged[key];
    merged[key] = isSection(before) && isSection(value) && key !== 'fitted' ? merge(before, value) : value;
  }
  return merged as T;
}

function isSection(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
