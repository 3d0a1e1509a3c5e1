/** Every key of a world's config, with its unit and range: the one source of types, validation and editor help. */
import { z } from 'zod';
import { CATEGORY_NAMES, HEADLINE_NAMES } from '../core/contracts.ts';
import { MECHANISMS } from './auction/mechanism.ts';
import { campaignSchema } from './campaign-schema.ts';
import { populationSchema } from './population.ts';
import { between, from0, positive, sizeable, whole } from './ranges.ts';

const population = z.strictObject({
  segments: whole(1, 64).describe('Groups of users with a taste in common [count]'),
  latentDimensions: whole(2, 64).describe('Dimensions of a user’s latent interest z [count]'),
  noise: from0(10).describe('σ_z: spread of latent interest around the mean of its segment [length per dimension]'),
  activityShape: positive(100).describe(
    'Shape of the Gamma distribution of users’ activity; smaller is heavier-tailed [1]',
  ),
  demographicSkew: from0(10).describe('How much age, device and region say of the segment; 0: nothing [logit]'),
  newcomers: between(0, 1).describe('Share of users who arrive during the episode, without a history [share]'),
  newcomersOverHours: sizeable(1e6).describe('Newcomers arrive evenly over so many hours [h]'),
  fitted: populationSchema
    .nullable()
    .describe('Segments, activity and profiles of real users: a file of `adsim fit`, or null'),
});

const arrivals = z.strictObject({
  dailyProfile: z
    .array(from0(1000))
    .length(24)
    .describe('Relative rate of requests in each hour of the day, from midnight [1]'),
  weeklyProfile: z
    .array(from0(1000))
    .length(7)
    .describe('Relative rate of requests on each day of the week, Monday first [1]'),
  returnCoupling: between(0, 0.99).describe('ρ: how much a unit of satisfaction raises a user’s rate of visits [1]'),
  forgettingHours: sizeable(1e6).describe('Time in which satisfaction between visits fades by half [h]'),
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

/** What is shown to agents beside history, hour and place in the session. */
const observed = z.strictObject({
  session: z.boolean().describe('session-annoyance and last-click'),
  history: z.boolean().describe('carts, purchases, and the category of the last search'),
  demographics: z.boolean().describe('Age band, device and region'),
  page: z.boolean().describe('The category of the page that the user browses'),
  week: z.boolean().describe('Whether it is the weekend'),
  events: whole(1, 256)
    .optional()
    .describe('How many of the latest events of the user, by category, oldest first, for models of sequences [count]'),
});

const headlineWeights = z.strictObject(
  Object.fromEntries(
    HEADLINE_NAMES.map((name) => [name, between(-10, 10).describe(`Weight of the headline’s ${name} [logit]`)]),
  ) as Record<(typeof HEADLINE_NAMES)[number], z.ZodNumber>,
);

const response = z.strictObject({
  interestWeight: between(-20, 20).describe(
    'α: weight of the match z·q of user and product in the click logit [logit]',
  ),
  productNoise: from0(10).describe(
    'σ_p: spread of products around the direction of their category [length per dimension]',
  ),
  popularityWeight: from0(10).describe('Weight of a product’s Zipf popularity within its category [logit per log]'),
  pageWeight: between(-20, 20).describe('How much an ad of the category that the user browses gains [logit]'),
  complementWeight: between(-20, 20).describe(
    'How much an ad of the category that goes with the one browsed gains [logit]',
  ),
  priceWeight: from0(20).describe('Weight of log(price / reference price) in the click logit [logit]'),
  recognisabilityWeight: from0(10).describe(
    'β: weight of log p(category | pixels), against real images [logit per nat]',
  ),
  styleWeight: from0(10).describe(
    'Standard deviation of the segments’ style weights w_s [logit per standardised feature]',
  ),
  elementWeight: from0(10)
    .optional()
    .describe('Standard deviation of the segments’ tastes for each element of composited creatives; default 0 [logit]'),
  elementAppeal: z
    .record(z.string(), z.union([between(-10, 10), z.array(between(-10, 10)).min(1)]))
    .optional()
    .describe(
      'What an element of composited creatives adds, as badge:disc-top-right: 0.3, or one number per segment [logit]',
    ),
  headlineWeights: headlineWeights.describe('w_h: weights of the headline’s features [logit]'),
  hourAmplitude: from0(10).describe('Amplitude of the daily wave b_hour [logit]'),
  hourPeak: between(0, 24).describe('Hour of the day at which b_hour is highest [h]'),
});

const page = z.strictObject({
  slots: whole(1, 20).describe('L: ads on a page [count]'),
  examination: z
    .enum(['position', 'cascade'])
    .describe('position: slot l is looked at with probability η_l; cascade: from the top until the user stops'),
  positionFactors: z
    .array(between(0, 1))
    .nullable()
    .describe('η_l of each slot under `position`, or null: 1 / (l + 1)^positionDecay [probability]'),
  positionDecay: from0(10).describe('How fast η_l falls [1]'),
  persistence: between(0, 1).describe('Under `cascade`: P(looks at the next ad | no click) [probability]'),
  afterClick: between(0, 1).describe('Under `cascade`: P(looks at the next ad | click) [probability]'),
});

const fatigue = z.strictObject({
  weight: from0(10).describe('γ: weight of log(1 + exposures of the user to the creative) [logit]'),
  weightAll: from0(10).describe('γ_all: weight of log(1 + all exposures of the user) [logit]'),
  halfLifeHours: sizeable(1e6).describe('h_f: time in which an exposure counts half [h]'),
});

const drift = z.strictObject({
  pullPerDay: between(0, 1).describe(
    'κ: share of the way back to the segment’s mean that interest goes in a day [1/d]',
  ),
  noisePerDay: from0(10).describe('σ_d: spread that interest gains in a day [length per dimension]'),
  trendDays: from0(1e6).describe('Time in which a segment’s mean moves on to another pair of categories; 0: never [d]'),
  clickPull: between(0, 10).describe('How far a click pulls interest toward the product [length]'),
});

const sessions = z.strictObject({
  leaveLogit: between(-20, 20).describe('Logit of leaving after a request at satisfaction 0 [logit]'),
  satisfactionCoupling: between(0, 100).describe(
    'How much a unit of satisfaction lowers the leave logit; 0: none [logit]',
  ),
  satisfactionMemory: between(0, 0.999).describe('Weight of the past in the moving average of satisfaction [share]'),
  pushyAnnoyance: from0(100).describe('Satisfaction lost by a headline with urgency and discount [satisfaction]'),
  repeatAnnoyance: from0(100).describe('Satisfaction lost by a creative already shown in the session [satisfaction]'),
  crowdAnnoyance: from0(100).describe('Satisfaction lost by each ad beyond the first on a page [satisfaction]'),
  horizonRequests: whole(2, 4000).describe('A session is cut (truncated) after so many requests [requests]'),
});

const conversion = z.strictObject({
  logit: between(-20, 20).describe(
    'c_0: logit of a conversion given a click, at no match and the reference price [logit]',
  ),
  interestWeight: between(-20, 20).describe('κ: weight of the match z·q in the conversion logit [logit]'),
  priceSensitivity: from0(20).describe('ρ: weight of log(price / reference price) [logit]'),
  priceSpread: from0(2).describe('Spread of log prices within a category [1]'),
  marginShare: between(0, 1).describe('Profit share of the price before promotions [share]'),
  delayMedianHours: from0(1e5).describe('Median delay of a conversion after its click; 0: at once [h]'),
  delayShape: between(0.1, 10).describe('Shape of the Weibull distribution of delays; below 1: a long tail [1]'),
  windowHours: sizeable(1e6).describe('A conversion later than this after its click is never seen [h]'),
});

const promotion = z.strictObject({
  name: z.string().min(1).describe('Name; the agent sees whether it is on'),
  categories: z
    .array(z.enum(CATEGORY_NAMES))
    .min(1)
    .optional()
    .describe('Categories that it is for; default: all [names]'),
  fromHour: from0(1e6).describe('When it begins [h since the start of the episode]'),
  toHour: sizeable(1e6).describe('When it ends [h since the start of the episode]'),
  everyHours: sizeable(1e6).optional().describe('Repeats after so many hours; default: never [h]'),
  discount: between(0, 0.95).describe('Share of the price taken off [share]'),
});

const auction = z.strictObject({
  mechanism: z.enum(MECHANISMS).describe('Who wins and what is paid'),
  unit: z.enum(['impression', 'click']).describe('What bids are for, and what is paid for'),
  squash: between(0, 1).describe('Ads are ranked by bid × pCTR^squash [1]'),
  reserveUsd: from0(1000).describe('Lower bids do not take part [USD per unit]'),
  rivals: whole(0, 1000).describe('Exogenous rivals in every auction [count]'),
  rivalMedianUsd: positive(1000).describe('Median bid of a rival [USD per unit]'),
  rivalSpread: from0(5).describe('Spread of the log of rivals’ bids [1]'),
  rivalCategorySpread: from0(5).describe('Spread of the rivals’ log median over the pages’ categories [1]'),
  rivalHourAmplitude: from0(5).describe('Amplitude of the daily wave of the rivals’ log median, highest at 20 h [1]'),
});

/** A world with every default written out. */
export const wholeWorldSchema = z.strictObject({
  users: whole(1, 100_000_000).describe('Number of users [count]'),
  lanes: whole(1, 65_536).describe('n: sessions that run side by side; size of a tick [count]'),
  requestsPerHour: sizeable(1e9).describe('Mean requests per simulated hour, over all lanes [1/h]'),
  categories: whole(1, 10).describe('Product categories in use [count]'),
  reward: z
    .enum(['click', 'profit'])
    .describe('What is maximised: clicks; or worth of clicks and conversions minus cost [USD]'),
  baseCtr: between(0.0001, 0.5).describe(
    'Mean click rate of a uniform choice if every creative were an average real image, without fatigue [share]',
  ),
  costPerImpressionUsd: from0(1000).describe('Price of an impression where there is no auction [USD]'),
  priceLevels: z
    .array(between(0.05, 20))
    .min(1)
    .max(20)
    .describe('Prices that may be asked, as multiples of the list price: each is an action of its own [1]'),
  population: population.describe('Who the users are'),
  arrivals: arrivals.describe('When they come'),
  behaviour: behaviour.describe('What they did before, which the agent may see'),
  observed: observed.describe('What else the agent may see'),
  response: response.describe('When they click'),
  page: page.describe('How many ads a page has, and how it is looked at'),
  fatigue: fatigue.describe('How they tire of creatives'),
  drift: drift.describe('How interests change'),
  sessions: sessions.describe('How long they stay'),
  conversion: conversion.describe('When they buy'),
  promotions: z.array(promotion).max(8).describe('Windows of lower prices'),
  campaigns: z.array(campaignSchema).max(200).describe('Who pays; default: one campaign of everything, without limits'),
  auction: auction.nullable().describe('How impressions are sold; null: each is the agent’s own'),
});

/** Settings of a world, without its name. */
export type WorldSettings = z.infer<typeof wholeWorldSchema>;
export type PromotionConfig = z.infer<typeof promotion>;
export type AuctionConfig = z.infer<typeof auction>;
/** Weights w_h of the headline's features in the click logit, one per column of `Creatives.headline`. */
export type HeadlineWeights = WorldSettings['response']['headlineWeights'];
