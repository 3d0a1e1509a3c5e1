/** The named worlds: each is a question and the settings that make it a fair one. All numbers are chosen. */
import { AUCTION_DEFAULTS, quiet } from './defaults.ts';
import type { WorldSettings } from './schema.ts';

/** Names of the worlds. */
export const PRESET_NAMES = [
  'quiet',
  'fatigue',
  'drifting',
  'cold-start',
  'cross-category',
  'promotion',
  'shop',
  'delivery',
  'pricing',
  'long-session',
  'auction',
  'tight-budget',
  'delayed',
  'slate',
  'rivals',
] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

/** A named world. */
export interface World {
  name: PresetName;
  /** What it is for, in a sentence. */
  question: string;
  settings: WorldSettings;
}

/** Requests follow the day: quiet at night, busiest in the evening (chosen: the shape of a web shop's traffic). */
const DAILY = [
  0.5, 0.3, 0.2, 0.15, 0.15, 0.25, 0.5, 0.8, 1, 1.1, 1.15, 1.2, 1.25, 1.2, 1.15, 1.15, 1.2, 1.3, 1.5, 1.75, 1.9, 1.75,
  1.3, 0.85,
];

/** Conversions that pay for ads: a purchase in about one of ten clicks. */
const SELLING = { ...quiet.conversion, logit: -2.6 };

/** Everything in one campaign, to which a click is worth half a dollar, and what comes of it nothing. */
const BUYS_CLICKS: WorldSettings['campaigns'][number] = {
  name: 'all',
  pacing: 'asap',
  valuePerClickUsd: 0.5,
  valuePerConversionUsd: 0,
  targeting: {},
  dayparts: [],
};

/** The named worlds. */
export const WORLDS: readonly World[] = [
  {
    name: 'quiet',
    question: 'How much does an agent lose while it learns which creative suits whom, when nothing changes?',
    settings: quiet,
  },
  {
    name: 'fatigue',
    question: 'What does it cost to show the best creative again and again to users who tire of it?',
    settings: { ...quiet, fatigue: { weight: 0.5, weightAll: 0.05, halfLifeHours: 12 } },
  },
  {
    name: 'drifting',
    question: 'When tastes move on, does an agent that forgets beat one that remembers everything?',
    settings: {
      ...quiet,
      requestsPerHour: 500,
      population: { ...quiet.population, segments: 2 },
      response: { ...quiet.response, interestWeight: 2.5 },
      drift: { pullPerDay: 0.6, noisePerDay: 0.03, trendDays: 4, clickPull: 0.02 },
    },
  },
  {
    name: 'cold-start',
    question: 'What can be shown to new users, of whom only age, device and region are known?',
    settings: {
      ...quiet,
      population: { ...quiet.population, demographicSkew: 1.5, newcomers: 0.7, newcomersOverHours: 24 },
      observed: { ...quiet.observed, demographics: true },
    },
  },
  {
    name: 'cross-category',
    question: 'To a user who browses one category, should one show the same again, or what goes with it?',
    settings: {
      ...quiet,
      observed: { ...quiet.observed, page: true, history: true },
      response: { ...quiet.response, interestWeight: 1.2, pageWeight: 0.3, complementWeight: 1 },
    },
  },
  {
    name: 'promotion',
    question: 'When prices fall for some hours, does an agent that sees it shift to what is cheaper?',
    settings: {
      ...quiet,
      reward: 'profit',
      requestsPerHour: 1_000,
      response: { ...quiet.response, priceWeight: 2 },
      conversion: { ...SELLING, priceSensitivity: 4 },
      promotions: [
        {
          name: 'shoe-night',
          categories: ['sandal', 'sneaker', 'boot'],
          fromHour: 18,
          toHour: 24,
          everyHours: 24,
          discount: 0.3,
        },
        {
          name: 'coat-sale',
          categories: ['coat', 'pullover'],
          fromHour: 24,
          toHour: 36,
          everyHours: 48,
          discount: 0.3,
        },
      ],
    },
  },
  {
    name: 'shop',
    question: 'Of one shop’s many products, how long until the few that sell are found?',
    settings: {
      ...quiet,
      reward: 'profit',
      baseCtr: 0.06,
      costPerImpressionUsd: 0.01,
      response: { ...quiet.response, productNoise: 0.25, popularityWeight: 0.5 },
      conversion: { ...SELLING, priceSpread: 0.4 },
    },
  },
  {
    name: 'delivery',
    question: 'What do place on the page, frequency and time of day do to the same ads?',
    settings: {
      ...quiet,
      requestsPerHour: 2_000,
      arrivals: { ...quiet.arrivals, dailyProfile: DAILY, weeklyProfile: [1, 1, 1, 1, 1.1, 0.9, 0.9] },
      response: { ...quiet.response, hourAmplitude: 0.4 },
      page: { ...quiet.page, slots: 3 },
      fatigue: { weight: 0.4, weightAll: 0.05, halfLifeHours: 24 },
      campaigns: [
        {
          name: 'all-day',
          pacing: 'asap',
          valuePerClickUsd: 0,
          targeting: {},
          frequencyCap: 12,
          dayparts: [],
        },
        {
          name: 'evenings',
          categories: ['dress', 'coat', 'boot'],
          pacing: 'asap',
          valuePerClickUsd: 0,
          targeting: {},
          frequencyCap: 4,
          dayparts: [{ fromHour: 17, toHour: 24 }],
        },
      ],
    },
  },
  {
    name: 'pricing',
    question: 'Which price should be asked of whom, when price is part of the action?',
    settings: {
      ...quiet,
      reward: 'profit',
      categories: 4,
      priceLevels: [0.8, 1, 1.25],
      costPerImpressionUsd: 0,
      response: { ...quiet.response, priceWeight: 0.5 },
      conversion: { ...SELLING, logit: -3, interestWeight: 3, priceSensitivity: 2.5 },
    },
  },
  {
    name: 'long-session',
    question: 'What is lost by taking the click now from a user who would have stayed?',
    settings: {
      ...quiet,
      categories: 4,
      baseCtr: 0.08,
      observed: { ...quiet.observed, session: true },
      response: {
        ...quiet.response,
        interestWeight: 1.2,
        headlineWeights: { ...quiet.response.headlineWeights, urgency: 0.35, discount: 0.45 },
      },
      sessions: {
        ...quiet.sessions,
        satisfactionCoupling: 4,
        pushyAnnoyance: 1,
        repeatAnnoyance: 0,
        horizonRequests: 30,
      },
    },
  },
  {
    name: 'auction',
    question: 'What is lost to the wrong ad, to a wrong estimate, to bidding too high and to bidding too low?',
    settings: {
      ...quiet,
      reward: 'profit',
      campaigns: [BUYS_CLICKS],
      auction: { ...AUCTION_DEFAULTS, mechanism: 'first-price' },
    },
  },
  {
    name: 'tight-budget',
    question: 'With money for a third of the day, which ads should be shown, and when?',
    settings: {
      ...quiet,
      reward: 'profit',
      requestsPerHour: 1_000,
      arrivals: { ...quiet.arrivals, dailyProfile: DAILY },
      campaigns: [{ ...BUYS_CLICKS, dailyBudgetUsd: 40 }],
      auction: AUCTION_DEFAULTS,
    },
  },
  {
    name: 'delayed',
    question: 'When conversions come days after the click, what does an agent learn that counts only what it has seen?',
    settings: {
      ...quiet,
      reward: 'profit',
      baseCtr: 0.06,
      requestsPerHour: 500,
      costPerImpressionUsd: 0.01,
      conversion: {
        ...SELLING,
        logit: -2,
        priceSensitivity: 1.5,
        priceSpread: 0.4,
        delayMedianHours: 24,
        windowHours: 168,
      },
    },
  },
  {
    name: 'slate',
    question: 'On a page of several ads, which go on it and in which order?',
    settings: {
      ...quiet,
      page: { ...quiet.page, slots: 4, examination: 'cascade' },
    },
  },
  {
    name: 'rivals',
    question: 'When the others in the market learn too, who earns what?',
    settings: {
      ...quiet,
      reward: 'profit',
      campaigns: [BUYS_CLICKS],
      auction: { ...AUCTION_DEFAULTS, mechanism: 'first-price', rivals: 1 },
    },
  },
];

/** Settings of a named world. */
export function presetSettings(name: PresetName): WorldSettings {
  const world = WORLDS.find((w) => w.name === name);
  if (!world) throw new RangeError(`presets: no world ${name}`);
  return world.settings;
}
